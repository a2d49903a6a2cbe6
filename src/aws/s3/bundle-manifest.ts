import { parseXmlBody } from '@aws-sdk/core/protocols';

/**
 * Reads the names of a bundle's parts from its manifest, which the AMI tools write: `<manifest>`, in it `<image>` with
 * `<parts count="2">`, in each `<part>` a `<filename>`. EC2 looks for the parts beside the manifest, so a path is not a valid
 * name.
 *
 * @throws Error where it is not well-formed, has another number of parts than its count, or a name with a slash.
 */
export async function partsOfManifest(text: string): Promise<string[]> {
  const bytes = new TextEncoder().encode(text);
  const root = object(await parseXmlBody(bytes, { utf8Encoder: () => text } as never), 'manifest');
  const parts = object(object(root.image, 'image').parts, 'image/parts');
  const listed = [parts.part ?? []].flat();
  const names = listed.map((part) => object(part, 'image/parts/part').filename);
  if (names.length === 0 || String(names.length) !== String(parts.count)) {
    throw new Error(`it lists ${names.length} parts, but its count is ${String(parts.count)}`);
  }
  return names.map((name) => {
    if (typeof name !== 'string' || name === '' || name.includes('/'))
      throw new Error(`a part has the name ${JSON.stringify(name)}`);
    return name;
  });
}

function object(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Error(`it has no ${place}`);
}

import { readXmlDocument, type XmlElement } from './xml-document.ts';

/** The content of a bundle's manifest, as far as it is read here. */
export interface BundleManifest {
  /** The bundle's name, the prefix of its parts' names. */
  name: string;
  /** Id of the account that it was bundled for. */
  user: string;
  architecture: string;
  /** The kernel's device name of the root, if a mapping gives it: `/dev/sda1`. */
  rootDevice?: string;
  /** The AMIs it is based on, nearest last. */
  ancestors: string[];
  parts: { filename: string /** SHA-1, in hexadecimal. */; digest: string }[];
}

/** Version of the format; the AMI tools have written it ever since. */
const format = '2007-10-10';

/**
 * A manifest in the format of the AMI tools. `seal` provides the keys, vectors and the signature, with which EC2 would decrypt
 * and verify the parts, since nothing here is encrypted.
 */
export const writeManifest = (
  { name, user, architecture, rootDevice, ancestors, parts }: BundleManifest,
  {
    size,
    bundledSize,
    digest,
    seal,
  }: {
    /** Bytes of the image, and of all its parts together. */
    size: number;
    bundledSize: number;
    /** SHA-1 of the image, in hexadecimal. */
    digest: string;
    /** Hexadecimal digits for a key, a vector or a signature, by their purpose. */
    seal: (purpose: string) => string;
  },
): string => {
  const mapping = (virtual: string, device: string) =>
    `<mapping>${element('virtual', virtual)}${element('device', device)}</mapping>`;
  const mappings =
    rootDevice === undefined
      ? ''
      : `<block_device_mapping>${mapping('ami', rootDevice.replace('/dev/', ''))}${mapping('root', rootDevice)}</block_device_mapping>`;
  const machine = `<machine_configuration>${element('architecture', architecture)}${mappings}</machine_configuration>`;
  const ancestry = `<ancestry>${ancestors.map((id) => element('ancestor_ami_id', id)).join('')}</ancestry>`;
  const key = (purpose: string) => `<${purpose} algorithm="AES-128-CBC">${seal(purpose)}</${purpose}>`;
  const image = [
    element('name', name),
    element('user', user),
    element('type', 'machine'),
    ancestry,
    `<digest algorithm="SHA1">${digest}</digest>`,
    element('size', String(size)),
    element('bundled_size', String(bundledSize)),
    key('ec2_encrypted_key'),
    key('user_encrypted_key'),
    element('ec2_encrypted_iv', seal('ec2_encrypted_iv')),
    element('user_encrypted_iv', seal('user_encrypted_iv')),
    `<parts count="${parts.length}">${parts
      .map(
        (part, index) =>
          `<part index="${index}">${element('filename', part.filename)}<digest algorithm="SHA1">${part.digest}</digest></part>`,
      )
      .join('')}</parts>`,
  ].join('');
  const bundler =
    '<bundler><name>ec2-ami-tools</name><version>1.5</version><release>sandbox</release></bundler>';
  return `<?xml version='1.0'?><manifest>${element('version', format)}${bundler}${machine}<image>${image}</image>${element('signature', seal('signature'))}</manifest>`;
};

/** Throws `SyntaxError` if this is not the manifest of a machine image. */
export const readManifest = (text: string): BundleManifest => {
  const root = readXmlDocument(text);
  if (root.name !== 'manifest' || textAt(root, 'version') !== format) {
    throw new SyntaxError(`Not a manifest of version ${format}`);
  }
  if (textAt(root, 'image', 'type') !== 'machine')
    throw new SyntaxError('Not the manifest of a machine image');
  const mappings = at(root, 'machine_configuration', 'block_device_mapping')?.children ?? [];
  const rootMapping = mappings.find((mapping) => at(mapping, 'virtual')?.text.trim() === 'root');
  const rootDevice = rootMapping && textAt(rootMapping, 'device');
  const parts = at(root, 'image', 'parts')?.children ?? [];
  if (parts.length === 0) throw new SyntaxError('The manifest names no parts');
  return {
    name: textAt(root, 'image', 'name'),
    user: textAt(root, 'image', 'user'),
    architecture: textAt(root, 'machine_configuration', 'architecture'),
    ...(rootDevice === undefined ? {} : { rootDevice }),
    ancestors: (at(root, 'image', 'ancestry')?.children ?? []).map(({ text: id }) => id.trim()),
    parts: parts.map((part) => ({ filename: textAt(part, 'filename'), digest: textAt(part, 'digest') })),
  };
};

const at = (element: XmlElement, ...path: string[]): XmlElement | undefined =>
  path.reduce<XmlElement | undefined>(
    (found, name) => found?.children.find((child) => child.name === name),
    element,
  );

const textAt = (element: XmlElement, ...path: string[]): string => {
  const found = at(element, ...path)?.text.trim();
  if (!found) throw new SyntaxError(`No ${path.join('/')}`);
  return found;
};

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const element = (name: string, text: string): string =>
  `<${name}>${text.replace(/[&<>]/g, (sign) => escapes[sign] ?? sign)}</${name}>`;

/** `${` and `%{` belong to the shell or HCL, `{{` to Packer: they are not placeholders. */
const placeholder = /(?<![$%{])\{([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\}/g;
const anyBraces = /(?<![$%{])\{([^{}]*)\}/g;

/** The allowed names of config variables, used as `{var.NAME}`. */
export const variableName = '[A-Za-z][A-Za-z0-9_]*';

/**
 * Replaces `{name}` for every name that has a value; everything else stays as written: `${HOME}`, `%{x}`, `{{timestamp}}`.
 *
 * @param asText how a value is written there, given the text that follows it; as it is by default.
 */
export function fill(
  text: string,
  values: Readonly<Record<string, string>>,
  asText: (value: string, following: string, name: string) => string = (value) => value,
): string {
  return text.replace(placeholder, (written, name: string, offset: number) =>
    Object.hasOwn(values, name)
      ? asText(String(values[name]), text.slice(offset + written.length), name)
      : written,
  );
}

/** Every string in a JSON value, with its path. */
export function stringsIn(
  value: unknown,
  path: (string | number)[],
): { path: (string | number)[]; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => stringsIn(item, [...path, index]));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => stringsIn(item, [...path, key]));
}

/** The placeholder names in a text, each once: `{version}-{ubunt}` → `version`, `ubunt`. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(anyBraces)].map(([, name]) => name ?? ''))];
}

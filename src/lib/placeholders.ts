type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** What `$` or `%` stands before is the shell's or HCL's, and a second `{` is Packer's: both stay as they are. */
const placeholder = /(?<![$%{])\{([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\}/g;
const anyBraces = /(?<![$%{])\{([^{}]*)\}/g;

/** What a variable of a config may be called: `{var.NAME}` stands for its value. */
export const variableName = '[A-Za-z][A-Za-z0-9_]*';

/** Replaces `{name}` for every name that has a value; all else stays as written: `${HOME}`, `%{x}`, `{{timestamp}}`. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(placeholder, (written, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : written,
  );
}

/** `fill` for every string in a JSON value. Keys stay as they are. */
export function fillAll(value: Value, values: Readonly<Record<string, string>>): Value {
  if (typeof value === 'string') return fill(value, values);
  if (Array.isArray(value)) return value.map((item) => fillAll(item, values));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillAll(item, values)]));
}

/** What stands in braces of ours in a text, each once: `{version}-{ubunt}` → `version`, `ubunt`. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(anyBraces)].map(([, name]) => name ?? ''))];
}

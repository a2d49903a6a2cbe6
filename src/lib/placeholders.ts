type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** `${` and `%{` belong to the shell or HCL, `{{` to Packer: they are not placeholders. */
const placeholder = /(?<![$%{])\{([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\}/g;
const anyBraces = /(?<![$%{])\{([^{}]*)\}/g;

/** The allowed names of config variables, used as `{var.NAME}`. */
export const variableName = '[A-Za-z][A-Za-z0-9_]*';

/** Replaces `{name}` for every name that has a value; everything else stays as written: `${HOME}`, `%{x}`, `{{timestamp}}`. */
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

/** The placeholder names in a text, each once: `{version}-{ubunt}` → `version`, `ubunt`. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(anyBraces)].map(([, name]) => name ?? ''))];
}

/** `${` and `%{` belong to the shell or HCL, `{{` to Packer: they are not placeholders. */
const placeholder = /(?<![$%{])\{([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\}/g;
const anyBraces = /(?<![$%{])\{([^{}]*)\}/g;

/** The allowed names of config variables, used as `{var.NAME}`. */
export const variableName = '[A-Za-z][A-Za-z0-9_]*';

/**
 * Replaces `{name}` for every name that has a value; everything else stays as written: `${HOME}`, `%{x}`, `{{timestamp}}`.
 *
 * @param asText how a value is written there, given the text that follows it; unchanged by default.
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

const ofVariable = new RegExp(String.raw`(?<![$%{])\{var\.(${variableName})\}`, 'g');
const variableAlone = new RegExp(String.raw`^\{var\.(${variableName})\}$`);

/** The variables in a text, as `{var.NAME}`, each once. */
export const variablePlaceholders = (text: string): string[] => [
  ...new Set([...text.matchAll(ofVariable)].map(([, name = '']) => name)),
];

/** The variable that is the whole text: `{var.NAME}`. */
export const wholeVariable = (text: string): string | undefined => variableAlone.exec(text)?.[1];

/** A list item with the values of variables: the items of a list variable if that is the whole text; otherwise one text. */
export function filledItems(
  text: string,
  variables: Readonly<Record<string, string | number | boolean | string[]>>,
  more: Readonly<Record<string, string>> = {},
): string[] {
  const whole = wholeVariable(text);
  const value = whole !== undefined && Object.hasOwn(variables, whole) ? variables[whole] : undefined;
  return Array.isArray(value) ? value : [fill(text, { ...asTexts(variables), ...more })];
}

/** The values of variables by the names of their placeholders; lists have none, since they must be the whole text. */
export const asTexts = (
  variables: Readonly<Record<string, string | number | boolean | string[]>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      Array.isArray(value) ? [] : [[`var.${name}`, String(value)]],
    ),
  );

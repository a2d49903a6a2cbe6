import { wholeVariable } from '../lib/placeholders.ts';
import type { Json, VariableValue } from '../model/publication.ts';
import { fillAsText } from './fill-as-text.ts';

/**
 * Options with their placeholders filled in. A text that is one variable becomes its value, a number for example; in a list
 * a list variable becomes its items. Everything else is text. Pure.
 */
export function fillOptions(
  value: Json,
  values: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, VariableValue>> = {},
): Json {
  if (typeof value === 'string') return filledText(value, values, variables);
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const filled = fillOptions(item, values, variables);
      return typeof item === 'string' && Array.isArray(filled) ? filled : [filled];
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, fillOptions(one, values, variables)]),
  );
}

function filledText(
  text: string,
  values: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, VariableValue>>,
): Json {
  const name = wholeVariable(text);
  const value = name !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => fillAsText('{item}', { item }));
  return fillAsText(text, values);
}

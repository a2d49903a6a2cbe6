import { isObject } from '../lib/is-object.ts';
import type { VariableValue } from '../model/publication.ts';
import type { variableTypes } from './variable-schema.ts';

export type VariableType = (typeof variableTypes)[number];

/** A variable in a config: its value; or that it must be given, with its type. */
export type WrittenVariable = VariableValue | null | { type?: VariableType; secret?: boolean };

/** The same by name. */
export type WrittenVariables = Readonly<Record<string, WrittenVariable>>;

export const isSecret = (written: WrittenVariable | undefined): boolean =>
  isObject(written) && written.secret === true;

/** The config's own value; undefined if it must be given. */
export const ownValue = (written: WrittenVariable): VariableValue | undefined =>
  written === null || isObject(written) ? undefined : (written as VariableValue);

/** The type of all values of the variable: that of the config's own value, or the named one; otherwise text. */
export function typeOfVariable(written: WrittenVariable): VariableType {
  if (Array.isArray(written)) return 'list';
  if (typeof written === 'number') return 'number';
  if (typeof written === 'boolean') return 'boolean';
  return isObject(written) ? ((written.type as VariableType | undefined) ?? 'text') : 'text';
}

export const expectedOfType: Readonly<Record<VariableType, string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list of texts',
};

/** A value given as text, by an option or the environment; undefined if it does not have the type. */
export function valueFromText(text: string, type: VariableType): VariableValue | undefined {
  if (type === 'text') return text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type === 'number') return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (text.trim() === '') return [];
  if (!text.trimStart().startsWith('[')) return text.split(',').map((one) => one.trim());
  try {
    return valueFromJson(JSON.parse(text), 'list');
  } catch {
    return undefined;
  }
}

/** A value given as JSON, by a file; undefined if it does not have the type. */
export function valueFromJson(value: unknown, type: VariableType): VariableValue | undefined {
  if (type === 'list') {
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
  }
  const wanted = { text: 'string', number: 'number', boolean: 'boolean' }[type];
  return typeof value === wanted ? (value as VariableValue) : undefined;
}

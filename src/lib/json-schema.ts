import type { XStatic } from 'typebox/schema';

/** The type of the values that a JSON Schema describes. */
export type Static<Schema> = XStatic<Schema>;

type Properties = Record<string, object>;

/*
 * Parts of JSON Schema (draft 7), each with its description. They are plain objects: TypeBox gives them their types and
 * is not loaded at run time, which would take longer than the whole start of a command.
 */

export const text = (description: string) => ({ description, type: 'string' }) as const;

export const textLike = (description: string, pattern: string) =>
  ({ description, type: 'string', pattern }) as const;

export const flag = (description: string) => ({ description, type: 'boolean' }) as const;

/** An integer of at least `minimum`. */
export const count = (description: string, minimum: 0 | 1 = 0) =>
  ({ description, type: 'integer', minimum }) as const;

/** A non-negative number, for example of seconds. */
export const amount = (description: string) => ({ description, type: 'number', minimum: 0 }) as const;

export const constant = <const Value extends string | number | boolean>(description: string, value: Value) =>
  ({ description, const: value }) as const;

export const choice = <const Values extends readonly (string | number)[]>(
  description: string,
  values: Values,
) => ({ description, enum: values }) as const;

export const list = <const Items extends object>(description: string, items: Items) =>
  ({ description, type: 'array', items }) as const;

/** An object with these properties and no others. */
export const object = <
  const Required extends Properties,
  const Optional extends Properties = Record<never, never>,
>(
  description: string,
  required: Required,
  optional: Optional = {} as Optional,
) =>
  ({
    description,
    type: 'object',
    // Only for the types: which keys there are, not how many.
    required: Object.keys(required) as unknown as [keyof Required & string],
    properties: { ...required, ...optional } as Required & Optional,
    additionalProperties: false,
  }) as const;

/** One of several shapes. */
export const oneOf = <const Shapes extends readonly object[]>(description: string, shapes: Shapes) =>
  ({ description, oneOf: shapes }) as const;

/** Another schema, with a description of its meaning here. */
export const described = <const Schema extends object>(description: string, schema: Schema) =>
  ({ description, allOf: [schema] }) as const;

/**
 * The text of a JSON Schema file with named definitions: each use of a definition, by another one or by the schema itself,
 * becomes a `$ref`.
 */
export function schemaFileText(schema: object, definitions: Record<string, object>): string {
  const names = new Map(Object.entries(definitions).map(([name, definition]) => [definition, name]));
  function withReferences(this: unknown, _key: string, value: unknown): unknown {
    const name = typeof value === 'object' && value !== null ? names.get(value) : undefined;
    return name === undefined || this === definitions ? value : { $ref: `#/definitions/${name}` };
  }
  return `${JSON.stringify({ ...schema, definitions }, withReferences, 2)}\n`;
}

/*
 * Parts of JSON Schema (draft 7). Each has a description, which editors show, and the text of a message after "expected".
 * A value's type follows from its schema.
 */

/** The type of the values that a schema made of these parts describes. */
export type Static<Schema> = Schema extends { enum: readonly (infer Value)[] }
  ? Value
  : Schema extends { anyOf: readonly (infer One)[] }
    ? Static<One>
    : Schema extends { type: 'array'; items: infer Items }
      ? Static<Items>[]
      : Schema extends { type: 'object'; additionalProperties: true }
        ? Record<string, unknown>
        : Schema extends { type: 'object'; additionalProperties: infer Values extends object }
          ? Record<string, Static<Values>>
          : Schema extends {
                type: 'object';
                properties: infer Properties;
                required: readonly (infer Required)[];
              }
            ? { [Key in keyof Properties as Key extends Required ? Key : never]: Static<Properties[Key]> } & {
                [Key in keyof Properties as Key extends Required ? never : Key]?: Static<Properties[Key]>;
              }
            : Schema extends { type: 'string' }
              ? string
              : Schema extends { type: 'number' | 'integer' }
                ? number
                : Schema extends { type: 'boolean' }
                  ? boolean
                  : never;

/** A schema, for a program that knows nothing about the values. */
export interface Schema {
  description?: string;
  expected?: string;
  type?: string;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
}

type Properties = Record<string, object>;

export const flag = (description: string) =>
  ({ type: 'boolean', description, expected: 'true or false' }) as const;

export const text = (description: string, expected = 'a text in quotes') =>
  ({ type: 'string', minLength: 1, description, expected }) as const;

/** A text that may be empty. */
export const anyText = (description: string, maxLength: number) =>
  ({
    type: 'string',
    maxLength,
    description,
    expected: `a text of at most ${maxLength} characters`,
  }) as const;

export const textLike = (description: string, pattern: string, expected: string) =>
  ({ type: 'string', pattern, description, expected }) as const;

export const time = (description: string) =>
  textLike(
    description,
    String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$`,
    'a time in UTC, such as "2026-11-30T12:00:00Z"',
  );

export const count = (description: string, minimum = 0, maximum = 1_000_000) =>
  ({
    type: 'integer',
    minimum,
    maximum,
    description,
    expected: `a whole number from ${minimum} to ${maximum}`,
  }) as const;

export const number = (description: string, minimum: number, maximum: number) =>
  ({
    type: 'number',
    minimum,
    maximum,
    description,
    expected: `a number from ${minimum} to ${maximum}`,
  }) as const;

export const seconds = (description: string) =>
  ({
    type: 'number',
    minimum: 0,
    maximum: 7 * 24 * 3600,
    description,
    expected: 'a number of seconds, at most a week of them',
  }) as const;

export const choice = <const Values extends readonly string[]>(description: string, values: Values) =>
  ({
    enum: values,
    description,
    expected:
      values.length > 1 ? `one of ${values.map((value) => `"${value}"`).join(', ')}` : `"${values[0]}"`,
  }) as const;

export const list = <const Items extends object>(
  description: string,
  items: Items,
  { expected, maxItems = 10_000 }: { expected: string; maxItems?: number },
) => ({ type: 'array', items, maxItems, description, expected }) as const;

/** An object with these properties and no others. */
export const object = <
  const Required extends Properties,
  const Optional extends Properties = Record<never, never>,
>(
  description: string,
  required: Required,
  optional: Optional = {} as Optional,
  expected = 'an object in {}',
) =>
  ({
    type: 'object',
    // Only for the types: which keys there are, not how many.
    required: Object.keys(required) as unknown as [keyof Required & string],
    properties: { ...required, ...optional } as Required & Optional,
    additionalProperties: false,
    description,
    expected,
  }) as const;

/** An object with any keys. */
export const record = <const Values extends object>(description: string, values: Values, expected: string) =>
  ({ type: 'object', additionalProperties: values, description, expected }) as const;

/** An object that AWS defines, used unchanged. */
export const anyObject = (description: string) =>
  ({ type: 'object', additionalProperties: true, description, expected: 'an object in {}' }) as const;

/** For example a text or an object: at most one of the shapes is an object. */
export const either = <const Shapes extends readonly object[]>(
  description: string,
  shapes: Shapes,
  expected: string,
) => ({ anyOf: shapes, description, expected }) as const;

/** A key whose text is a comment and is never read. */
export const remark = text('A comment; it is ignored.');

/** A problem at a place below a rule, or below the settings: `images[0].id`. */
export interface SettingsProblem {
  place: string;
  /** The text after "expected". */
  expected: string;
  /** The text after "found". */
  found: string;
  /** Advice, in sentences. */
  advice?: string;
}

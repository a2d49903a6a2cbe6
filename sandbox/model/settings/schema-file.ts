import type { Schema } from './schema-parts.ts';
import { settingsSchema } from './settings.ts';

/**
 * The text of `docs/sandbox-settings.schema.json`, for editors: they show `errorMessage` for an invalid value, and accept
 * comments and trailing commas (the JSON language service of Visual Studio Code).
 */
export const settingsSchemaText = (): string => {
  const forEditors = (_key: string, value: Schema | unknown) => {
    if (typeof value !== 'object' || value === null || !('expected' in value)) return value;
    const { expected, ...rest } = value;
    const { required, ...others } = rest as Schema;
    const kept = Array.isArray(required) && required.length === 0 ? others : rest;
    return { ...kept, errorMessage: `Expected ${String(expected)}.` };
  };
  return `${JSON.stringify(
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Settings of the gopackgo sandbox',
      allowComments: true,
      allowTrailingCommas: true,
      ...settingsSchema,
    },
    forEditors,
    2,
  )}\n`;
};

import { resolve } from 'node:path';
import { readText } from '../config/parse-json.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { errorCode } from '../lib/error-code.ts';
import { jsonOutput } from '../lib/json-output.ts';
import { NotReadable, readBounded } from '../lib/read-bounded.ts';
import type { RefusalCode } from '../lib/refusal-codes.ts';
import { refuseProblems } from '../lib/refuse-problems.ts';
import { writeAtomically, writeNew } from '../lib/write-atomically.ts';

/**
 * The content of the JSON file that an option names.
 *
 * @param notJson the code for any other file.
 * @throws ActionableError (2) if it cannot be read, with what was expected.
 */
export async function readJsonFile(
  option: string,
  file: string,
  cwd: string,
  expected = 'a file of JSON (docs/sandbox.md)',
  notJson: RefusalCode = 'sandbox-file-invalid',
): Promise<unknown> {
  try {
    return JSON.parse(readBounded(resolve(cwd, file)).toString('utf8'));
  } catch (error) {
    const code = error instanceof SyntaxError ? notJson : 'file-unreadable';
    throw new ActionableError(code, { place: `${option} ${file}`, expected, found: whyNoJson(error) });
  }
}

/** Settings of the sandbox, and the name of their file as given. */
export interface SettingsFile {
  file: string;
  content: unknown;
}

/**
 * The content of the sandbox settings file that an option names: JSON with comments and trailing commas, like configs. A
 * byte-order mark is no error.
 *
 * @throws ActionableError (2) if it cannot be read, with every place that is not JSON.
 */
export function readSettingsFile(option: string, file: string, cwd: string): SettingsFile {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readBounded(resolve(cwd, file)));
  } catch (error) {
    throw new ActionableError(error instanceof TypeError ? 'sandbox-file-invalid' : 'file-unreadable', {
      place: `${option} ${file}`,
      expected: 'a settings file of the sandbox (docs/sandbox.md)',
      found: error instanceof TypeError ? 'bytes that are not UTF-8' : whyNoJson(error),
    });
  }
  const { problems, value } = readText(text, 'settings of the sandbox, such as {"speed": "real"}');
  refuseProblems(file, problems, 'sandbox-file-invalid');
  return { file, content: value };
}

/**
 * @param isNew whether to leave an existing file unchanged.
 * @returns `exists` if it was left unchanged.
 * @throws ActionableError (2) if the file that the option names cannot be written.
 */
export async function writeJsonFile(
  option: string,
  file: string,
  cwd: string,
  value: unknown,
  { isNew = false } = {},
): Promise<'written' | 'exists'> {
  const write = isNew ? writeNew : writeAtomically;
  try {
    await write(resolve(cwd, file), `${jsonOutput(value, 2)}\n`);
    return 'written';
  } catch (error) {
    if (isNew && errorCode(error) === 'EEXIST') return 'exists';
    throw new ActionableError('file-unwritable', {
      place: `${option} ${file}`,
      expected: 'a file that can be written',
      found: errorCode(error) ?? String(error),
    });
  }
}

/** What was found instead of a JSON file, from the error of reading or parsing it. */
function whyNoJson(error: unknown): string {
  if (error instanceof NotReadable) return error.found;
  if (error instanceof SyntaxError) return `text that is not JSON (${error.message})`;
  const code = errorCode(error) ?? String(error);
  return code === 'ENOENT' ? 'no such file' : code;
}

/** What was found instead of a file of a format, for messages. */
export const foundInPlaceOf = (format: number, value: unknown): string => {
  const found = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  return typeof found === 'number' && found !== format
    ? `format ${found}, which another version of gopackgo wrote`
    : 'something else';
};

import { resolve } from 'node:path';
import { readText } from '../config/parse-json.ts';
import type { VariableFile } from '../config/variables.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { errorCode } from '../lib/error-code.ts';
import { isObject } from '../lib/is-object.ts';
import { NotReadable, readBounded } from '../lib/read-bounded.ts';
import { refuseProblems } from '../lib/refuse-problems.ts';

/**
 * Reads every `--var-file`: a JSON object of names and values.
 *
 * @throws ActionableError (2) for anything else. The message does not show the value, which may be a secret.
 */
export function readVariableFiles(files: readonly string[], cwd: string): VariableFile[] {
  return files.map((file) => {
    const place = `--var-file ${file}`;
    const { value, problems } = readText(textOf(file, place, cwd));
    refuseProblems(place, problems, 'usage-error');
    if (isObject(value)) return { file, values: value };
    throw new ActionableError('usage-error', {
      place,
      expected: 'an object of names and values, such as {"environment": "staging"}',
      found: 'something else',
    });
  });
}

function textOf(file: string, place: string, cwd: string): string {
  try {
    return readBounded(resolve(cwd, file)).toString('utf8');
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    const found =
      error instanceof NotReadable
        ? error.found
        : code === 'ENOENT'
          ? 'no such file'
          : `a file that cannot be read (${code})`;
    throw new ActionableError('file-unreadable', { place, expected: 'a file of JSON', found });
  }
}

import { ActionableError } from '../lib/actionable-error.ts';
import { variableName } from '../lib/placeholders.ts';

const assignment = new RegExp(`^(${variableName})=(.*)$`, 's');

/**
 * Reads every `--var NAME=VALUE`; the last value of a name counts, as with Packer.
 *
 * @throws ActionableError (2) for anything else. The message does not show the value, which may be a secret.
 */
export function parseVariables(words: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name, value] = assignment.exec(word) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new ActionableError('usage-error', {
        place: '--var',
        expected: 'NAME=VALUE, the name of letters, digits and "_", a letter first',
        found: 'something else',
      });
    }),
  );
}

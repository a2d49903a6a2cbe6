import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expressible } from '../account/expressible.ts';
import { saveAccount } from '../account/save.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import type { DoctorReport } from '../model/events.ts';
import { describeLookupError } from '../model/lookup.ts';
import type { Publication } from '../model/publication.ts';
import { advisedCommand } from './advised-command.ts';
import type { Host } from './host.ts';
import { writeJsonFile } from './json-file.ts';
import type { OpenAccount } from './open-account.ts';
import { settingsProblems } from './open-sandbox.ts';
import type { ReleaseArguments } from './release-arguments.ts';

/** The arguments of `doctor --save`. */
export interface SaveArguments {
  /** The file; if absent, nothing is saved. */
  save?: string;
  withNames: boolean;
  overwrite: boolean;
}

/** The saved account, as in `doctor --json`. */
export type Saved = NonNullable<DoctorReport['saved']>;

const existing = (file: string): ActionableError =>
  new ActionableError('file-exists', {
    place: `--save ${file}`,
    expected: 'a file that does not exist yet',
    found: 'one that does',
    advice: 'Add --overwrite to replace it; what was added to it by hand is lost.',
  });

/** @throws ActionableError (2) if the file exists and may not be replaced. Runs before AWS is asked. */
export async function refuseExisting({ save, overwrite }: SaveArguments, { cwd }: Host): Promise<void> {
  if (save === undefined || overwrite) return;
  const exists = await access(resolve(cwd, save)).then(
    () => true,
    () => false,
  );
  if (exists) throw existing(save);
}

/**
 * Writes the account, as far as the publication depends on it, as settings of the sandbox. The answer contains everything that
 * could not be looked up or expressed in settings.
 *
 * @throws ActionableError (2) if the file cannot be written, or appeared in the meantime.
 */
export async function saveAccountFile(
  file: string,
  { withNames, overwrite }: SaveArguments,
  publication: Publication,
  { clients, account }: Pick<OpenAccount, 'clients' | 'account'>,
  { cwd }: Host,
): Promise<Saved> {
  const seen = await saveAccount(publication, { clients, account }, { withNames, now: new Date() });
  const { settings, leftOut } = await expressible(seen.settings, settingsProblems);
  const written = await writeJsonFile('--save', file, cwd, settings, { isNew: !overwrite });
  if (written === 'exists') throw existing(file);
  return {
    file,
    complete: seen.failed.length === 0,
    failedCalls: seen.failed,
    leftOut: [...seen.leftOut, ...leftOut],
  };
}

/** The message about it. Pure. */
export function describeSaved(
  { file, complete, failedCalls, leftOut }: Saved,
  args: ReleaseArguments,
): string {
  const { publication, variables, variableFiles, acceptMixed } = args;
  const given = { variables, variableFiles, acceptMixed };
  const rehearse = advisedCommand({ ...given, sandbox: true, sandboxAccount: file })('publish', publication);
  return [
    ...failedCalls.map(
      (error) => `${file}: not saved, since the lookup failed: ${describeLookupError(error)}`,
    ),
    ...leftOut.map((what) => `${file}: skipped: ${what}`),
    complete
      ? `${file} is written. To rehearse in it: ${rehearse}`
      : `${file} is written, but is not complete: a rehearsal with it uses a new account's defaults for what is missing. Allow these calls (docs/permissions.md), then save again with --overwrite.`,
  ].join('\n');
}

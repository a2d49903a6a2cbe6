import { exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Publication } from '../model/publication.ts';
import { doctorTable } from '../report/doctor-table.ts';
import type { Host } from './host.ts';
import { type DecidingArguments, lookAndCheck } from './look-and-check.ts';
import type { OpenAccount } from './open-account.ts';
import { type OpenRelease, withRelease } from './open-release.ts';
import {
  describeSaved,
  refuseExisting,
  type SaveArguments,
  type Saved,
  saveAccountFile,
} from './save-account.ts';
import { say, sayJson, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

export type DoctorArguments = DecidingArguments & SaveArguments;

/**
 * Runs every check for all selected targets, built or not, and shows the results. Changes nothing in AWS; writes the account to
 * `save`.
 *
 * @returns as `plan`: 0 if `publish` would start; 1 if something required could not be looked up; 2 if the config is wrong; 4
 * if `publish` would be refused. Also 1 if `save` could not look up everything it writes.
 */
export async function doctor(args: DoctorArguments, host: Host): Promise<number> {
  const { save } = args;
  await refuseExisting(args, host);
  let saved: Saved | undefined;
  const opened = async (publication: Publication, account: OpenAccount) => {
    if (save !== undefined) saved = await saveAccountFile(save, args, publication, account, host);
  };
  const check = async (release: OpenRelease) => {
    const { checked, refusal, exit } = await lookAndCheck(args, release, host, { all: true });
    const { release: name, account, endpoint } = release.plan;
    const checks = checked.findings.map(({ stops: _, ...finding }) => finding);
    const report = {
      format: 2,
      release: name,
      account,
      endpoint,
      checks,
      ...definedOnly({ saved }),
    } as const;
    release.looked();
    if (args.json) sayJson(host.stdout, report, 2);
    else show(host.stdout, doctorTable(report, widthOf(host), paintFor(host)));
    if (refusal !== undefined) say(host.stderr, refusal.message);
    return saved?.complete === false ? exitStatus.failed : exit;
  };
  try {
    return await withRelease(args, host, check, opened);
  } finally {
    // Also if no plan can be made, since that can be rehearsed, too.
    if (saved) say(host.stderr, describeSaved(saved, args));
  }
}

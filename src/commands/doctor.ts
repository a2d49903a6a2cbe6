import { doctorTable } from '../report/doctor-table.ts';
import type { Host } from './host.ts';
import { type DecidingArguments, lookAndCheck } from './look-and-check.ts';
import { withRelease } from './open-release.ts';
import { say, sayJson, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

/**
 * Makes every check for all selected targets, built or not, and shows each with its result. Changes nothing.
 *
 * @returns as `plan`: 0 where `publish` would start; 1 where something required could not be looked up; 2 where the config is
 * wrong; 4 where `publish` would be refused.
 */
export function doctor(args: DecidingArguments, host: Host): Promise<number> {
  return withRelease(args, host, async (release) => {
    const { checked, refusal, exit } = await lookAndCheck(args, release, host, { all: true });
    const { release: name, account, endpoint } = release.plan;
    const checks = checked.findings.map(({ stops: _, ...finding }) => finding);
    const report = { format: 2, release: name, account, endpoint, checks } as const;
    release.looked();
    if (args.json) sayJson(host.stdout, report, 2);
    else show(host.stdout, doctorTable(report, widthOf(host), paintFor(host)));
    if (refusal !== undefined) say(host.stderr, refusal.message);
    return exit;
  });
}

import { exitStatus } from '../lib/actionable-error.ts';
import { shownStatus } from '../lifecycle/compared-target.ts';
import type { RecordFormatName } from '../model/publication.ts';
import { isComplete, verify } from '../observe/verify.ts';
import { combinedImages } from '../plan/image.ts';
import { explainStatus } from '../publish/plan-summary.ts';
import { formatOf } from '../record/format-of.ts';
import { recordedAmi } from '../record/recorded-ami.ts';
import { createContext } from './create-context.ts';
import type { Host } from './host.ts';
import { withRelease } from './open-release.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { say, show } from './say.ts';

export interface ExportArguments extends ReleaseArguments {
  as: RecordFormatName;
}

/**
 * Prints the AMIs of a release in a record format, from AWS alone: those that are verified and shared as configured. Prints
 * nothing until every required target is.
 *
 * @returns 0; 1 if a selected required target is incomplete; 3 if only best-effort ones are.
 */
export function exportCommand(args: ExportArguments, host: Host): Promise<number> {
  return withRelease({ ...args, meant: 'known' }, host, async (release) => {
    const { plan, publication, selected, chosen } = release;
    const verdicts = await verify(plan, selected, createContext(release, host), 'one look');
    const complete = verdicts.filter((verdict) => isComplete(verdict, plan));
    const open = verdicts.filter((verdict) => !complete.includes(verdict));
    const leftOut = (plan.leftOut ?? []).filter(({ name }) => chosen.has(name));
    release.looked();
    for (const { target, status } of open) {
      const why = explainStatus(status);
      say(
        host.stderr,
        `${target.name}: not exported: it is ${shownStatus(status)}${why === undefined ? '' : `: ${why}`}`,
      );
    }
    for (const { name, why } of leftOut) say(host.stderr, `${name}: not exported: ${why}`);
    if (open.some(({ target }) => target.required) || complete.length === 0) {
      say(
        host.stderr,
        'Nothing was exported: a record lists only AMIs that are verified, and shared as the config says.',
      );
      return exitStatus.failed;
    }
    const settings = publication.record?.find(({ as }) => as === args.as) ?? { as: args.as };
    const format = formatOf(settings, publication.name, combinedImages(publication));
    const merged = format.merge(
      undefined,
      complete.map((verdict) => recordedAmi(plan, verdict)),
    );
    if (!merged.ok) throw new Error('an empty record was refused');
    for (const name of merged.omitted) {
      say(host.stderr, `${name}: not exported: the Ubuntu release of its base image is not known`);
    }
    show(host.stdout, merged.text);
    return open.length + leftOut.length > 0 ? exitStatus.partial : exitStatus.done;
  });
}

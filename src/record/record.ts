import type { Claimant } from '../lib/file-lock.ts';
import type { Ami } from '../model/ami.ts';
import type { EventSink, RecordOutcome } from '../model/events.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import type { Disk } from './disk.ts';
import { type Entry, type Kind, keyOf } from './entry.ts';
import { type IdsFile, recordIds } from './ids-file.ts';

/** Where a publication's ids are recorded, and as which kinds. */
export interface Destination {
  file: IdsFile;
  /** By the image's name. */
  kinds: ReadonlyMap<string, Kind>;
  /** The Ubuntu release of an AMI of another recipe; undefined where that is not known. */
  keptUbuntu(ami: Ami, target: Target, today: string): string | undefined;
  writer: Claimant;
  disk: Disk;
}

/**
 * Records the AMIs of a release once every required target of the publication is complete, whatever was selected. A failure is
 * an outcome: the AMIs exist, and running the same command again records them.
 *
 * @param complete the targets that were last seen verified and shared exactly as configured.
 */
export async function record(
  plan: ReleasePlan,
  complete: readonly Verdict[],
  to: Destination,
  emit: EventSink,
): Promise<RecordOutcome> {
  const { file, kinds, writer, disk } = to;
  const done = new Set(complete.map(({ target }) => target.name));
  const open = plan.targets.filter(({ name }) => !done.has(name));
  const needed = open.filter(({ required }) => required);
  if (needed.length > 0) {
    return { is: 'unchanged', file: file.shown, missing: needed.map(({ name }) => name) };
  }
  const found = complete.map((verdict) => ({ verdict, entry: entryOfTarget(verdict, to) }));
  const ours = found.flatMap(({ entry }) => entry ?? []);
  const unknown = found.flatMap(({ verdict, entry }) => (entry ? [] : [verdict.target.name]));
  if (unknown.length > 0) emit({ type: 'warning', text: unknownReleaseWarning(file, unknown) });
  try {
    const { entries, added, replaced, same } = await recordIds(file, ours, writer, disk);
    const keys = new Set(entries.map(keyOf));
    const earlier = [...open, ...(plan.leftOut ?? [])].filter(({ image, region }) => {
      const kind = kinds.get(image);
      return kind !== undefined && keys.has(keyOf({ region, ...kind }));
    });
    const mixedIn = complete
      .filter(({ status }) => 'mixed' in status && status.mixed)
      .map(({ target }) => target.name);
    if (earlier.length > 0) emit({ type: 'warning', text: mixedWarning(file, earlier) });
    return {
      is: 'recorded',
      file: file.shown,
      added,
      replaced,
      same,
      earlier: earlier.map(({ name }) => name),
      ...(mixedIn.length > 0 ? { mixed: mixedIn } : {}),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    emit({ type: 'warning', text: unwrittenWarning(file, ours, why) });
    return { is: 'failed', file: file.shown, why };
  }
}

/** Undefined where the Ubuntu release of an AMI of another recipe is not known: today's config does not describe it. */
function entryOfTarget(
  { target, status }: Verdict,
  { kinds, keptUbuntu: ubuntuOfKept }: Pick<Destination, 'kinds' | 'keptUbuntu'>,
): Entry | undefined {
  const kind = kinds.get(target.image);
  if (!('ami' in status) || kind === undefined)
    throw new Error(`${target.name} is complete, but what to record for it is not known`);
  const isMixed = 'mixed' in status && status.mixed;
  const release = isMixed ? ubuntuOfKept(status.ami, target, kind.release) : kind.release;
  return release === undefined ? undefined : { region: target.region, ...kind, release, id: status.ami.id };
}

const unknownReleaseWarning = (file: IdsFile, names: readonly string[]) =>
  `The AMIs of ${names.join(', ')} are not recorded in ${file.shown}: they were made from another base image, whose name ` +
  'does not give its Ubuntu release.';

const mixedWarning = (file: IdsFile, earlier: readonly { name: string }[]) =>
  `${file.shown} now has more than one release: the earlier entries are kept for ` +
  `${earlier.map(({ name }) => name).join(', ')}. Run the same command again when they can be built.`;

const unwrittenWarning = (file: IdsFile, ours: readonly Entry[], why: string) =>
  `${file.shown} could not be written: ${why}. All AMIs exist: ` +
  `${ours.map(({ region, release, virtualization, id }) => `${region} ${release} ${virtualization} ${id}`).join(', ')}. ` +
  'Free disk space or fix its permissions, then run the same command again: it records them.';

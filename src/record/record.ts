import type { Claimant } from '../lib/file-lock.ts';
import type { EventSink, RecordOutcome } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import type { Disk } from './disk.ts';
import type { MergedRecord, RecordFormat } from './format.ts';
import { changeFile, notSuchAFile, type RecordFile, readRecord } from './record-file.ts';
import { type RecordedAmi, recordedAmi } from './recorded-ami.ts';

/** A file that lists a publication's AMIs. */
export interface Destination {
  file: RecordFile;
  format: RecordFormat;
  writer: Claimant;
  disk: Disk;
}

/** The targets of a publication that a file should list, and those left out of a run. */
export type Listed = Pick<ReleasePlan, 'publication' | 'leftOut'> & {
  targets: readonly Pick<ReleasePlan['targets'][number], 'name' | 'region' | 'image' | 'required'>[];
};

/**
 * Records the AMIs of a release once every required target of the publication is complete, whatever was selected. A failure is
 * an outcome: the AMIs exist, and running the same command again records them.
 *
 * @param complete the targets last seen verified and shared exactly as configured.
 */
export const record = (
  plan: ReleasePlan,
  complete: readonly Verdict[],
  to: Destination,
  emit: EventSink,
): Promise<RecordOutcome> =>
  recordAmis(
    plan,
    complete.map((verdict) => recordedAmi(plan, verdict)),
    to,
    emit,
  );

/** The same for AMIs that were found without a plan. */
export async function recordAmis(
  plan: Listed,
  ours: readonly RecordedAmi[],
  to: Destination,
  emit: EventSink,
): Promise<RecordOutcome> {
  const { file, writer, disk } = to;
  const done = new Set(ours.map(({ target }) => target));
  const open = plan.targets.filter(({ name }) => !done.has(name));
  const needed = open.filter(({ required }) => required);
  if (needed.length > 0) {
    return { is: 'unchanged', file: file.shown, missing: needed.map(({ name }) => name) };
  }
  try {
    const merged = await changeFile(file, mergeBy(to.format, ours), writer, disk);
    const { added, replaced, same, omitted } = merged;
    if (omitted.length > 0) emit({ type: 'warning', text: omittedWarning(file, omitted) });
    const { publication } = plan;
    const earlier = [...open, ...(plan.leftOut ?? [])].filter((one) => merged.lists({ publication, ...one }));
    const mixedIn = ours.filter(({ mixed }) => mixed).map(({ target }) => target);
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

/**
 * Refuses a file that could not be written later because it is of another kind.
 *
 * @throws ActionableError (4) that lists all its problems.
 */
export async function checkRecord(to: Pick<Destination, 'file' | 'format' | 'disk'>): Promise<void> {
  await wouldRecord([], to);
}

/**
 * The changes that recording these AMIs would make in a file; does not change it.
 *
 * @throws ActionableError (4) that lists all its problems.
 */
export async function wouldRecord(
  ours: readonly RecordedAmi[],
  { file, format, disk }: Pick<Destination, 'file' | 'format' | 'disk'>,
): Promise<Pick<MergedRecord, 'added' | 'replaced' | 'same'>> {
  const found = await readRecord(file, disk);
  return mergeBy(format, ours)(found?.text, found?.of ?? file).outcome;
}

const mergeBy =
  (format: RecordFormat, ours: readonly RecordedAmi[]) =>
  (text: string | undefined, { shown }: RecordFile): { text: string; outcome: MergedRecord } => {
    const merged = format.merge(text, ours);
    if (!merged.ok) throw notSuchAFile(shown, merged.problems);
    return { text: merged.text, outcome: merged };
  };

const omittedWarning = (file: RecordFile, names: readonly string[]) =>
  `The AMIs of ${names.join(', ')} are not recorded in ${file.shown}: they were made from another base image, whose name ` +
  'does not give its Ubuntu release.';

const mixedWarning = (file: RecordFile, earlier: readonly { name: string }[]) =>
  `${file.shown} now has more than one release: the earlier entries are kept for ` +
  `${earlier.map(({ name }) => name).join(', ')}. Run the same command again when they can be built.`;

const unwrittenWarning = (file: RecordFile, ours: readonly RecordedAmi[], why: string) =>
  `${file.shown} could not be written: ${why}. All AMIs exist: ` +
  `${ours.map(({ target, id }) => `${target} ${id}`).join(', ')}. ` +
  'Free disk space or fix its permissions, then run the same command again: it records them.';

import { isDeregistered } from '../aws/ami-states.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { Removal, RemovalOutcome } from '../model/resource.ts';
import { ofTargets, type Verdict, verify } from '../observe/verify.ts';
import { removeAmis } from '../remove/remove-amis.ts';
import type { Before } from './build.ts';
import {
  isReplaced,
  type Replaceable,
  type Replacement,
  type ReplaceRights,
  replaceableOf,
} from './replaceable.ts';

/** EC2 may show for seconds what it has deregistered: gone is what was not seen so often in a row. */
const lookupsThatAgree = 3;

/** What stays on disk about an AMI before it goes: where it was, and all that hung on it. */
export interface Replaced {
  target: string;
  region: string;
  ami: string;
  name: string;
  /** Of its manifest in S3, where it is on instance-store. */
  location?: string;
  snapshots: string[];
  tags: Record<string, string>;
}

export interface ReplaceOptions extends ReplaceRights {
  /** AMIs that the file of ids names now. */
  recorded(): Promise<ReadonlySet<string>>;
  /** Writes down what is about to go; nothing is touched where that fails. */
  write(replaced: readonly Replaced[]): Promise<void>;
}

/** @throws what `replaceableOf` throws. */
export const findReplaceable = async (
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  options: ReplaceOptions,
): Promise<Replaceable> => replaceableOf(plan, verdicts, options, await options.recorded());

/**
 * Clears away what is in the way, once it was looked at again: somebody may have thought long about the question. AMIs of
 * another recipe go with their snapshots, in the order that a cleanup follows (`remove-ami.ts`). Regions are seen to side by
 * side. What could not be removed is said; the looks that follow decide. A bundle in S3 that no AMI is registered from any more counts
 * as left behind, and goes before its target is built.
 *
 * @returns what the builds start from: without what was seen of these targets, and with a world in which the builders
 * that were taken over count as dead.
 * @throws what `replaceableOf` throws, with nothing removed.
 */
export async function replaceAmis(
  plan: ReleasePlan,
  way: Replaceable,
  before: Before,
  options: ReplaceOptions,
  context: Context,
): Promise<{ context: Context; before: Before }> {
  if (way.replaces.length > 0) await replaceInRegion(plan, way.replaces, options, context);
  return {
    before: { ...before, verdicts: before.verdicts.filter(({ target }) => !isReplaced(way, target)) },
    context:
      way.takesOver.length === 0
        ? context
        : { ...context, takenOver: new Set(way.takesOver.map(({ builder }) => builder.instance.id)) },
  };
}

async function replaceInRegion(
  plan: ReleasePlan,
  asked: readonly Replacement[],
  options: ReplaceOptions,
  context: Context,
): Promise<void> {
  const targets = asked.map(({ target }) => target);
  const again = ofTargets(await verify(plan, targets, context, 'one look'), targets);
  const { replaces } = await findReplaceable(plan, again, options);
  const still = replaces.filter(({ ami }) => asked.some((one) => one.ami.id === ami.id));
  if (still.length === 0) return;
  await options.write(still.map(asReplaced));
  const regions = [...new Set(still.map(({ ami }) => ami.region))];
  await Promise.all(
    regions.map(async (region) => {
      const here = still.filter(({ ami }) => ami.region === region);
      const outcomes = await removeAmis(
        region,
        here.map((one) => asRemoval(plan, one)),
        {},
        context,
      );
      for (const outcome of outcomes) warnOfRemaining(outcome, context.emit);
      await waitUntilGone(region, here, context);
    }),
  );
}

const asReplaced = ({ target, ami, snapshots }: Replacement): Replaced => ({
  target: target.name,
  region: ami.region,
  ami: ami.id,
  name: ami.name,
  ...(ami.rootDevice === 'instance-store' && ami.location ? { location: ami.location } : {}),
  snapshots,
  tags: ami.tags,
});

/** Its bundle in S3 is left to what is looked for before its target is built. */
const asRemoval = (plan: ReleasePlan, { target, ami, snapshots }: Replacement): Removal => ({
  ami: ami.id,
  amiName: ami.name,
  region: ami.region,
  release: plan.release,
  target: target.name,
  snapshots,
});

function warnOfRemaining(
  { removal: { ami, target }, parts, ...own }: RemovalOutcome,
  emit: Context['emit'],
): void {
  for (const one of [{ kind: 'AMI', id: ami, ...own }, ...parts]) {
    if (one.outcome !== 'remains') continue;
    emit({ type: 'warning', target, text: `${one.kind} ${one.id} could not be removed: ${one.why}` });
  }
}

async function waitUntilGone(
  region: string,
  replaced: readonly Replacement[],
  context: Context,
): Promise<void> {
  const { clients, clock, stop } = context;
  const ids = replaced.map(({ ami }) => ami.id);
  let unseen = 0;
  await poll(
    { clock, every: consistencyPause(context, 1_000), tries: 60, stop },
    () => findImages(clients, region, { owner: 'self', ids }),
    (images) => {
      const gone = images.ok && images.value.every(isDeregistered);
      unseen = gone ? unseen + 1 : 0;
      return unseen === lookupsThatAgree;
    },
  );
}

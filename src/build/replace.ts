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

/** EC2 may show a deregistered AMI for seconds: it counts as gone after this many lookups in a row without it. */
const lookupsThatAgree = 3;

/** The record of an AMI and its dependents, written to disk before they are removed. */
export interface Replaced {
  target: string;
  region: string;
  ami: string;
  name: string;
  /** Location of its manifest in S3, for an instance-store AMI. */
  location?: string;
  snapshots: string[];
  tags: Record<string, string>;
}

export interface ReplaceOptions extends ReplaceRights {
  /** AMIs currently in the ids file. */
  recorded(): Promise<ReadonlySet<string>>;
  /** Records what is about to be removed. If that fails, nothing is touched. */
  write(replaced: readonly Replaced[]): Promise<void>;
}

/** @throws what `replaceableOf` throws. */
export const findReplaceable = async (
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  options: ReplaceOptions,
): Promise<Replaceable> => replaceableOf(plan, verdicts, options, await options.recorded());

/**
 * Removes AMIs of another recipe, with their snapshots, after looking them up again: the user may have taken long to answer the
 * question. The order is that of a cleanup (`remove-ami.ts`); regions run in parallel. Failures are warnings; the following
 * lookups decide. A bundle in S3 from which no AMI is registered any more is a leftover, and is removed before its target is
 * built.
 *
 * @returns the starting point of the builds: the earlier observations without these targets, and a context in which the
 * builders that were taken over count as dead.
 * @throws what `replaceableOf` throws; nothing has been removed then.
 */
export async function replaceAmis(
  plan: ReleasePlan,
  replaceable: Replaceable,
  before: Before,
  options: ReplaceOptions,
  context: Context,
): Promise<{ context: Context; before: Before }> {
  if (replaceable.replaces.length > 0) await replaceInRegions(plan, replaceable.replaces, options, context);
  return {
    before: { ...before, verdicts: before.verdicts.filter(({ target }) => !isReplaced(replaceable, target)) },
    context:
      replaceable.takesOver.length === 0
        ? context
        : { ...context, takenOver: new Set(replaceable.takesOver.map(({ builder }) => builder.instance.id)) },
  };
}

async function replaceInRegions(
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

/** Leaves out the bundle in S3, which is removed as a leftover before its target is built. */
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

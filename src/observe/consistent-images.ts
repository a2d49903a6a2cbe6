import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import type { Ami } from '../model/ami.ts';
import type { KnownAttempt } from '../model/builds.ts';
import { failedLookup, type Lookup, okLookup } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';

/** EC2 answers from replicas that may lag by seconds: an answer counts once it came this many times in a row. */
const lookupsThatAgree = 3;
const lookupsAtMost = 15;

/** An AMI older than this is shown everywhere. Milliseconds. */
const settledAge = 120_000;

/**
 * The AMIs of a region's targets, by target name: those with the AMI name or the target's tags. They are looked up by name,
 * by tag, and by the ids in attempts' logs, since these may lag differently. Absence, and what was made just now, is believed
 * after three lookups that agree, a second apart on AWS. Where they never agree, the result is an unknown. `seen once`: what
 * exists is believed at once, for callers whose result is looked up again before it counts.
 */
export async function consistentImages(
  release: string,
  region: string,
  targets: readonly Target[],
  known: readonly KnownAttempt[],
  context: Context,
  presence: 'settled' | 'seen once' = 'settled',
): Promise<Lookup<Map<string, Ami[]>>> {
  let last = '';
  let agreed = 0;
  let settled = false;
  const isSettled = (images: Lookup<Map<string, Ami[]>>): boolean => {
    if (!images.ok) return true;
    const found = targets.map(({ name }) => images.value.get(name) ?? []);
    if (presence === 'seen once' && found.every((amis) => amis.length > 0)) return true;
    if (found.every((amis) => areOldEnough(amis, context.clock.now()))) return true;
    const now = JSON.stringify(
      [...images.value].map(([name, amis]) => [name, amis.map(({ id }) => id).sort()]),
    );
    agreed = now === last ? agreed + 1 : 1;
    last = now;
    return agreed === lookupsThatAgree;
  };
  const images = await poll(
    { clock: context.clock, every: consistencyPause(context, 1_000), tries: lookupsAtMost },
    () => lookUpOnce(release, region, targets, known, context),
    (answer) => (settled = isSettled(answer)),
  );
  if (settled) return images;
  return failedLookup({
    code: 'Unsettled',
    message: `${lookupsAtMost} lookups in a row did not agree on which AMIs exist`,
    operation: 'ec2:DescribeImages',
    region,
  });
}

const areOldEnough = (amis: Ami[], now: number) =>
  amis.length > 0 && amis.every(({ created }) => Date.parse(created) + settledAge < now);

async function lookUpOnce(
  release: string,
  region: string,
  targets: readonly Target[],
  known: readonly KnownAttempt[],
  context: Context,
): Promise<Lookup<Map<string, Ami[]>>> {
  const hints = known.flatMap(({ ami, target }) =>
    ami && targets.some(({ name }) => name === target) ? [ami] : [],
  );
  const lookups = await Promise.all([
    findImages(context.clients, region, { owner: 'self', names: targets.map(({ amiName }) => amiName) }),
    findImages(context.clients, region, { owner: 'self', tags: { [tagKeys.release]: release } }),
    ...(hints.length > 0 ? [findImages(context.clients, region, { owner: 'self', ids: hints })] : []),
  ]);
  const all = new Map<string, Ami>();
  for (const lookup of lookups) {
    if (!lookup.ok) return lookup;
    for (const ami of lookup.value) all.set(ami.id, ami);
  }
  const belongs = (ami: Ami, target: Target) =>
    ami.name === target.amiName ||
    (ami.tags[tagKeys.release] === release && ami.tags[tagKeys.target] === target.name);
  return okLookup(
    new Map(targets.map((target) => [target.name, [...all.values()].filter((ami) => belongs(ami, target))])),
  );
}

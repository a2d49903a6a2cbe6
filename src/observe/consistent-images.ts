import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import type { Ami } from '../model/ami.ts';
import type { KnownAttempt } from '../model/builds.ts';
import { allLookups, failedLookup, type Lookup, okLookup } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';

/** EC2 answers from replicas that may lag by seconds: an answer counts after this many identical ones in a row. */
const lookupsThatAgree = 3;
const lookupsAtMost = 15;

/** An AMI older than this is visible everywhere. Milliseconds. */
const settledAge = 120_000;

/**
 * The AMIs of a region's targets, by target name: those with the AMI name or the target's tags. They are looked up by name,
 * once by tag, and by id if an attempt's log names it, since these lookups may lag differently. A missing or just created AMI
 * is believed, target by target, after three lookups that agree (a second apart on AWS). If they never agree, the result is
 * unknown. With `seen once`, an existing AMI is believed at once and copies are not searched by tag; this is for callers that
 * look up the result again before they rely on it.
 */
export async function consistentImages(
  release: string,
  region: string,
  targets: readonly Target[],
  known: readonly KnownAttempt[],
  context: Context,
  presence: 'settled' | 'seen once' = 'settled',
): Promise<Lookup<Map<string, Ami[]>>> {
  const { clients, clock } = context;
  const tags = { [tagKeys.release]: release };
  const tagged =
    presence === 'settled' ? findImages(clients, region, { owner: 'self', tags }) : okLookup<Ami[]>([]);
  const believed = new Map<string, Ami[]>();
  const seen = new Map<string, { ids: string; times: number }>();
  const settles = ({ name }: Target, amis: Ami[]): boolean => {
    believed.set(name, amis);
    if (presence === 'seen once' && amis.length > 0) return true;
    if (areOldEnough(amis, clock.now())) return true;
    const ids = amis
      .map(({ id }) => id)
      .sort()
      .join();
    const before = seen.get(name);
    const times = before?.ids === ids ? before.times + 1 : 1;
    seen.set(name, { ids, times });
    return times === lookupsThatAgree;
  };
  let open = targets;
  const lookup = await poll(
    { clock, every: consistencyPause(context, 1_000), tries: lookupsAtMost },
    () => lookUpOnce(release, region, open, known, tagged, context),
    (answer) => {
      if (!answer.ok) return true;
      open = open.filter((target) => !settles(target, answer.value.get(target.name) ?? []));
      return open.length === 0;
    },
  );
  if (!lookup.ok) return lookup;
  if (open.length === 0) return okLookup(believed);
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
  tagged: Lookup<Ami[]> | Promise<Lookup<Ami[]>>,
  { clients }: Context,
): Promise<Lookup<Map<string, Ami[]>>> {
  const names = targets.map(({ amiName }) => amiName);
  const [named, byTag] = await Promise.all([findImages(clients, region, { owner: 'self', names }), tagged]);
  const lookups = allLookups({ byTag, named });
  if (!lookups.ok) return lookups;
  const all = new Map([...lookups.value.byTag, ...lookups.value.named].map((ami) => [ami.id, ami]));
  const ids = known.flatMap(({ ami, target }) =>
    ami && !all.has(ami) && targets.some(({ name }) => name === target) ? [ami] : [],
  );
  const hinted = ids.length > 0 ? await findImages(clients, region, { owner: 'self', ids }) : okLookup([]);
  if (!hinted.ok) return hinted;
  for (const ami of hinted.value) all.set(ami.id, ami);
  const belongs = (ami: Ami, target: Target) =>
    ami.name === target.amiName ||
    (ami.tags[tagKeys.release] === release && ami.tags[tagKeys.target] === target.name);
  return okLookup(
    new Map(targets.map((target) => [target.name, [...all.values()].filter((ami) => belongs(ami, target))])),
  );
}

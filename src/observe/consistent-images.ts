import { consistencyPause } from '../aws/consistency-pause.ts';
import type { World } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import type { Ami } from '../model/ami.ts';
import type { KnownAttempt } from '../model/builds.ts';
import { type Look, seen, unseen } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';

/** EC2 answers from copies that may lag by seconds: a look counts when it was the same so many times in a row. */
const looksThatAgree = 3;
const looksAtMost = 15;

/** An AMI older than this is everywhere by now. Milliseconds. */
const settledAge = 120_000;

/**
 * The AMIs of a region's targets, by target name: those that bear the AMI name or the target's tags. They
 * are asked for by name, by tag, and by the ids that attempts' logs name, since these may not lag alike. Absence, and what
 * was made just now, is believed after three looks that agree, a second apart on AWS. Where they do not come to agree, that is an
 * unknown. `seen once`: what is there is believed at once, by a caller after whom somebody looks again before it counts.
 */
export async function settledImages(
  release: string,
  region: string,
  targets: readonly Target[],
  known: readonly KnownAttempt[],
  world: World,
  presence: 'settled' | 'seen once' = 'settled',
): Promise<Look<Map<string, Ami[]>>> {
  let last = '';
  let agreed = 0;
  let settled = false;
  const isSettled = (images: Look<Map<string, Ami[]>>): boolean => {
    if (!images.ok) return true;
    const found = targets.map(({ name }) => images.value.get(name) ?? []);
    if (presence === 'seen once' && found.every((amis) => amis.length > 0)) return true;
    if (found.every((amis) => isOld(amis, world.clock.now()))) return true;
    const now = JSON.stringify(
      [...images.value].map(([name, amis]) => [name, amis.map(({ id }) => id).sort()]),
    );
    agreed = now === last ? agreed + 1 : 1;
    last = now;
    return agreed === looksThatAgree;
  };
  const images = await poll(
    { clock: world.clock, every: consistencyPause(world, 1_000), tries: looksAtMost },
    () => lookOnce(release, region, targets, known, world),
    (answer) => (settled = isSettled(answer)),
  );
  if (settled) return images;
  return unseen({
    code: 'Unsettled',
    message: `${looksAtMost} looks in a row did not agree on which AMIs there are`,
    operation: 'ec2:DescribeImages',
    region,
  });
}

const isOld = (amis: Ami[], now: number) =>
  amis.length > 0 && amis.every(({ created }) => Date.parse(created) + settledAge < now);

async function lookOnce(
  release: string,
  region: string,
  targets: readonly Target[],
  known: readonly KnownAttempt[],
  world: World,
): Promise<Look<Map<string, Ami[]>>> {
  const hints = known.flatMap(({ ami, target }) =>
    ami && targets.some(({ name }) => name === target) ? [ami] : [],
  );
  const looks = await Promise.all([
    findImages(world.clients, region, { owner: 'self', names: targets.map(({ amiName }) => amiName) }),
    findImages(world.clients, region, { owner: 'self', tags: { [tagKeys.release]: release } }),
    ...(hints.length > 0 ? [findImages(world.clients, region, { owner: 'self', ids: hints })] : []),
  ]);
  const all = new Map<string, Ami>();
  for (const look of looks) {
    if (!look.ok) return look;
    for (const ami of look.value) all.set(ami.id, ami);
  }
  const belongs = (ami: Ami, target: Target) =>
    ami.name === target.amiName ||
    (ami.tags[tagKeys.release] === release && ami.tags[tagKeys.target] === target.name);
  return seen(
    new Map(targets.map((target) => [target.name, [...all.values()].filter((ami) => belongs(ami, target))])),
  );
}

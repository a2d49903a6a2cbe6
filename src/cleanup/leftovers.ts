import { isDeregistered } from '../aws/ami-states.ts';
import { type Found, findKeyPairs, findSecurityGroups } from '../aws/build-resources.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { findInstances } from '../aws/instances.ts';
import type { Ami } from '../model/ami.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { isPackerName, packerTime } from '../model/packer-names.ts';
import type { Leftover, Outcome, ResourceKind } from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import { isActiveBuilder } from '../observe/active-builder.ts';
import { buildersAmong } from '../observe/builders.ts';
import { type BuildResources, lookUpBuildResources, madeByBuilds } from '../observe/leftovers.ts';
import { type LeftoverContext, removeLeftovers } from '../remove/remove-leftovers.ts';
import { isOld, isOlder, type Times, whyLeft } from './age.ts';
import { isKept } from './keep-tag.ts';
import { sharedSnapshots } from './shared-snapshots.ts';
import { lookUpStoredLeftovers } from './stored-leftovers.ts';

export interface LeftoverOptions extends Times {
  account: string;
  /** The age, in milliseconds, at which an unused resource that Packer created for itself counts as a leftover. */
  orphanAge: number;
  includingShared: boolean;
}

type LookupContext = Pick<Context, 'clients' | 'host' | 'clock' | 'builds'>;

/** Everything in a region that may be a leftover, or that uses one. */
interface RegionResources extends BuildResources {
  instances: Instance[];
  /** The builders of the publication among them. */
  builders: Instance[];
  packerKeyPairs: Found[];
  packerGroups: Found[];
  /** AMIs of this account in any state. */
  images: Ami[];
}

/**
 * Resources that failed and killed builds of a publication left in a region, and Packer's own key pairs and security groups
 * that nothing uses. Excluded are: resources that an AMI uses, resources with the keep tag, snapshots that others may use,
 * everything of a target whose builder is in use by Packer, and the bucket of a release that is being published.
 * `lookUpInterrupted` finds bundles and snapshots of AMIs that a cleanup deregistered.
 */
export async function lookUpLeftovers(
  publication: string,
  region: string,
  options: LeftoverOptions,
  context: LookupContext,
): Promise<Lookup<Leftover[]>> {
  const { clients } = context;
  const start = `${publication}@`;
  const instances = await findInstances(clients, region, 'all');
  if (!instances.ok) return instances;
  const images = await findImages(clients, region, { owner: 'self' });
  if (!images.ok) return images;
  const among = await buildersAmong(
    instances.value.filter(({ tags: its }) => its[tagKeys.release]?.startsWith(start)),
    region,
    context,
  );
  if (!among.ok) return among;
  const builders = among.value;
  const of = { release: `${start}*`, keyPairs: [`gopackgo-${start}*`], builders: okLookup(builders) };
  const [resources, packerKeyPairs, packerGroups] = await Promise.all([
    lookUpBuildResources(region, of, context),
    findKeyPairs(clients, region, ['packer_*']),
    findSecurityGroups(clients, region, { names: ['packer_*'] }),
  ]);
  const lookups = allLookups({ resources, packerKeyPairs, packerGroups });
  if (!lookups.ok) return lookups;
  const { resources: made, ...ofPacker } = lookups.value;
  const all = { instances: instances.value, builders, images: images.value, ...made, ...ofPacker };
  const working: Instance[] = [];
  for (const one of builders) if (await isActiveBuilder(one, context)) working.push(one);
  const busy = new Set(working.map(({ tags: its }) => its[tagKeys.target] ?? ''));
  const { atWork } = options;
  const busyReleases = new Set(working.map(({ tags: its }) => its[tagKeys.release]));
  const isBusy = ({ kind, release = '', target = '' }: Leftover) =>
    kind === 'bucket'
      ? busyReleases.has(release) || (atWork !== 'unknown' && atWork.has(release))
      : target !== '' && busy.has(target);
  const stored = await lookUpStoredLeftovers(publication, region, images.value, options, context);
  if (!stored.ok) return stored;
  const left = findLeftIn(all, { start, region, working }, options);
  const found = [...left, ...stored.value].filter((one) => !isBusy(one));
  const looseIds = found.flatMap(({ kind, id }) =>
    kind === 'snapshot' && !options.includingShared ? id : [],
  );
  const shared = await sharedSnapshots(looseIds, region, context);
  if (!shared.ok) return shared;
  return okLookup(found.filter(({ kind, id }) => kind !== 'snapshot' || !shared.value.has(id)));
}

interface OfPublication {
  /** The common prefix of the publication's releases: `official@`. */
  start: string;
  region: string;
  /** Builders in use by Packer. */
  working: readonly Instance[];
}

/**
 * The resources of builds that have a reason to be deleted and that no remaining resource uses. A pending AMI may still become
 * available and be adopted, so only its age counts. Pure.
 */
function findLeftIn(
  all: RegionResources,
  { start, region, working }: OfPublication,
  options: LeftoverOptions,
): Leftover[] {
  const { now } = options;
  const kept = new Set(
    Object.values(all)
      .flat()
      .filter(isKept)
      .map(({ id }) => id),
  );
  const keyPairs = all.keyPairs.map((one) => ({ ...one, tags: tagsOfKeyPair(one.name, region) }));
  const possible = madeByBuilds(region, { ...all, keyPairs }).flatMap(({ tags, created, ...one }) => {
    const reason = whyLeft(one.release, created, options);
    const may =
      one.release.startsWith(start) && !kept.has(one.id) && tags[tagKeys.deregistered] === undefined;
    return may && reason !== undefined ? [{ ...one, reason }] : [];
  });
  const idsOf = (kind: ResourceKind) => possible.flatMap((one) => (one.kind === kind ? one.id : []));
  const builders = new Set(working.map(({ id }) => id));
  const going = new Set(idsOf('instance').filter((id) => !builders.has(id)));
  const living = all.instances.filter(({ state }) => state !== 'terminated');
  const staying = living.filter(({ id }) => !going.has(id));
  const mayCome = ({ state, created, sourceInstance: builder = '' }: Ami) =>
    builders.has(builder) || (state === 'pending' && !isOld(created, now));
  const coming = new Set(all.images.filter(mayCome).map(({ id }) => id));
  const goingAmis = new Set(idsOf('AMI').filter((id) => !coming.has(id)));
  const stayingAmis = all.images.filter((ami) => !goingAmis.has(ami.id) && !isDeregistered(ami));
  const used = new Set([
    ...staying.flatMap(({ id, securityGroups, keyPair = '' }) => [
      id,
      keyPair,
      ...securityGroups.map((group) => group.id),
    ]),
    ...stayingAmis.flatMap(({ id, snapshots }) => [id, ...snapshots]),
  ]);
  const left = possible.filter(({ id }) => !used.has(id));
  const orphaned = orphans(all, region, { living, left }, options);
  return [...left, ...orphaned.filter(({ id }) => !kept.has(id))];
}

/** `gopackgo-official@2.6.4-us-east-1-1404-pv`: the version may contain hyphens; the region is known. */
function tagsOfKeyPair(name: string, region: string): Record<string, string> {
  const at = name.lastIndexOf(`-${region}-`);
  if (at < 0) return {};
  return { [tagKeys.release]: name.slice('gopackgo-'.length, at), [tagKeys.target]: name.slice(at + 1) };
}

/** Resources that Packer named, without a known release: judged by their name, their age, and whether an instance uses them. */
function orphans(
  { packerKeyPairs, packerGroups, groups: tagged }: RegionResources,
  region: string,
  { living, left }: { living: readonly Instance[]; left: readonly Leftover[] },
  { now, orphanAge }: LeftoverOptions,
): Leftover[] {
  const usedKeys = new Set(living.flatMap(({ keyPair }) => keyPair ?? []));
  const known = new Set([
    ...living.flatMap(({ securityGroups }) => securityGroups.map(({ id }) => id)),
    ...[...tagged, ...left].map(({ id }) => id),
  ]);
  const keys = packerKeyPairs.filter(
    ({ name, created }) => isPackerName(name) && !usedKeys.has(name) && isOlder(created, orphanAge, now),
  );
  const loose = packerGroups.filter(
    ({ id, name, tags }) =>
      !known.has(id) && tags[tagKeys.release] === undefined && isOlder(packerTime(name), orphanAge, now),
  );
  const orphan = (kind: ResourceKind, id: string, created: string | undefined): Leftover => ({
    kind,
    id,
    region,
    reason: `Packer created it on ${created?.slice(0, 16)}Z, and nothing uses it`,
  });
  return [
    ...keys.map(({ id, created }) => orphan('key pair', id, created)),
    ...loose.map(({ id, name }) => orphan('security group', id, packerTime(name))),
  ];
}

/**
 * Deletes leftovers in one region, release by release, in the order that publish follows after a failed build. After
 * `context.stop` no other release is started.
 */
export async function removeRegionLeftovers(
  leftovers: readonly Leftover[],
  context: LeftoverContext & Pick<Context, 'stop'>,
): Promise<(Leftover & Outcome)[]> {
  const outcomes: (Leftover & Outcome)[] = [];
  for (const some of Map.groupBy(leftovers, ({ release }) => release).values()) {
    if (context.stop.aborted) break;
    outcomes.push(...(await removeLeftovers(some, context)));
  }
  return outcomes;
}

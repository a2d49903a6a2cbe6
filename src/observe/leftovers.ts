import { hasFailed, isUsable } from '../aws/ami-states.ts';
import { type Found, findKeyPairs, findLooseVolumes, findSecurityGroups } from '../aws/build-resources.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { copiedFor, findSnapshots, sourceInstance } from '../aws/snapshots.ts';
import { bundleExists, bundleId, lookUpBundles } from '../instance-store/target-bundles.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import type { KnownAttempt } from '../model/builds.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { isBuiltOrOwnCopy } from '../model/own-copy.ts';
import { packerTime } from '../model/packer-names.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Resource, ResourceKind } from '../model/resource.ts';
import { builderTags, keyPairName, tagKeys } from '../model/resource-names.ts';
import type { SeenBundle } from '../model/seen-bundle.ts';
import type { Builder, SeenAmi, SeenAttempt } from '../model/sighting.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isFailedOf } from './aws-reason.ts';

/** A resource that a build created, in use or not, and the build it belongs to. */
export interface Made extends Resource {
  release: string;
  tags: Readonly<Record<string, string>>;
  /** ISO 8601; absent if EC2 does not say. */
  created?: string;
}

/** Resources that builds of a release created in a region. */
export interface BuildParts {
  /** All but AMIs and bundles. Only snapshots that no AMI uses. */
  made: Made[];
  /** Snapshots whose creation failed, whether or not an AMI uses them. */
  brokenSnapshots: Snapshot[];
  /** Completed snapshots, whether or not an AMI uses them. */
  completedSnapshots: Snapshot[];
  bundles: SeenBundle[];
}

/** Resources that builds created in a region besides instances and AMIs, as EC2 shows them, in use or not. */
export interface BuildResources {
  keyPairs: Found[];
  /** Unattached volumes. */
  volumes: Found[];
  groups: Found[];
  /** Snapshots found by their tags. */
  snapshots: Snapshot[];
  /** Snapshots found by the builders they were created from. */
  made: Snapshot[];
}

/**
 * The inventory of leftovers, for publish and cleanup alike. Key pairs are found by name, everything else by the release's tag.
 * Snapshots are also found by the builders they were created from: Packer tags snapshots last, and if tagging fails it may
 * deregister the AMI and leave them behind. Only those lookups wait until the builders are known.
 *
 * @param of `release` and `keyPairs` in the form of EC2's filters: `official@2.6.4`, or `official@*` for all releases.
 */
export async function lookUpBuildResources(
  region: string,
  of: {
    release: string;
    keyPairs: string[];
    builders: Lookup<readonly Instance[]> | Promise<Lookup<readonly Instance[]>>;
  },
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<BuildResources>> {
  const tags = { [tagKeys.release]: of.release };
  const [keyPairs, volumes, groups, snapshots, made] = await Promise.all([
    findKeyPairs(clients, region, of.keyPairs),
    findLooseVolumes(clients, region, builderTags(of.release)),
    findSecurityGroups(clients, region, { tags }),
    findSnapshots(clients, region, { tags }),
    snapshotsMadeOf(of.builders, region, clients),
  ]);
  return allLookups({ keyPairs, volumes, groups, snapshots, made });
}

async function snapshotsMadeOf(
  builders: Lookup<readonly Instance[]> | Promise<Lookup<readonly Instance[]>>,
  region: string,
  clients: Context['clients'],
): Promise<Lookup<Snapshot[]>> {
  const known = await builders;
  return known.ok ? findSnapshots(clients, region, { instances: known.value.map(({ id }) => id) }) : known;
}

/**
 * Decides which build each resource belongs to, by its tags, by the name of its key pair, and by the builder it was created
 * from or belongs to. Failed and pending AMIs count, copies made by others do not. Only snapshots that CreateImage or our
 * CopyImage created count: Packer also writes its `snapshot_tags` on a snapshot of the user's own that the mapping names. Pure.
 *
 * @param found its key pairs have tags that say whose they are.
 */
export function madeByBuilds(
  region: string,
  found: BuildResources & { builders: readonly Instance[]; images: readonly Ami[] },
): Made[] {
  const { builders, images, keyPairs, volumes, groups } = found;
  const living = builders.filter(({ state }) => state !== 'terminated');
  const builderTagsOf = (id: string | undefined) => builders.find((one) => one.id === id)?.tags ?? {};
  const whose = (tags: Made['tags'], builder: string | undefined) =>
    tags[tagKeys.release] === undefined ? { ...tags, ...builderTagsOf(builder) } : tags;
  const made = (kind: ResourceKind, all: readonly { id: string; tags: Made['tags']; created?: string }[]) =>
    all.flatMap(({ id, tags, created }): Made[] => {
      const { [tagKeys.release]: release, [tagKeys.target]: target } = tags;
      if (release === undefined) return [];
      return [{ kind, id, region, release, tags, ...definedOnly({ target: target || undefined, created }) }];
    });
  const all = [
    ...made(
      'instance',
      living.map(({ id, tags, launched }) => ({ id, tags, created: launched })),
    ),
    ...made('security group', [
      ...living.flatMap((one) =>
        packerGroupsOf(one).map(({ id }) => ({ id, tags: one.tags, created: one.launched })),
      ),
      ...groups.map(({ id, name, tags }) => ({ id, tags, ...definedOnly({ created: packerTime(name) }) })),
    ]),
    ...made('key pair', keyPairs),
    ...made('volume', volumes),
    ...made(
      'AMI',
      images
        .filter((ami) => isBuiltOrOwnCopy(ami) && (hasFailed(ami) || ami.state === 'pending'))
        .map(({ id, tags, sourceInstance: builder, created }) => ({
          id,
          tags: whose(tags, builder),
          created,
        })),
    ),
    ...made(
      'snapshot',
      [...found.snapshots, ...found.made].flatMap((snapshot) => {
        const builder = sourceInstance(snapshot);
        const { id, tags, started } = snapshot;
        return builder === undefined && !isLooseCopy(snapshot)
          ? []
          : [{ id, tags: whose(tags, builder), ...definedOnly({ created: started }) }];
      }),
    ),
  ];
  return [...new Map(all.map((one) => [`${one.kind} ${one.id}`, one])).values()];
}

/**
 * Whether CopyImage created, tagged and completed a snapshot for an AMI of ours. A snapshot that is still being copied has a
 * pending AMI, even if EC2 does not show that AMI yet.
 */
const isLooseCopy = (snapshot: Snapshot): boolean =>
  copiedFor(snapshot) !== undefined &&
  snapshot.tags[tagKeys.source] !== undefined &&
  snapshot.state !== 'pending';

/**
 * Resources that builds of a release created besides AMIs. Security groups are also found by the names in attempts' logs. A
 * lookup for AMIs that use a snapshot or a bundle is made only if none of the targets' AMIs, which are looked up in the
 * meantime, uses it.
 */
export async function lookUpBuildParts(
  plan: ReleasePlan,
  region: string,
  targets: readonly Target[],
  known: readonly KnownAttempt[],
  looking: { instances: Promise<Lookup<Instance[]>>; images: Promise<Lookup<ReadonlyMap<string, Ami[]>>> },
  context: Context,
): Promise<Lookup<BuildParts>> {
  const { release } = plan;
  const { instances } = looking;
  const seen = looking.images.then((images) => (images.ok ? [...images.value.values()].flat() : []));
  const names = new Map(targets.map(({ name }) => [keyPairName(release, name), name]));
  const [resources, named, bundles] = await Promise.all([
    lookUpBuildResources(region, { release, keyPairs: [...names.keys()], builders: instances }, context),
    groupsNamedInLogs(plan, region, targets, known, context),
    lookUpBundles(plan, region, targets, seen, context),
  ]);
  const lookups = allLookups({ builders: await instances, resources, named, bundles });
  if (!lookups.ok) return lookups;
  const { builders, resources: found } = lookups.value;
  const made = madeByBuilds(region, {
    ...found,
    builders,
    images: [],
    groups: [...found.groups, ...lookups.value.named],
    keyPairs: found.keyPairs.map((one) => ({
      ...one,
      tags: { ...one.tags, [tagKeys.release]: release, [tagKeys.target]: names.get(one.name) ?? '' },
    })),
  });
  const ofSeen = new Set((await seen).flatMap(({ snapshots }) => snapshots));
  const ids = made.flatMap(({ kind, id }) => (kind === 'snapshot' && !ofSeen.has(id) ? id : []));
  const users =
    ids.length === 0
      ? okLookup([])
      : await findImages(context.clients, region, { owner: 'self', snapshots: ids });
  if (!users.ok) return users;
  const used = new Set([...ofSeen, ...users.value.flatMap((ami) => ami.snapshots)]);
  const targetOf = new Map(made.map(({ id, target = '' }) => [id, target]));
  return okLookup({
    made: made.filter(({ kind, id }) => kind !== 'snapshot' || !used.has(id)),
    brokenSnapshots: [...found.snapshots, ...found.made].flatMap((one) =>
      one.state === 'error' && targetOf.has(one.id)
        ? [{ ...one, tags: { ...one.tags, [tagKeys.target]: targetOf.get(one.id) ?? '' } }]
        : [],
    ),
    completedSnapshots: [...found.snapshots, ...found.made].filter(({ state }) => state === 'completed'),
    bundles: lookups.value.bundles,
  });
}

/** Security groups that Packer created. Packer names them in its log; Packer 1.6.6 does not tag them. */
async function groupsNamedInLogs(
  { release }: ReleasePlan,
  region: string,
  targets: readonly Target[],
  known: readonly KnownAttempt[],
  context: Context,
) {
  const inLogs = known.filter(({ target }) => targets.some(({ name }) => name === target));
  const names = inLogs.flatMap(({ securityGroup, target }) =>
    securityGroup ? [{ name: securityGroup, target }] : [],
  );
  if (names.length === 0) return okLookup([]);
  const groups = await findSecurityGroups(context.clients, region, { names: names.map(({ name }) => name) });
  if (!groups.ok) return groups;
  return okLookup(
    groups.value.flatMap((group) => {
      const from = names.find(({ name }) => name === group.name);
      if (!from) return [];
      const tags = { ...group.tags, [tagKeys.release]: release, [tagKeys.target]: from.target };
      return [{ ...group, tags }];
    }),
  );
}

/** Bundles that no AMI was registered from. EC2 may show a registered AMI late, so AMIs seen earlier count as well. */
function looseBundles({ name, bundle }: Target, images: readonly SeenAmi[], bundles: readonly SeenBundle[]) {
  if (!bundle) return [];
  const isUsed = (location: string) => images.some(({ ami }) => ami.location === location && isUsable(ami));
  const loose = bundles.filter(
    (one) => one.target === name && bundleExists(one) && one.users.length === 0 && !isUsed(one.location),
  );
  return loose.map(() => ({ id: bundleId(bundle) }));
}

/** The security groups that Packer created, by their name; any other group of a builder is the user's own. */
export const packerGroupsOf = ({ securityGroups }: Instance): Instance['securityGroups'] =>
  securityGroups.filter(({ name }) => /^packer_/.test(name));

/** Leftovers of a target's builds that may be removed: none while anybody may be working on the target. Pure. */
export function leftBehind(
  plan: ReleasePlan,
  target: Target,
  { images, builders }: { images: readonly SeenAmi[]; builders: readonly Builder[] },
  attempt: SeenAttempt | undefined,
  parts: BuildParts,
): Resource[] {
  if (attempt?.is === 'working' || builders.some(({ is }) => is !== 'dead')) return [];
  const failed = images.filter((image) => isFailedOf(target, image)).map(({ ami }) => ami);
  const found: Pick<Resource, 'kind' | 'id'>[] = [
    ...parts.made.filter((one) => one.target === target.name),
    ...looseBundles(target, images, parts.bundles).map(({ id }) => ({ kind: 'bundle' as const, id })),
    ...failed.map(({ id }) => ({ kind: 'AMI' as const, id })),
    ...failed.flatMap(({ snapshots }) => snapshots.map((id) => ({ kind: 'snapshot' as const, id }))),
  ];
  const once = new Map(found.map(({ kind, id }) => [`${kind} ${id}`, { kind, id }]));
  const of = { region: target.region, release: plan.release, target: target.name };
  return [...once.values()].map((one) => ({ ...one, ...of }));
}

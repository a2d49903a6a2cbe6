import { isUsable } from '../aws/ami-states.ts';
import { type Found, findKeyPairs, findLooseVolumes, findSecurityGroups } from '../aws/build-resources.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { findSnapshots, sourceInstance } from '../aws/snapshots.ts';
import { bundleExists, bundleId, lookUpBundles } from '../instance-store/target-bundles.ts';
import type { KnownAttempt } from '../model/builds.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Resource, ResourceKind } from '../model/resource.ts';
import { builderTags, keyPairName, tagKeys } from '../model/resource-names.ts';
import type { SeenBundle } from '../model/seen-bundle.ts';
import type { Builder, SeenAmi, SeenAttempt } from '../model/sighting.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isFailedOf } from './aws-reason.ts';

/** What stands in a region that builds of a release made beside instances and AMIs. */
export interface BuildParts {
  keyPairs: { id: string; name: string }[];
  volumes: Tagged[];
  groups: Tagged[];
  /** Snapshots that no AMI has. */
  snapshots: Tagged[];
  /** Snapshots that could not be made, whether or not an AMI has them. */
  brokenSnapshots: Snapshot[];
  bundles: SeenBundle[];
}

interface Tagged {
  id: string;
  tags: Record<string, string>;
}

/** What builds made in a region beside instances and AMIs, as EC2 shows it, in use or not. */
export interface BuildResources {
  keyPairs: Found[];
  /** Volumes that are attached to nothing. */
  volumes: Found[];
  groups: Found[];
  /** Snapshots by their tags. */
  snapshots: Snapshot[];
  /** Snapshots by the builders that they were made of. */
  made: Snapshot[];
}

/**
 * The inventory from which publish and cleanup both take what builds left behind. Key pairs are known by their names, the rest
 * by the release's tag; snapshots also by the builders that they were made of: Packer tags them last, and where it fails on
 * that it may deregister the AMI and leave them. All but those do not wait for the builders to be known.
 *
 * @param of `release` and `keyPairs` as EC2's filters take them: `official@2.6.4`, or `official@*` for all releases.
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

/** What builds of a release made beside instances and AMIs; security groups also by the names in attempts' logs. */
export async function lookUpBuildParts(
  plan: ReleasePlan,
  region: string,
  targets: readonly Target[],
  known: readonly KnownAttempt[],
  instances: Promise<Lookup<Instance[]>>,
  context: Context,
): Promise<Lookup<BuildParts>> {
  const keyPairs = targets.map(({ name }) => keyPairName(plan.release, name));
  const of = { release: plan.release, keyPairs, builders: instances };
  const [resources, named, bundles] = await Promise.all([
    lookUpBuildResources(region, of, context),
    groupsNamedInLogs(region, targets, known, context),
    lookUpBundles(plan, region, targets, context),
  ]);
  const parts = allLookups({ builders: await instances, resources, named, bundles });
  if (!parts.ok) return parts;
  const snapshots = await unusedSnapshots(region, parts.value.resources, parts.value.builders, context);
  if (!snapshots.ok) return snapshots;
  return okLookup({
    keyPairs: parts.value.resources.keyPairs,
    volumes: parts.value.resources.volumes,
    groups: [...parts.value.resources.groups, ...parts.value.named],
    snapshots: snapshots.value.loose,
    brokenSnapshots: snapshots.value.broken,
    bundles: parts.value.bundles,
  });
}

/** Packer's own security group is named in its log; Packer 1.6.6 gives it no tag. */
async function groupsNamedInLogs(
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
      return from ? [{ ...group, tags: { ...group.tags, [tagKeys.target]: from.target } }] : [];
    }),
  );
}

/**
 * Snapshots with our tags, or made of our builders: `loose` ones, that no AMI of this account has in its block device mapping,
 * and those in state `error`. Only what CreateImage made: Packer writes its `snapshot_tags` on a snapshot of the user's own,
 * too, that the mapping names.
 */
async function unusedSnapshots(
  region: string,
  found: Pick<BuildResources, 'snapshots' | 'made'>,
  builders: readonly Instance[],
  context: Context,
): Promise<Lookup<{ loose: Snapshot[]; broken: Snapshot[] }>> {
  const targetOf = new Map(builders.map(({ id, tags }) => [id, tags[tagKeys.target]]));
  const made = found.made.flatMap((snapshot) => {
    const target = targetOf.get(sourceInstance(snapshot) ?? '');
    return target === undefined
      ? []
      : [{ ...snapshot, tags: { ...snapshot.tags, [tagKeys.target]: target } }];
  });
  const tagged = found.snapshots.filter((snapshot) => sourceInstance(snapshot) !== undefined);
  const snapshots = [...tagged, ...made];
  if (snapshots.length === 0) return okLookup({ loose: [], broken: [] });
  const ids = [...new Set(snapshots.map(({ id }) => id))];
  const users = await findImages(context.clients, region, { owner: 'self', snapshots: ids });
  if (!users.ok) return users;
  const used = new Set(users.value.flatMap((ami) => ami.snapshots));
  return okLookup({
    loose: snapshots.filter(({ id }) => !used.has(id)),
    broken: snapshots.filter(({ state }) => state === 'error'),
  });
}

/** Bundles that no AMI was registered from. One that was may be EC2's answer late, so what was seen of AMIs counts too. */
function looseBundles({ name, bundle }: Target, images: readonly SeenAmi[], bundles: readonly SeenBundle[]) {
  if (!bundle) return [];
  const isUsed = (location: string) => images.some(({ ami }) => ami.location === location && isUsable(ami));
  const loose = bundles.filter(
    (one) => one.target === name && bundleExists(one) && one.users.length === 0 && !isUsed(one.location),
  );
  return loose.map(() => ({ id: bundleId(bundle) }));
}

/** Security groups that Packer makes are named so; any other group of a builder is the user's own. */
export const packerGroupsOf = ({ securityGroups }: Instance): Instance['securityGroups'] =>
  securityGroups.filter(({ name }) => /^packer_/.test(name));

/** What builds of a target left, and may be removed: nothing while anybody may be at work on it. Pure. */
export function leftBehind(
  plan: ReleasePlan,
  target: Target,
  { images, builders }: { images: readonly SeenAmi[]; builders: readonly Builder[] },
  attempt: SeenAttempt | undefined,
  parts: BuildParts,
): Resource[] {
  if (attempt?.is === 'working' || builders.some(({ is }) => is !== 'dead')) return [];
  const ofTarget = ({ tags }: Tagged) => tags[tagKeys.target] === target.name;
  const keyPair = keyPairName(plan.release, target.name);
  const failed = images.filter((image) => isFailedOf(target, image));
  const groups = builders.flatMap(({ instance }) => packerGroupsOf(instance));
  const found: [ResourceKind, { id: string }[]][] = [
    ['instance', builders.map(({ instance }) => instance)],
    ['security group', [...groups, ...parts.groups.filter(ofTarget)]],
    ['key pair', parts.keyPairs.filter(({ id }) => id === keyPair)],
    ['volume', parts.volumes.filter(ofTarget)],
    ['bundle', looseBundles(target, images, parts.bundles)],
    ['AMI', failed.map(({ ami }) => ami)],
    [
      'snapshot',
      [
        ...failed.flatMap(({ ami }) => ami.snapshots.map((id) => ({ id }))),
        ...parts.snapshots.filter(ofTarget),
      ],
    ],
  ];
  return found.flatMap(([kind, all]) =>
    [...new Set(all.map(({ id }) => id))].map(
      (id): Resource => ({ kind, id, region: target.region, release: plan.release, target: target.name }),
    ),
  );
}

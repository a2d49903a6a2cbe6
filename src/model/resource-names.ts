import { ActionableError } from '../lib/actionable-error.ts';
import type { Base, ReleasePlan, Target } from './release-plan.ts';

/** The tags that say whose a resource is. They let any machine carry on with a release. */
export const tagKeys = {
  release: 'gopackgo:release',
  target: 'gopackgo:target',
  recipe: 'gopackgo:recipe',
  base: 'gopackgo:base',
  /** The machine whose Packer made it. Means something on a builder instance only. */
  host: 'gopackgo:host',
  /**
   * `<attempt id>.<process id>` of that Packer. Means something on a builder instance and its volumes only. Newer Packer
   * plugins write it on AMIs, too: what is a builder `src/observe/builders.ts` says.
   */
  attempt: 'gopackgo:attempt',
  /** The id of the AMI that a snapshot, or a bundle in S3, is left of; of a bucket, that such bundles may lie in it. */
  deregistered: 'gopackgo:deregistered',
} as const;

const keyPairNameLimit = 255;

/**
 * The name of the key pair that Packer makes for a build and deletes after it. Packer 1.6.6 does not tag key
 * pairs, so this name is how one that was left behind is found.
 *
 * @throws ActionableError where EC2 would refuse it: a key pair's name is "up to 255 ASCII characters"
 * (EC2 API reference, CreateKeyPair).
 */
export function keyPairName(release: string, target: string): string {
  const name = ownKeyPair(release, target);
  if (name.length <= keyPairNameLimit && /^[\x20-\x7e]+$/.test(name)) return name;
  throw new ActionableError(
    `${target}: the name of its key pair has to be at most ${keyPairNameLimit} printable ASCII characters, ` +
      `found "${name}" (${name.length}). Shorten the publication's, the version's or the image's name, and use ASCII.`,
  );
}

const ownKeyPair = (release: string, target: string): string => `gopackgo-${release}-${target}`;

/** Whether that is the key pair of a build of this target. */
export const isKeyPairOf = (
  name: string | undefined,
  release: string | undefined,
  target: string | undefined,
): boolean => release !== undefined && target !== undefined && name === ownKeyPair(release, target);

/** What the tag `gopackgo:base` holds: the same in every region, unlike the base image's id. */
export const baseTag = (base: Pick<Base, 'owner' | 'name'>): string => `${base.owner}/${base.name}`;

/** The owner and name in a tag `gopackgo:base`; undefined where it is not one. */
export function parseBaseTag(value: string): Pick<Base, 'owner' | 'name'> | undefined {
  const [, owner, name] = /^([^/]+)\/(.+)$/.exec(value) ?? [];
  return owner && name ? { owner, name } : undefined;
}

/** What a filter of builders, or of their volumes, asks for. */
export const builderTags = (release: string): Record<string, string> => ({
  [tagKeys.release]: release,
  [tagKeys.attempt]: '*',
});

/** The tags of everything that is made for a target and stays. */
export function ownTags(
  plan: Pick<ReleasePlan, 'release'>,
  target: Pick<Target, 'name' | 'recipe' | 'base'>,
) {
  return {
    [tagKeys.release]: plan.release,
    [tagKeys.target]: target.name,
    [tagKeys.recipe]: target.recipe,
    [tagKeys.base]: baseTag(target.base),
  };
}

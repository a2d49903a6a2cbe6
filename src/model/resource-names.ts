import { ActionableError } from '../lib/actionable-error.ts';
import type { Base, ReleasePlan, Target } from './release-plan.ts';

/** The tags that name the release and target of a resource. With them any machine can resume a release. */
export const tagKeys = {
  release: 'gopackgo:release',
  target: 'gopackgo:target',
  recipe: 'gopackgo:recipe',
  base: 'gopackgo:base',
  /** The git commit that it was built from; only if the config has "git". */
  commit: 'gopackgo:commit',
  /** For a copy made by publish: the AMI it was copied from. A copy by someone else may have the tag too, with another source. */
  source: 'gopackgo:source',
  /** The machine whose Packer created it. Only valid on a builder instance. */
  host: 'gopackgo:host',
  /**
   * `<attempt id>.<process id>` of that Packer. Only valid on a builder instance and its volumes. Newer Packer plugins write it
   * on AMIs too; `src/observe/builders.ts` decides which instances are builders.
   */
  attempt: 'gopackgo:attempt',
  /** On a snapshot or a bundle in S3: the id of its deregistered AMI; on a bucket: that it may contain such bundles. */
  deregistered: 'gopackgo:deregistered',
  /**
   * On an AMI of a release that was complete, verified and shared as configured: since when; `src/model/published.ts` has the
   * format.
   */
  published: 'gopackgo:published',
  /** On an AMI: digests of the parts of its recipe; `src/model/recipe-parts.ts` has the format. */
  parts: 'gopackgo:parts',
  /** On an SSM parameter: `version` if its name contains one, `newest` if it follows the newest release. */
  parameter: 'gopackgo:parameter',
  /** On an AMI: when its release was last promoted, ISO 8601. Records follow the AMI of a target with the latest time. */
  promoted: 'gopackgo:promoted',
  /** On an AMI: when another release was promoted in its place, ISO 8601. */
  superseded: 'gopackgo:superseded',
  /** On an AMI: that its release was withdrawn, when and why. Whatever its value, nothing shares or promotes it. */
  yanked: 'gopackgo:yanked',
  /** On an AMI: when cleanup made it private and disabled it, ISO 8601, to delete it later. Whatever its value, nothing shares or promotes it. */
  retired: 'gopackgo:retired',
} as const;

const keyPairNameLimit = 255;

/**
 * The name of the key pair that Packer creates for a build and deletes after it. Packer 1.6.6 does not tag key pairs, so a
 * leftover one is found by this name.
 *
 * @throws ActionableError if EC2 would refuse it: a key pair's name is "up to 255 ASCII characters" (EC2 API reference,
 * CreateKeyPair).
 */
export function keyPairName(release: string, target: string): string {
  const name = ownKeyPair(release, target);
  if (name.length <= keyPairNameLimit && /^[\x20-\x7e]+$/.test(name)) return name;
  throw new ActionableError('config-invalid', {
    place: target,
    expected: `a key pair name of at most ${keyPairNameLimit} printable ASCII characters`,
    found: `"${name}" (${name.length})`,
    advice: 'Shorten the name of the publication, version or image, and use ASCII.',
  });
}

const ownKeyPair = (release: string, target: string): string => `gopackgo-${release}-${target}`;

/** Whether it is the key pair of a build of this target. */
export const isKeyPairOf = (
  name: string | undefined,
  release: string | undefined,
  target: string | undefined,
): boolean => release !== undefined && target !== undefined && name === ownKeyPair(release, target);

/** The value of the tag `gopackgo:base`: the same in every region, unlike the base image's id. */
export const baseTag = (base: Pick<Base, 'owner' | 'name'>): string => `${base.owner}/${base.name}`;

/** The owner and name in a tag `gopackgo:base`; undefined if it is not valid. */
export function parseBaseTag(value: string): Pick<Base, 'owner' | 'name'> | undefined {
  const [, owner, name] = /^([^/]+)\/(.+)$/.exec(value) ?? [];
  return owner && name ? { owner, name } : undefined;
}

/** The tags to filter builders, or their volumes, by. */
export const builderTags = (release: string): Record<string, string> => ({
  [tagKeys.release]: release,
  [tagKeys.attempt]: '*',
});

/** The tags of all permanent resources of a target. */
export function ownTags(
  plan: Pick<ReleasePlan, 'release' | 'commit'>,
  target: Pick<Target, 'name' | 'recipe' | 'base'>,
): Record<string, string> {
  return {
    [tagKeys.release]: plan.release,
    [tagKeys.target]: target.name,
    [tagKeys.recipe]: target.recipe,
    [tagKeys.base]: baseTag(target.base),
    ...(plan.commit === undefined ? {} : { [tagKeys.commit]: plan.commit }),
  };
}

import type { Ami } from './ami.ts';
import { isBuiltOrOwnCopy } from './own-copy.ts';
import { tagKeys } from './resource-names.ts';

/** An AMI of a publication, and what of it is told by its tags. */
export interface ReleaseAmi {
  ami: Ami;
  /** `web@1.0.0` */
  release: string;
  version: string;
  image: string;
  target: string;
}

/** The release of whatever publication an AMI belongs to, by its tags; undefined where there is none, or somebody copied it. Pure. */
export function taggedRelease(ami: Pick<Ami, 'tags' | 'copyOf'>): string | undefined {
  const { [tagKeys.release]: release = '' } = ami.tags;
  return release.includes('@') && isBuiltOrOwnCopy(ami) ? release : undefined;
}

/**
 * Which AMI of a publication one is, by the tags that every AMI of this tool has, whatever the config says today. A copy by somebody
 * else may carry its source's tags: it does not belong to the publication. Pure.
 */
export function releaseOfAmi(
  publication: string,
  ami: Pick<Ami, 'region' | 'tags' | 'copyOf'>,
): Omit<ReleaseAmi, 'ami'> | undefined {
  if (!isBuiltOrOwnCopy(ami)) return undefined;
  const { [tagKeys.release]: release = '', [tagKeys.target]: target = '' } = ami.tags;
  const start = `${publication}@`;
  if (!release.startsWith(start) || !target.startsWith(`${ami.region}-`)) return undefined;
  const version = release.slice(start.length);
  return { release, version, image: target.slice(ami.region.length + 1), target };
}

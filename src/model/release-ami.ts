import type { Ami } from './ami.ts';
import { isBuiltOrOwnCopy } from './own-copy.ts';
import { tagKeys } from './resource-names.ts';

/** An AMI of a publication, with the content of its tags. */
export interface ReleaseAmi {
  ami: Ami;
  /** `web@1.0.0` */
  release: string;
  version: string;
  image: string;
  target: string;
}

/**
 * The release of any publication that an AMI belongs to, by its tags; undefined if there is none, or someone else copied the
 * AMI. Pure.
 */
export function taggedRelease(ami: Pick<Ami, 'tags' | 'copyOf'>): string | undefined {
  const { [tagKeys.release]: release = '' } = ami.tags;
  return release.includes('@') && isBuiltOrOwnCopy(ami) ? release : undefined;
}

/**
 * Identifies an AMI of a publication by the tags that every AMI of this tool has, whatever the current config says. A copy made
 * by someone else may carry its source's tags; it does not belong to the publication.
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

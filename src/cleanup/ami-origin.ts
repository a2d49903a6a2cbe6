import { literally } from '../lib/literally.ts';
import type { Ami } from '../model/ami.ts';
import type { Publication } from '../model/publication.ts';
import { releaseOfAmi } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';
import { combinedImages } from '../plan/image.ts';
import { amiNameOf, targetName } from '../plan/target-values.ts';
import type { AmiOrigin } from './considered-ami.ts';

/** Identifies an AMI of a publication; undefined if it belongs to none, or could belong to two. */
export type FindOrigin = (ami: Pick<Ami, 'name' | 'region' | 'tags' | 'copyOf'>) => AmiOrigin | undefined;

/**
 * Identifies AMIs by the tags that every AMI of this tool has, whatever the current config says; otherwise by a name that the
 * current config gives with another version, if only one target matches. A copy made by someone else may carry its source's
 * tags; it never belongs to the publication.
 */
export function originFinder(publication: Publication): FindOrigin {
  const patterns = new Map<string, NamePattern[]>();
  const patternsIn = (region: string) => {
    const known = patterns.get(region) ?? namePatterns(publication, region);
    patterns.set(region, known);
    return known;
  };
  return (ami) => {
    const tagged = ami.tags[tagKeys.release];
    return tagged === undefined
      ? originByName(publication, ami, patternsIn(ami.region))
      : originByTag(publication.name, ami);
  };
}

function originByTag(publication: string, ami: Parameters<FindOrigin>[0]): AmiOrigin | undefined {
  const of = releaseOfAmi(publication, ami);
  return of && { ...of, by: 'tag' };
}

interface NamePattern {
  image: string;
  /** Its one group is the version. */
  pattern: RegExp;
}

const version = '([A-Za-z0-9][A-Za-z0-9._-]{0,59})';
/** No AMI name contains it. */
const marker = '\n';

/** The names that a publication gives in a region, with any version; none if its names do not contain the version. */
function namePatterns(publication: Publication, region: string): NamePattern[] {
  const unknown = { ...publication, version: marker };
  return combinedImages(unknown).flatMap((image) => {
    const [before, ...after] = amiNameOf(unknown, image, region).split(marker).map(literally);
    if (before === undefined || after.length === 0) return [];
    const [first = '', ...again] = after;
    const rest = again.map((part) => String.raw`\1${part}`).join('');
    return [{ image: image.name, pattern: new RegExp(`^${before}${version}${first}${rest}$`) }];
  });
}

function originByName(
  publication: Publication,
  { name, region }: Parameters<FindOrigin>[0],
  patterns: readonly NamePattern[],
): AmiOrigin | undefined {
  const found = patterns.flatMap(({ image, pattern }) => {
    const [, of] = pattern.exec(name) ?? [];
    return of === undefined ? [] : [{ image, version: of }];
  });
  const [only, another] = found;
  if (!only || another) return undefined;
  return {
    ...only,
    release: `${publication.name}@${only.version}`,
    target: targetName(region, only.image),
    by: 'name',
  };
}

import { literally } from '../lib/literally.ts';
import type { Ami } from '../model/ami.ts';
import type { Publication } from '../model/publication.ts';
import { tagKeys } from '../model/resource-names.ts';
import { combinedImages } from '../plan/image.ts';
import { amiNameOf, targetName } from '../plan/target-values.ts';
import type { Belonging } from './considered-ami.ts';

/** Says of an AMI what it is of a publication; undefined where it is nothing of it, or could be two things. */
export type Belongs = (ami: Pick<Ami, 'name' | 'region' | 'tags' | 'copyOf'>) => Belonging | undefined;

/**
 * By the tags that every AMI of this tool has, whatever the config says today; else by a name that is exactly one
 * which today's config gives with another version. A copy may have its source's tags, and no build makes one: whatever a copy's
 * tags say, it is somebody's own.
 */
export function belongsTo(publication: Publication): Belongs {
  const patterns = new Map<string, NamePattern[]>();
  const patternsIn = (region: string) => {
    const known = patterns.get(region) ?? namePatterns(publication, region);
    patterns.set(region, known);
    return known;
  };
  return (ami) => {
    const tagged = ami.tags[tagKeys.release];
    return tagged === undefined
      ? byName(publication, ami, patternsIn(ami.region))
      : byTag(publication, ami, tagged);
  };
}

function byTag(
  publication: Publication,
  ami: Parameters<Belongs>[0],
  release: string,
): Belonging | undefined {
  if (ami.copyOf !== undefined) return undefined;
  const target = ami.tags[tagKeys.target];
  const start = `${publication.name}@`;
  if (!release.startsWith(start) || !target?.startsWith(`${ami.region}-`)) return undefined;
  return {
    release,
    version: release.slice(start.length),
    image: target.slice(ami.region.length + 1),
    target,
    by: 'tag',
  };
}

interface NamePattern {
  image: string;
  /** Its one group is the version. */
  pattern: RegExp;
}

const version = '([A-Za-z0-9][A-Za-z0-9._-]{0,59})';
/** No AMI name holds it. */
const marker = '\n';

/** The names that a publication gives in a region, with any version; none where its names do not hold the version. */
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

function byName(
  publication: Publication,
  { name, region }: Parameters<Belongs>[0],
  patterns: readonly NamePattern[],
): Belonging | undefined {
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

import type { Clients } from '../aws/connection.ts';
import { findImages, type ImageQuery } from '../aws/images.ts';
import { literally } from '../lib/literally.ts';
import { memoize } from '../lib/memoize.ts';
import { fill } from '../lib/placeholders.ts';
import type { Ami } from '../model/ami.ts';
import { isCandidate } from '../model/candidate.ts';
import { yankedBy } from '../model/lifecycle-tags.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { PublishedBase } from '../model/publication.ts';
import { parsePublishedTag } from '../model/published.ts';
import { releaseOfAmi } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';
import { targetName } from './target-values.ts';

/** An AMI of an image of a publication, with the known facts about its release. */
export interface ReleasedAmi {
  ami: Ami;
  /** `baseline@1.2.0` */
  release: string;
  /** When the release was published, ISO 8601; absent: it is not published, as far as its tags say. */
  published?: string;
  candidate: boolean;
  /** Why it was withdrawn; absent if it was not. */
  yanked?: string;
}

/** An image of a publication, and the publication's owner. */
export type Released = Pick<PublishedBase, 'publication' | 'image' | 'owner' | 'amiName'>;

const anyVersion = '([A-Za-z0-9][A-Za-z0-9._-]{0,59})';
/** No AMI name contains it. */
const marker = '\n';

/**
 * Looks up the AMIs of an image in all of its releases, region by region; the same question is sent once. Those of this account are
 * found by their tags. AWS does not show the tags of another account's AMIs ("Share an AMI with specific AWS
 * accounts", Amazon EC2 User Guide): these are found by their name, and count as published because they are shared with us, which happens to whole releases only.
 */
export function releasedAmis(
  clients: Clients,
): (region: string, released: Released) => Promise<Lookup<ReleasedAmi[]>> {
  const images = memoize((asked: string) => {
    const { region, query } = JSON.parse(asked) as { region: string; query: ImageQuery };
    return findImages(clients, region, query);
  });
  return async (region, released) => {
    const { publication, owner } = released;
    const query: ImageQuery =
      owner === undefined
        ? {
            owner: 'self',
            tags: {
              [tagKeys.release]: `${publication}@*`,
              [tagKeys.target]: targetName(region, released.image),
            },
          }
        : { owner, names: [nameWith('*', released, region)] };
    const lookup = await images(JSON.stringify({ region, query }));
    if (!lookup.ok) return lookup;
    return okLookup(lookup.value.flatMap((ami) => toReleased(ami, released)));
  };
}

const nameWith = (version: string, { amiName = '' }: Released, region: string): string =>
  fill(amiName, { version, region });

/** An AMI with its release; none if it does not belong to the publication, such as a copy made by someone else. Pure. */
export function toReleased(ami: Ami, released: Released): ReleasedAmi[] {
  const { publication, owner } = released;
  if (owner !== undefined) {
    const version = versionInName(ami, released);
    if (version === undefined) return [];
    const release = `${publication}@${version}`;
    return [{ ami, release, published: ami.created, candidate: isCandidate(version) }];
  }
  const of = releaseOfAmi(publication, ami);
  if (of === undefined) return [];
  const published = parsePublishedTag(ami.tags[tagKeys.published]);
  const yanked = yankedBy(ami.tags)?.reason;
  return [
    {
      ami,
      release: of.release,
      candidate: published?.candidate ?? isCandidate(of.version),
      ...(published ? { published: published.at } : {}),
      ...(yanked === undefined ? {} : { yanked }),
    },
  ];
}

/** The version in the name of another account's AMI; undefined if the name does not have the config's form. */
function versionInName({ name, region }: Ami, released: Released): string | undefined {
  const [before = '', ...after] = nameWith(marker, released, region).split(marker).map(literally);
  const rest = after.map((part, index) => (index === 0 ? part : String.raw`\1${part}`)).join('');
  return new RegExp(`^${before}${anyVersion}${rest}$`).exec(name)?.[1];
}

/**
 * The newest release that is published, not yanked and not a candidate, by its time of publication. Pure.
 *
 * @param amis of one image, of all regions.
 */
export function newestRelease(amis: readonly ReleasedAmi[]): string | undefined {
  const open = [...publishedSince(amis)].filter(([release]) => {
    const all = amis.filter((one) => one.release === release);
    return all.every(({ candidate, yanked }) => !candidate && yanked === undefined);
  });
  return open.toSorted(byTime).at(-1)?.[0];
}

/** When each release was published; unpublished ones are omitted. Pure. */
export function publishedSince(amis: readonly ReleasedAmi[]): Map<string, string> {
  const times = new Map<string, string>();
  for (const { release, published } of amis) {
    if (published === undefined) continue;
    const before = times.get(release);
    if (before === undefined || published < before) times.set(release, published);
  }
  return times;
}

/** Oldest first. Releases of the same time are ordered by name, so that every machine chooses the same one. */
const byTime = ([one, at]: [string, string], [other, then]: [string, string]): number =>
  at < then ? -1 : at > then ? 1 : one.localeCompare(other, 'en', { numeric: true });

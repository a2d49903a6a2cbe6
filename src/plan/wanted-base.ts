import { canonicalJson } from '../lib/canonical-json.ts';
import { type Located, located } from '../lib/origins.ts';
import type { Image } from '../model/image.ts';
import type { BaseFilter, PublishedBase } from '../model/publication.ts';
import type { Expectation } from '../model/release-plan.ts';
import { ubuntuFilter, ubuntuParameter } from '../model/ubuntu.ts';
import { expectationOf } from './images.ts';

/** The base image that a target needs. */
export interface BaseQuestion {
  target: string;
  image: string;
  region: string;
  wanted: Wanted;
  /** The same in every region; it is part of the recipe. */
  asked: string;
  /** The place in the config, for messages. */
  place: string;
  expect: Expectation;
}

/** How a base image is found: by a parameter, with an optional fallback to a filter; by filter; by id; by its release. */
export type Wanted =
  | { parameter: string; orElse?: BaseFilter }
  | { filter: BaseFilter }
  | { id: string }
  | { published: PublishedBase };

/** The base image that an image's `base` asks for in a region. Pure. */
export function baseQuestion(
  publication: Located,
  image: Image,
  { name, region }: { name: string; region: string },
): BaseQuestion {
  const { base, place } = image;
  const expect = expectationOf(image);
  const of = (key: string, asked: string, wanted: Wanted): BaseQuestion => ({
    target: name,
    image: image.name,
    region,
    wanted,
    asked,
    place: located(publication, `${place}.base.${key}`),
    expect,
  });
  if ('ubuntu' in base) {
    const parameter = ubuntuParameter(base.ubuntu, expect);
    return of('ubuntu', parameter, { parameter, orElse: ubuntuFilter(base.ubuntu, expect) });
  }
  if ('ssm' in base) return of('ssm', base.ssm, { parameter: base.ssm });
  if ('filter' in base) return of('filter', filterText(base.filter), { filter: base.filter });
  if ('publication' in base) return of('publication', releaseText(base), { published: base });
  return of('id', 'id', { id: base.id[region] ?? '' });
}

/** A filter as text, independent of the order it was written in: `{"name":["debian-12-*"],"owners":["136693071363"]}`. */
export function filterText({ owners, filters }: BaseFilter): string {
  const sorted = Object.entries(filters).map(([name, values]) => [name, [...new Set(values)].sort()]);
  return canonicalJson({ ...Object.fromEntries(sorted), owners: [...owners].sort() });
}

/** `baseline@latest 2404`, with the account if it is another one. */
const releaseText = ({ publication, release, image, owner }: PublishedBase): string =>
  `${publication}@${release} ${image}${owner === undefined ? '' : ` of ${owner}`}`;

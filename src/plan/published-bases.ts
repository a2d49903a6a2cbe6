import pLimit from 'p-limit';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { PublishedBase } from '../model/publication.ts';
import type { Base } from '../model/release-plan.ts';
import { parseBaseTag, tagKeys } from '../model/resource-names.ts';
import type { BaseLookups } from './base-lookups.ts';
import { lookupFailed, noRelease, notInRegion, yankedBase } from './base-problems.ts';
import { type Found, fitting } from './fitting-base.ts';
import { loginUserOf } from './login-user.ts';
import { newestRelease, publishedSince, type Released, type ReleasedAmi } from './released-amis.ts';
import type { BaseQuestion } from './wanted-base.ts';

const lookupsAtATime = 16;

/** What is known about the other publications that bases come from, in all requested regions. */
export interface PublishedBases {
  /** The base image that a question asks for, or why there is none. */
  find(
    question: BaseQuestion,
    published: PublishedBase,
    lookups: Pick<BaseLookups, 'hides'>,
    now: Date,
  ): Promise<Found>;
  /** Why a previously pinned base may not be used: it was yanked, or its lookup failed; undefined if it may. */
  withdrawn(question: BaseQuestion, base: Base): string | undefined;
  /** A newer release than the base's, if the newest is requested; undefined if there is none. */
  newer(question: BaseQuestion, base: Base): string | undefined;
  /**
   * The login user of an AMI of this account, by the image it was built from according to its tags; undefined if they do not
   * tell.
   */
  loginUser(question: BaseQuestion, base: Pick<Base, 'owner' | 'name'>): string | undefined;
}

/**
 * Looks up what the questions need about other publications; nothing if none needs any. A failed lookup is the answer for its
 * region.
 */
export async function publishedBases(
  questions: readonly BaseQuestion[],
  lookUp: (region: string, released: Released) => Promise<Lookup<ReleasedAmi[]>>,
  publishBase: (published: PublishedBase) => string | undefined = () => undefined,
): Promise<PublishedBases> {
  const limit = pLimit(lookupsAtATime);
  const asking = questions.flatMap((question) => {
    const published = publishedIn(question);
    return published ? [{ question, published }] : [];
  });
  const answers = await limit.map(asking, async ({ question, published }) => ({
    question,
    key: keyOf(published),
    lookup: await lookUp(question.region, published),
  }));
  const mine = new Map(answers.map(({ question, lookup }) => [question.target, lookup]));
  const amisOf = (published: PublishedBase): ReleasedAmi[] =>
    answers.flatMap(({ key, lookup }) => (key === keyOf(published) && lookup.ok ? lookup.value : []));
  const lookupOf = ({ target }: BaseQuestion) => mine.get(target) ?? okLookup<ReleasedAmi[]>([]);
  return {
    async find(question, published, lookups, now) {
      const lookup = lookupOf(question);
      if (!lookup.ok) return { problem: lookupFailed(question, lookup.error) };
      const here = lookup.value;
      const all = amisOf(published);
      const release =
        published.release === 'latest' ? newestRelease(all) : `${published.publication}@${published.release}`;
      const found = here
        .filter((one) => one.release === release && one.published !== undefined)
        .toSorted((one, other) => other.ami.created.localeCompare(one.ami.created))[0];
      if (found) return fitting(question, found.ami, 'release', now);
      const hides = published.owner === undefined ? okLookup(false) : await lookups.hides();
      if (!hides.ok) return { problem: lookupFailed(question, hides.error) };
      const isElsewhere = release !== undefined && publishedSince(all).has(release);
      return {
        problem: isElsewhere
          ? notInRegion(question, published, release, newestRelease(here))
          : noRelease(question, published, all, { isHidden: hides.value, publish: publishBase(published) }),
      };
    },
    withdrawn(question, base) {
      const lookup = lookupOf(question);
      if (!lookup.ok) return lookupFailed(question, lookup.error);
      const ami = lookup.value.find(({ ami: { id } }) => id === base.id)?.ami;
      return ami && yankedBase(question, ami);
    },
    newer(question, { release }) {
      const published = publishedIn(question);
      if (published?.release !== 'latest' || release === undefined) return undefined;
      const all = amisOf(published);
      const newest = newestRelease(all);
      if (newest === undefined || newest === release) return undefined;
      const since = publishedSince(all);
      return (since.get(release) ?? '') < (since.get(newest) ?? '') ? newest : undefined;
    },
    loginUser(question, { owner, name }) {
      const published = publishedIn(question);
      const own = published && amisOf(published).find(({ ami }) => ami.owner === owner && ami.name === name);
      const from = parseBaseTag(own?.ami.tags[tagKeys.base] ?? '');
      return from && loginUserOf(from);
    },
  };
}

const publishedIn = ({ wanted }: BaseQuestion): PublishedBase | undefined =>
  'published' in wanted ? wanted.published : undefined;

const keyOf = ({ publication, image, owner = '' }: PublishedBase): string =>
  [publication, image, owner].join('\n');

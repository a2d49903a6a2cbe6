import pLimit from 'p-limit';
import type { Clients } from '../aws/connection.ts';
import { findImages } from '../aws/images.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { PublishedBase } from '../model/publication.ts';
import type { Base, ReleasePlan } from '../model/release-plan.ts';
import { parseBaseTag, tagKeys } from '../model/resource-names.ts';
import { type BaseLookups, baseLookups } from './base-lookups.ts';
import { baseGone, lookupFailed } from './base-problems.ts';
import { findWanted } from './find-base.ts';
import { type Found, fitting } from './fitting-base.ts';
import { type PublishedBases, publishedBases } from './published-bases.ts';
import { releasedAmis } from './released-amis.ts';
import type { BaseQuestion } from './wanted-base.ts';

/** `newer`: a newer release of the other publication than the base's. `loginUser`: the login user according to its tags. */
export type BaseAnswer = { question: BaseQuestion; newer?: string; loginUser?: string } & Found;

const regionsAtATime = 16;

/** The recipe of a target built from that base image; undefined if there is no such target. */
export type RecipeOf = (target: string, base: MadeFrom) => string | undefined;

/** The parts of a base image that the recipe of an AMI depends on. */
export type MadeFrom = Pick<Base, 'owner' | 'name'> & Pick<BaseAnswer, 'loginUser'>;

/**
 * Finds every target's base image, regions in parallel. In this order: the one in the earlier pinned plan; the one in the tag
 * `gopackgo:base` of the release's existing AMIs, so that a release never mixes two bases of an image by accident; otherwise
 * what the config asks for now. An id in the config always wins. An existing AMI only counts if its recipe is the config's
 * current one with that base: otherwise it may have been built with another `base`. Problems are returned as answers, so that
 * all are reported at once.
 */
export async function findBases(
  { clients, publishBase }: { clients: Clients; publishBase?: (published: PublishedBase) => string },
  release: string,
  questions: readonly BaseQuestion[],
  pinned: ReleasePlan | 'bases of now' | undefined,
  recipeOf: RecipeOf,
  now = new Date(),
): Promise<BaseAnswer[]> {
  const limit = pLimit(regionsAtATime);
  const byRegion = [...Map.groupBy(questions, ({ region }) => region)];
  const kept = pinned === 'bases of now' ? undefined : pinned;
  const existing = await limit.map(byRegion, async ([region]) =>
    pinned === 'bases of now'
      ? okLookup<Ami[]>([])
      : findImages(clients, region, { owner: 'self', tags: { [tagKeys.release]: release } }),
  );
  const bases = await publishedBases(questions, releasedAmis(clients), publishBase);
  const made = basesOfExisting(existing, (target, base) => {
    const question = questions.find((one) => one.target === target);
    const loginUser = question && bases.loginUser(question, base);
    return recipeOf(target, { ...base, ...definedOnly({ loginUser }) });
  });
  // A copy has the base image of its source, in another region.
  const earlier = new Map(
    kept?.targets.filter(({ copy }) => copy === undefined).map(({ name, base }) => [name, base]),
  );
  const answers = await limit.map(byRegion, async ([region, mine], index): Promise<BaseAnswer[]> => {
    const lookup = existing[index];
    if (lookup && !lookup.ok) {
      return mine.map((question) => ({ question, problem: lookupFailed(question, lookup.error) }));
    }
    const known = mine.map((question) => ({
      question,
      before: pinnedBase(question, earlier),
      from: existingBase(question, made),
    }));
    const open = known.flatMap(({ question, before, from }) => (before || from ? [] : [question]));
    const lookups = await baseLookups(clients, region, open);
    return Promise.all(
      known.map(async ({ question, before, from }) => {
        if (before) return answerFor(question, keptBase(bases, question, before), bases);
        const found = from
          ? baseByName(lookups, question, from, now)
          : findWanted(lookups, bases, question, now);
        return answerFor(question, await found, bases);
      }),
    );
  });
  return answers.flat();
}

function answerFor(question: BaseQuestion, found: Found, bases: PublishedBases): BaseAnswer {
  if (!('base' in found)) return { question, ...found };
  const newer = bases.newer(question, found.base);
  const loginUser = bases.loginUser(question, found.base);
  return { question, ...found, ...definedOnly({ newer, loginUser }) };
}

function keptBase(bases: PublishedBases, question: BaseQuestion, base: Base): Found {
  const problem = bases.withdrawn(question, base);
  return problem === undefined ? { base } : { problem };
}

function pinnedBase(
  { target, asked: now, wanted }: BaseQuestion,
  earlier: Map<string, Base>,
): Base | undefined {
  const before = earlier.get(target);
  if (before?.asked !== now) return undefined;
  return 'id' in wanted && wanted.id !== before.id ? undefined : before;
}

interface Made {
  target: string;
  image: string;
  owner: string;
  name: string;
}

/** The bases of the release's existing AMIs, only for targets whose recipe is still the config's. */
function basesOfExisting(lookups: Lookup<Ami[]>[], recipeOf: RecipeOf): Made[] {
  return lookups
    .flatMap((lookup) => (lookup.ok ? lookup.value : []))
    .flatMap(({ tags, state, region }) => {
      const base = parseBaseTag(tags[tagKeys.base] ?? '');
      const target = tags[tagKeys.target];
      if (!base || !target?.startsWith(`${region}-`) || state === 'failed') return [];
      if (recipeOf(target, base) !== tags[tagKeys.recipe]) return [];
      return [{ target, image: target.slice(region.length + 1), ...base }];
    });
}

function existingBase({ target, image, wanted }: BaseQuestion, made: Made[]): Made | undefined {
  if ('id' in wanted) return undefined;
  return made.find((one) => one.target === target) ?? made.find((one) => one.image === image);
}

async function baseByName(
  lookups: BaseLookups,
  question: BaseQuestion,
  from: Made,
  now: Date,
): Promise<Found> {
  const lookup = await lookups.named(from.owner, from.name);
  if (!lookup.ok) return { problem: lookupFailed(question, lookup.error) };
  return lookup.value ? fitting(question, lookup.value, 'tag', now) : { problem: baseGone(question, from) };
}

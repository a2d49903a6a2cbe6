import pLimit from 'p-limit';
import type { Clients } from '../aws/connection.ts';
import { type Ami, findImages } from '../aws/images.ts';
import type { BaseFilter } from '../config/publication.ts';
import type { Look } from '../lib/look.ts';
import { type BaseLookUps, baseLookUps } from './base-look-ups.ts';
import type { BaseQuestion } from './base-question.ts';
import {
  gone,
  lookFailed,
  noImage,
  noneMatches,
  noParameter,
  notAvailable,
  noUbuntu,
  unfit,
} from './base-refusals.ts';
import type { Base, Plan } from './plan.ts';
import { parseBaseTag, tagKeys } from './resource-names.ts';

export type BaseAnswer = { question: BaseQuestion } & Found;

type Found = { base: Base } | { problem: string };

const regionsAtATime = 16;

/**
 * Find every target's base image, regions side by side. In this order: as the plan that was pinned earlier has
 * it; as the tag `gopackgo:base` of the release's existing AMIs has it, so that one release never mixes two bases
 * of an image unaware; else what the config asks for now. An id in the config is that one, always.
 * Every problem is an answer, so that all are seen at once.
 */
export async function findBases(
  clients: Clients,
  release: string,
  questions: readonly BaseQuestion[],
  pinned: Plan | undefined,
  now = new Date(),
): Promise<BaseAnswer[]> {
  const limit = pLimit(regionsAtATime);
  const byRegion = [...Map.groupBy(questions, ({ region }) => region)];
  const existing = await limit.map(byRegion, ([region]) =>
    findImages(clients, region, { owner: 'self', tags: { [tagKeys.release]: release } }),
  );
  const made = basesOfExisting(existing);
  const earlier = new Map(pinned?.targets.map(({ name, base }) => [name, base]));
  const answers = await limit.map(byRegion, async ([region, mine], index): Promise<BaseAnswer[]> => {
    const look = existing[index];
    if (look && !look.ok) {
      return mine.map((question) => ({ question, problem: lookFailed(question, look.error) }));
    }
    const known = mine.map((question) => ({
      question,
      before: pinnedBase(question, earlier),
      from: begunFrom(question, made),
    }));
    const open = known.flatMap(({ question, before, from }) => (before || from ? [] : [question]));
    const lookUps = await baseLookUps(clients, region, open);
    return Promise.all(
      known.map(async ({ question, before, from }) => {
        if (before) return { question, base: before };
        const found = from ? byName(lookUps, question, from, now) : asked(lookUps, question, now);
        return { question, ...(await found) };
      }),
    );
  });
  return answers.flat();
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

/** From which base the AMIs of the release that exist were made. */
function basesOfExisting(looks: Look<Ami[]>[]): Made[] {
  return looks
    .flatMap((look) => (look.ok ? look.value : []))
    .flatMap(({ tags, state, region }) => {
      const base = parseBaseTag(tags[tagKeys.base] ?? '');
      const target = tags[tagKeys.target];
      if (!base || !target?.startsWith(`${region}-`) || state === 'failed') return [];
      return [{ target, image: target.slice(region.length + 1), ...base }];
    });
}

function begunFrom({ target, image, wanted }: BaseQuestion, made: Made[]): Made | undefined {
  if ('id' in wanted) return undefined;
  return made.find((one) => one.target === target) ?? made.find((one) => one.image === image);
}

function asked(lookUps: BaseLookUps, question: BaseQuestion, now: Date): Promise<Found> {
  const { wanted } = question;
  if ('id' in wanted) return byId(lookUps, question, wanted.id, undefined, now);
  if ('filter' in wanted) return byFilter(lookUps, question, wanted.filter, now);
  return byParameter(lookUps, question, wanted, now);
}

async function byParameter(
  lookUps: BaseLookUps,
  question: BaseQuestion,
  { parameter, orElse }: { parameter: string; orElse?: BaseFilter },
  now: Date,
): Promise<Found> {
  const look = lookUps.parameter(parameter);
  if (!look.ok) return { problem: lookFailed(question, look.error) };
  if (look.value !== undefined) {
    const found = await byId(lookUps, question, look.value, parameter, now);
    if ('base' in found || !orElse) return found;
  }
  if (!orElse) return { problem: noParameter(question, parameter) };
  const newest = await lookUps.newest(orElse, question.expect);
  if (!newest.ok) return { problem: lookFailed(question, newest.error) };
  if (newest.value) return fitting(question, newest.value, 'images', now);
  const hides = await lookUps.hides();
  if (!hides.ok) return { problem: lookFailed(question, hides.error) };
  return { problem: noUbuntu(question, parameter, orElse, hides.value) };
}

async function byId(
  lookUps: BaseLookUps,
  question: BaseQuestion,
  id: string,
  parameter: string | undefined,
  now: Date,
): Promise<Found> {
  const look = await lookUps.byId(id);
  if (!look.ok) return { problem: lookFailed(question, look.error) };
  if (look.value) return fitting(question, look.value, parameter === undefined ? 'fixed' : 'ssm', now);
  const hides = await lookUps.hides();
  if (!hides.ok) return { problem: lookFailed(question, hides.error) };
  return { problem: noImage(question, id, parameter, hides.value) };
}

async function byFilter(
  lookUps: BaseLookUps,
  question: BaseQuestion,
  filter: BaseFilter,
  now: Date,
): Promise<Found> {
  const look = await lookUps.newest(filter, question.expect);
  if (!look.ok) return { problem: `${question.place}: ${lookFailed(question, look.error)}` };
  if (look.value) return fitting(question, look.value, 'filter', now);
  const hides = await lookUps.hides();
  if (!hides.ok) return { problem: lookFailed(question, hides.error) };
  return { problem: noneMatches(question, filter, hides.value) };
}

async function byName(lookUps: BaseLookUps, question: BaseQuestion, from: Made, now: Date): Promise<Found> {
  const look = await lookUps.named(from.owner, from.name);
  if (!look.ok) return { problem: lookFailed(question, look.error) };
  return look.value ? fitting(question, look.value, 'tag', now) : { problem: gone(question, from) };
}

function fitting(question: BaseQuestion, ami: Ami, via: Base['via'], now: Date): Found {
  if (ami.state !== 'available') return { problem: notAvailable(question, ami) };
  const problem = unfit(question, ami);
  if (problem !== undefined) return { problem };
  const { id, name, owner, deprecated } = ami;
  const isDeprecated = deprecated !== undefined && new Date(deprecated) <= now;
  return {
    base: { id, name, owner, asked: question.asked, via, ...(isDeprecated ? { deprecated: true } : {}) },
  };
}

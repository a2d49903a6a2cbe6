import type { BaseFilter } from '../model/publication.ts';
import type { BaseLookups } from './base-lookups.ts';
import { lookupFailed, noImage, noneMatches, noParameter, norMatches, noUbuntu } from './base-problems.ts';
import { type Found, fitting } from './fitting-base.ts';
import type { PublishedBases } from './published-bases.ts';
import type { BaseQuestion } from './wanted-base.ts';

/** The base image that a target's question asks for, or why there is none. */
export function findWanted(
  lookups: BaseLookups,
  bases: Pick<PublishedBases, 'find'>,
  question: BaseQuestion,
  now: Date,
): Promise<Found> {
  const { wanted } = question;
  if ('id' in wanted) return byId(lookups, question, wanted.id, undefined, now);
  if ('filter' in wanted) return byFilter(lookups, question, wanted.filter, now);
  if ('published' in wanted) return bases.find(question, wanted.published, lookups, now);
  return byParameter(lookups, question, wanted, now);
}

async function byParameter(
  lookups: BaseLookups,
  question: BaseQuestion,
  { parameter, orElse }: { parameter: string; orElse?: BaseFilter },
  now: Date,
): Promise<Found> {
  const lookup = lookups.parameter(parameter);
  if (!lookup.ok) return { problem: lookupFailed(question, lookup.error) };
  const { value: id } = lookup;
  if (!orElse) {
    if (id === undefined) return { problem: noParameter(question, parameter) };
    return byId(lookups, question, id, parameter, now);
  }
  if (id === undefined) return byNames(lookups, question, parameter, orElse, now);
  const ami = await lookups.byId(id);
  const named = await byId(lookups, question, id, parameter, now);
  if (!ami.ok || ami.value?.state === 'available') return named;
  const why = 'problem' in named ? named.problem : undefined;
  return byNames(lookups, question, parameter, orElse, now, why);
}

/** Canonical's newest image, if its parameter names no usable one; `why`: the problem of the image it names. */
async function byNames(
  lookups: BaseLookups,
  question: BaseQuestion,
  parameter: string,
  filter: BaseFilter,
  now: Date,
  why?: string,
): Promise<Found> {
  const newest = await lookups.newest(filter, question.expect);
  if (!newest.ok) return { problem: lookupFailed(question, newest.error) };
  if (newest.value) return fitting(question, newest.value, 'images', now);
  if (why !== undefined) return { problem: `${why}. ${norMatches(filter)}` };
  const hides = await lookups.hides();
  if (!hides.ok) return { problem: lookupFailed(question, hides.error) };
  return { problem: noUbuntu(question, parameter, filter, hides.value) };
}

async function byId(
  lookups: BaseLookups,
  question: BaseQuestion,
  id: string,
  parameter: string | undefined,
  now: Date,
): Promise<Found> {
  const lookup = await lookups.byId(id);
  if (!lookup.ok) return { problem: lookupFailed(question, lookup.error) };
  if (lookup.value) return fitting(question, lookup.value, parameter === undefined ? 'fixed' : 'ssm', now);
  const hides = await lookups.hides();
  if (!hides.ok) return { problem: lookupFailed(question, hides.error) };
  return { problem: noImage(question, id, parameter, hides.value) };
}

async function byFilter(
  lookups: BaseLookups,
  question: BaseQuestion,
  filter: BaseFilter,
  now: Date,
): Promise<Found> {
  const lookup = await lookups.newest(filter, question.expect);
  if (!lookup.ok) return { problem: `${question.place}: ${lookupFailed(question, lookup.error)}` };
  if (lookup.value) return fitting(question, lookup.value, 'filter', now);
  const hides = await lookups.hides();
  if (!hides.ok) return { problem: lookupFailed(question, hides.error) };
  return { problem: noneMatches(question, filter, hides.value) };
}

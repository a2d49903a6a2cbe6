import type { Ami } from '../model/ami.ts';
import type { BaseFilter } from '../model/publication.ts';
import type { Base } from '../model/release-plan.ts';
import type { BaseLookUps } from './base-lookups.ts';
import {
  lookFailed,
  noImage,
  noneMatches,
  noParameter,
  norMatches,
  notAvailable,
  noUbuntu,
  unfit,
} from './base-problems.ts';
import type { BaseQuestion } from './wanted-base.ts';

export type Found = { base: Base } | { problem: string };

/** What a target's base image is now, or why there is none, as its question says it is to be found. */
export function findWanted(lookUps: BaseLookUps, question: BaseQuestion, now: Date): Promise<Found> {
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
  const { value: id } = look;
  if (!orElse) {
    if (id === undefined) return { problem: noParameter(question, parameter) };
    return byId(lookUps, question, id, parameter, now);
  }
  if (id === undefined) return byNames(lookUps, question, parameter, orElse, now);
  const ami = await lookUps.byId(id);
  const named = await byId(lookUps, question, id, parameter, now);
  if (!ami.ok || ami.value?.state === 'available') return named;
  const why = 'problem' in named ? named.problem : undefined;
  return byNames(lookUps, question, parameter, orElse, now, why);
}

/** The newest of Canonical's, where its parameter names none that can be used; `why`, where it names one. */
async function byNames(
  lookUps: BaseLookUps,
  question: BaseQuestion,
  parameter: string,
  filter: BaseFilter,
  now: Date,
  why?: string,
): Promise<Found> {
  const newest = await lookUps.newest(filter, question.expect);
  if (!newest.ok) return { problem: lookFailed(question, newest.error) };
  if (newest.value) return fitting(question, newest.value, 'images', now);
  if (why !== undefined) return { problem: `${why}. ${norMatches(filter)}` };
  const hides = await lookUps.hides();
  if (!hides.ok) return { problem: lookFailed(question, hides.error) };
  return { problem: noUbuntu(question, parameter, filter, hides.value) };
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

/** An image as a base, if it is available and of the kind that is needed. */
export function fitting(question: BaseQuestion, ami: Ami, via: Base['via'], now: Date): Found {
  if (ami.state !== 'available') return { problem: notAvailable(question, ami) };
  const problem = unfit(question, ami);
  if (problem !== undefined) return { problem };
  const { id, name, owner, deprecated, windows } = ami;
  const isDeprecated = deprecated !== undefined && new Date(deprecated) <= now;
  return {
    base: {
      id,
      name,
      owner,
      asked: question.asked,
      via,
      ...(isDeprecated ? { deprecated: true } : {}),
      ...(windows ? { windows } : {}),
    },
  };
}

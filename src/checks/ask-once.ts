import type { RegionWork } from './region-work.ts';

const asked = new WeakMap<RegionWork, Map<string, Promise<unknown>>>();

/** The answer to a question about a region's work, requested once for all checks of a run that need it. */
export function askOnce<T>(work: RegionWork, question: string, ask: () => Promise<T>): Promise<T> {
  const answers = asked.get(work) ?? new Map<string, Promise<unknown>>();
  asked.set(work, answers);
  const known = answers.get(question) ?? ask();
  answers.set(question, known);
  return known as Promise<T>;
}

import { distance } from 'fastest-levenshtein';

/**
 * The candidates that a mistyped word most likely means, nearest first, at most `limit`. Those that differ in more
 * than a third of their letters (two letters always pass) are omitted. Case does not matter.
 */
export function nearest(word: string, candidates: readonly string[], limit = 3): string[] {
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(2, Math.max(word.length, candidate.length) / 3))
    .filter(({ candidate, far }) => far < candidate.length)
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `Did you mean "builder"?`, or undefined if nothing is close. */
export function didYouMean(word: string, candidates: readonly string[], limit = 1): string | undefined {
  const near = nearest(word, candidates, limit).map((candidate) => `"${candidate}"`);
  return near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined;
}

/**
 * Whether a version has a pre-release part (Semantic Versioning 2.0.0, item 9): 2.6.4-beta1. Of a version in one part
 * the pre-release has to begin with a letter, for 2026-11-21 is a date.
 */
export const isCandidate = (version: string): boolean => /^v?\d+(?:(?:\.\d+)+-|-[A-Za-z])/.test(version);

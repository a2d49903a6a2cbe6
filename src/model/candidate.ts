/**
 * Whether a version has a pre-release part (Semantic Versioning 2.0.0, item 9): 2.6.4-beta1. In a version with only
 * one number the pre-release has to start with a letter, since 2026-11-21 is a date.
 */
export const isCandidate = (version: string): boolean => /^v?\d+(?:(?:\.\d+)+-|-[A-Za-z])/.test(version);

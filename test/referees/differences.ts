/**
 * The answers of two servers to one scenario: for each step the leaves of the answer, or the code of its `error`, and the
 * `operation` called.
 */
export type Trace = Record<string, Record<string, unknown>>;

export interface Difference {
  step: string;
  /** Path of the leaf, or `error`. */
  at: string;
  /** Undefined if it gave none. */
  sandbox: unknown;
  moto: unknown;
}

/** Differences that are known, and why they are there. */
export interface KnownDifference {
  scenarios: string[];
  /** Steps and paths with `*` for any text; each of them must occur in each of the scenarios. */
  steps: string[];
  at: string[];
  /** If given, the value that this one answers; null for none. */
  sandbox?: unknown;
  moto?: unknown;
  reason: string;
  /** The page of AWS's documentation with the correct answer. */
  documentation: string;
}

/** Every leaf in which two traces differ. If one of them refuses a step, only the errors count. */
export const differencesOf = (sandbox: Trace, moto: Trace): Difference[] =>
  [...new Set([...Object.keys(sandbox), ...Object.keys(moto)])].flatMap((step) => {
    const [ours, theirs] = [
      sandbox[step] ?? { error: 'no such step' },
      moto[step] ?? { error: 'no such step' },
    ];
    const refused = 'error' in ours || 'error' in theirs;
    const paths = refused ? ['error'] : [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
    return paths
      .filter((at) => ours[at] !== theirs[at])
      .map((at) => ({ step, at, sandbox: ours[at], moto: theirs[at] }));
  });

/** For one scenario: unlisted differences, and listed ones that do not occur. */
export const judgeDifferences = (
  scenario: string,
  found: readonly Difference[],
  all: readonly KnownDifference[],
): { unlisted: Difference[]; gone: string[] } => {
  const known = all.filter(({ scenarios }) => scenarios.includes(scenario));
  const patterns = known.flatMap((one) =>
    one.steps.flatMap((step) => one.at.map((at) => ({ one, step, at, matches: matcherOf(one, step, at) }))),
  );
  return {
    unlisted: found.filter((difference) => !patterns.some(({ matches }) => matches(difference))),
    gone: patterns
      .filter(({ matches }) => !found.some(matches))
      .map(({ one, step, at }) => `${step}: ${at}: ${one.reason}`),
  };
};

/** Whether a difference is known. */
export const isOneOf = (known: KnownDifference, difference: Difference): boolean =>
  known.steps.some((step) => known.at.some((at) => matcherOf(known, step, at)(difference)));

const matcherOf =
  (known: KnownDifference, step: string, at: string) =>
  (difference: Difference): boolean =>
    isLike(step, difference.step) &&
    isLike(at, difference.at) &&
    (known.sandbox === undefined || known.sandbox === (difference.sandbox ?? null)) &&
    (known.moto === undefined || known.moto === (difference.moto ?? null));

const isLike = (pattern: string, text: string): boolean => {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
};

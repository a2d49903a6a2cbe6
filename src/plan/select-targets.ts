import picomatch from 'picomatch';
import { ActionableError } from '../lib/actionable-error.ts';
import { nearest } from '../lib/nearest.ts';
import type { Problem } from '../lib/problem.ts';
import type { TargetName } from './target-values.ts';

/** The values of `--only` and `--except`, which may be repeated. */
export interface Selection {
  only?: readonly string[];
  except?: readonly string[];
}

/**
 * The selected targets, in their order: those of `only`, or all without it, minus those of `except`. A pattern is the first of
 * these that applies:
 *
 * 1. a glob, if it contains one of `* ? [ {`; matched against the target's name and the image's name: `us-*-hvm`, `2204-*`,
 * `{us,eu}-*`. A leading `!` does not negate: use `except`;
 * 2. a target's full name: `us-east-1-2204-hvm`;
 * 3. an image's full name, in every region: `2204-hvm`;
 * 4. a region, or a region and parts of an image's name in order: `us-east-1`, `us-east-1-hvm`. The longest matching region
 * counts.
 *
 * @throws ActionableError (2) that lists every pattern that matches no target, with near misses; also if no target is left.
 */
export function selectTargets<T extends TargetName>(targets: readonly T[], { only, except }: Selection): T[] {
  const patterns = [
    ...(only ?? []).map((pattern) => ({ option: '--only', pattern })),
    ...(except ?? []).map((pattern) => ({ option: '--except', pattern })),
  ].map((one) => ({ ...one, matched: new Set(targetsMatching(targets, one.pattern)) }));
  const misses = patterns.filter(({ matched }) => matched.size === 0);
  if (misses.length > 0) {
    throw new ActionableError(
      'no-target-selected',
      misses.map(({ option, pattern }) => noMatch(option, pattern, targets)),
    );
  }
  const by = (option: string) => patterns.filter((one) => one.option === option);
  const wanted =
    only === undefined || only.length === 0
      ? targets
      : targets.filter((target) => isIn(target, by('--only')));
  const left = wanted.filter((target) => !isIn(target, by('--except')));
  if (left.length > 0 || targets.length === 0) return left;
  throw new ActionableError('no-target-selected', {
    place: '--except',
    expected: 'at least one remaining target',
    found: `none: all ${wanted.length} selected are excluded`,
  });
}

/**
 * The selection, plus the targets that selected ones are copied from: a copy needs its source. A source that `--except`
 * excludes stays excluded.
 */
export function withSources<T extends TargetName>(
  targets: readonly T[],
  selected: readonly T[],
  { except }: Selection,
): T[] {
  const needed = new Set(selected.flatMap(({ copy }) => copy?.from ?? []));
  const patterns = except ?? [];
  const excluded = new Set(patterns.flatMap((pattern) => targetsMatching(targets, pattern)));
  return targets.filter(
    (target) => selected.includes(target) || (needed.has(target.name) && !excluded.has(target)),
  );
}

const isIn = <T>(target: T, patterns: { matched: Set<T> }[]): boolean =>
  patterns.some(({ matched }) => matched.has(target));

function targetsMatching<T extends TargetName>(targets: readonly T[], pattern: string): T[] {
  if (/[*?[{]/.test(pattern)) {
    const fits = picomatch(pattern, { nonegate: true, noextglob: true });
    return targets.filter(({ name, image }) => fits(name) || fits(image));
  }
  const whole = targets.filter(({ name }) => name === pattern);
  if (whole.length > 0) return whole;
  const image = targets.filter((target) => target.image === pattern);
  if (image.length > 0) return image;
  const region = regionOf(targets, pattern);
  if (region === undefined) return [];
  const tokens = pattern.slice(region.length + 1).split('-');
  const wanted = pattern === region ? [] : tokens;
  return targets.filter(
    (target) => target.region === region && holdsInOrder(target.image.split('-'), wanted),
  );
}

/** The longest region that the pattern starts with: `us-east-1` in `us-east-1-hvm`, and not in `us-east-10`. */
function regionOf(targets: readonly TargetName[], pattern: string): string | undefined {
  return [...new Set(targets.map(({ region }) => region))]
    .filter((region) => pattern === region || pattern.startsWith(`${region}-`))
    .sort((a, b) => b.length - a.length)[0];
}

function holdsInOrder(tokens: string[], wanted: string[]): boolean {
  let from = 0;
  return wanted.every((token) => {
    const at = tokens.indexOf(token, from);
    from = at + 1;
    return at !== -1;
  });
}

const shownAtMost = 10;

function noMatch(option: string, pattern: string, targets: readonly TargetName[]): Problem {
  const region = regionOf(targets, pattern);
  const names = targets
    .filter((target) => region === undefined || target.region === region)
    .map(({ name }) => name);
  const others = region === undefined ? targets.flatMap((target) => [target.image, target.region]) : [];
  const near = nearest(pattern, [...names, ...others]).map((name) => `"${name}"`);
  const rest = names.length > shownAtMost ? `, … (${names.length} in all)` : '';
  const advice =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : `The targets are ${names.slice(0, shownAtMost).join(', ')}${rest}.`;
  const where = region === undefined ? '' : ` in ${region}`;
  return {
    place: `${option} ${JSON.stringify(pattern)}`,
    expected: `a target${where}`,
    found: 'none',
    advice,
  };
}

import type { Problem } from '../lib/problem.ts';
import type { Settings } from './part.ts';

/** More omissions than this are not peculiarities of an account, but a bug in the program. */
const mostLeftOut = 500;

/**
 * The settings without anything that the sandbox refuses: a subnet in a Local Zone, a rule of an unsupported kind. Each is
 * omitted on its own, and reported.
 *
 * @param problemsOf the problems of settings, each with its place: `accounts[1].vpcs[0].subnets[2].zone`.
 */
export async function expressible(
  settings: Settings,
  problemsOf: (settings: Settings) => Promise<readonly Problem[]>,
): Promise<{ settings: Settings; leftOut: string[] }> {
  const leftOut: string[] = [];
  // Without members that are undefined.
  let rest: unknown = JSON.parse(JSON.stringify(settings));
  for (;;) {
    const [problem] = await problemsOf(rest as Settings);
    if (!problem) return { settings: rest as Settings, leftOut };
    const path = pathOf(problem.place);
    const part = path.slice(0, lengthOfPart(path));
    if (part.length === 0 || leftOut.length >= mostLeftOut) {
      throw new Error(
        `this account cannot be saved as settings: ${problem.place}: expected ${problem.expected}`,
      );
    }
    leftOut.push(describe(rest, part, problem));
    rest = without(rest, part);
  }
}

/** The steps of a place. Pure. */
export const pathOf = (place: string): (string | number)[] =>
  [...place.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, key]) =>
    index === undefined ? (quoted ?? key ?? '') : Number(index),
  );

/** Up to the innermost list element below `accounts[n]`; the whole path if there is none. */
function lengthOfPart(path: readonly (string | number)[]): number {
  const last = path.findLastIndex((step) => typeof step === 'number');
  return last > 1 ? last + 1 : path.length;
}

function without(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.filter((_, index) => index !== step)
      : value.map((one, index) => (index === step ? without(one, rest) : one));
  }
  if (typeof value !== 'object' || value === null || step === undefined) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      if (key !== String(step)) return [[key, one]];
      return rest.length === 0 ? [] : [[key, without(one, rest)]];
    }),
  );
}

/** `us-east-1: vpcs[0].subnets[2] (subnet-0…): zone: expected …, found …`. */
function describe(
  settings: unknown,
  part: readonly (string | number)[],
  { place, expected, found }: Problem,
): string {
  const at = (path: readonly (string | number)[]): unknown =>
    path.reduce<unknown>(
      (value, step) => (value as Record<string | number, unknown> | undefined)?.[step],
      settings,
    );
  const rule = at(part.slice(0, 2)) as { region?: string } | undefined;
  const { id, name } = (at(part) ?? {}) as { id?: unknown; name?: unknown };
  const which = [id, name].find((one) => typeof one === 'string');
  const where = place.replace(/^accounts\[\d+\]\.?/, '');
  return `${rule?.region ? `${rule.region}: ` : ''}${where}${which === undefined ? '' : ` (${String(which)})`}: a rehearsal takes ${expected}, found ${found}`;
}

import type { Plan, Target } from './plan.ts';

/** A plan that somebody read before it is applied: what was to be made, and what stood in AWS then. */
export interface ReviewedPlan extends Plan {
  /** Names of the targets that `--only` and `--except` left. */
  selected: string[];
  /** What stood for each target, by its name: a word, and the AMI where there was one. */
  standings: Record<string, string>;
}

/**
 * In what a plan made now differs from the one that was read, each as a line that names it. None where it may be
 * applied. Pure.
 */
export function changesSince(
  reviewed: ReviewedPlan,
  now: Plan,
  standings: Readonly<Record<string, string>>,
): string[] {
  const facts: [what: string, then: unknown, now: unknown][] = [
    ['release', reviewed.release, now.release],
    ['account', reviewed.account, now.account],
    ['endpoint', reviewed.endpoint, now.endpoint],
    ['public', reviewed.sharing.public, now.sharing.public],
    ['shared with accounts', reviewed.sharing.accounts, now.sharing.accounts],
    ['shared with organizations', reviewed.sharing.organizations, now.sharing.organizations],
    ['snapshots shared', reviewed.sharing.snapshots, now.sharing.snapshots],
    ['recorded in', reviewed.record, now.record],
  ];
  const changed = facts
    .filter(([, then, is]) => !same(then, is))
    .map(([what, then, is]) => line(what, then, is));
  const names = new Set([...reviewed.targets, ...now.targets].map(({ name }) => name));
  const targets = [...names].flatMap((name) => {
    const then = reviewed.targets.find((target) => target.name === name);
    const is = now.targets.find((target) => target.name === name);
    if (!then) return [`${name}: is new`];
    if (!is) return [`${name}: ${whyGone(name, now)}`];
    return [...targetChanges(then, is), ...standingChange(name, reviewed.standings, standings)];
  });
  return [...changed, ...targets];
}

function whyGone(name: string, { leftOut = [] }: Plan): string {
  const without = leftOut.find((one) => one.name === name);
  return without ? `was planned, and is left out now: ${without.why}` : 'is no longer in the config';
}

function targetChanges(then: Target, now: Target): string[] {
  const keys = ['amiName', 'required', 'base', 'expect', 'packer'] as const;
  const changed = keys.filter((key) => !same(then[key], now[key]));
  if (changed.length > 0) return changed.map((key) => `${now.name}: ${key} changed`);
  return then.recipe === now.recipe ? [] : [`${now.name}: a file that its provisioners name changed`];
}

function standingChange(
  name: string,
  then: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  return then[name] === now[name] ? [] : [`${name}: was ${then[name]}, is ${now[name]}`];
}

const line = (what: string, then: unknown, now: unknown) => `${what}: was ${shown(then)}, is ${shown(now)}`;

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Plans are written with their keys in one order, by the same code. */
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

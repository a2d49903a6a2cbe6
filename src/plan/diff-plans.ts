import { groupMessages, sameForOthers } from '../lib/group-messages.ts';
import { isObject } from '../lib/is-object.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';

/** A plan that somebody read before it is applied: what was to be made, and what stood in AWS then. */
export interface ReviewedPlan extends ReleasePlan {
  /** Names of the targets that `--only` and `--except` left. */
  selected: string[];
  /** What stood for each target, by its name: a word, and the AMI where there was one. */
  statuses: Record<string, string>;
  /** What `--var` gave, by name; absent where nothing was given. */
  variables?: Record<string, string>;
}

/**
 * In what a plan made now differs from the one that was read, each as a line that names it, and what is the same of
 * several targets once. None where it may be applied. Pure.
 */
export function diffPlans(
  reviewed: ReviewedPlan,
  now: ReleasePlan,
  statuses: Readonly<Record<string, string>>,
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
  const sameRelease = reviewed.release === now.release;
  const names = new Set([...reviewed.targets, ...now.targets].map(({ name }) => name));
  const ofTargets = [...names].flatMap((name) => {
    const then = reviewed.targets.find((target) => target.name === name);
    const is = now.targets.find((target) => target.name === name);
    return changesOf(then, is, now, sameRelease)
      .concat(then && is ? statusChange(reviewed.statuses[name], statuses[name]) : [])
      .map((text) => ({ name, region: (is ?? then)?.region ?? '', text }));
  });
  const targets = groupMessages(ofTargets).flatMap(({ first, others }) => {
    const more = sameForOthers(others);
    return [`${first.name}: ${first.text}`, ...(more === undefined ? [] : [`  ${more}`])];
  });
  return [...changed, ...targets];
}

function changesOf(
  then: Target | undefined,
  is: Target | undefined,
  now: ReleasePlan,
  sameRelease: boolean,
): string[] {
  if (then && is) return targetChanges(then, is, sameRelease);
  return [then ? whyGone(then.name, now) : 'is new'];
}

function whyGone(name: string, { leftOut = [] }: ReleasePlan): string {
  const without = leftOut.find((one) => one.name === name);
  return without ? `was planned, and is left out now: ${without.why}` : 'is no longer in the config';
}

function targetChanges(then: Target, now: Target, sameRelease: boolean): string[] {
  const changed = fieldChanges('', asRead(then, sameRelease), asRead(now, sameRelease));
  if (changed.length > 0 || then.recipe === now.recipe) return changed;
  return ['a file that its provisioners name changed'];
}

/** What of a target a person agreed to, by the config's names. The AMIs of another release bear other names. */
const asRead = (target: Target, withName: boolean): Record<string, unknown> => ({
  ...(withName ? { amiName: target.amiName } : {}),
  required: target.required,
  base: target.base,
  ...target.expect,
  bundle: target.bundle,
  "Packer's builder": target.packer.builder,
  builder: target.packer.options,
  provisioners: target.packer.provisioners,
});

/** Where two values differ: each single value with what it was and is, a list as a whole. */
function fieldChanges(place: string, then: unknown, now: unknown): string[] {
  if (same(then, now)) return [];
  if (isObject(then) && isObject(now)) {
    const keys = [...new Set([...Object.keys(then), ...Object.keys(now)])];
    return keys.flatMap((key) => fieldChanges(place === '' ? key : `${place}.${key}`, then[key], now[key]));
  }
  return [isSingle(then) && isSingle(now) ? line(place, then, now) : `${place} changed`];
}

const isSingle = (value: unknown): boolean => typeof value !== 'object' || value === null;

const statusChange = (then: string | undefined, now: string | undefined): string[] =>
  then === now ? [] : [`was ${then}, is ${now}`];

const line = (what: string, then: unknown, now: unknown) => `${what}: was ${shown(then)}, is ${shown(now)}`;

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Plans are written with their keys in one order, by the same code. */
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

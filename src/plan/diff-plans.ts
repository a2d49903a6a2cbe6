import { groupMessages, sameForOthers } from '../lib/group-messages.ts';
import { isObject } from '../lib/is-object.ts';
import type { VariableValue } from '../model/publication.ts';
import { changesBetween } from '../model/recipe-parts.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';

/** A plan to be reviewed before it is applied, with what existed in AWS at that time. */
export interface ReviewedPlan extends ReleasePlan {
  /** Names of the targets that `--only` and `--except` selected. */
  selected: string[];
  /** The status of each target, by its name, with its AMI if there was one. */
  statuses: Record<string, string>;
  /** Values of variables that are not in the config itself, by name; no secrets. Absent if none was given. */
  variables?: Record<string, VariableValue>;
}

/**
 * The differences between a plan made now and the reviewed one, one line each; a difference that is the same for several
 * targets is reported once. Empty if the plan may be applied. Pure.
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
    ['git commit', reviewed.commit, now.commit],
    ['public', reviewed.sharing.public, now.sharing.public],
    ['shared with accounts', reviewed.sharing.accounts, now.sharing.accounts],
    ['shared with organizations', reviewed.sharing.organizations, now.sharing.organizations],
    ['snapshots shared', reviewed.sharing.snapshots, now.sharing.snapshots],
    ['recorded in', recordsOf(reviewed), recordsOf(now)],
    ['after publishing', reviewed.lifecycle, now.lifecycle],
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

/** A single file is shown only by its path. A plan written by an earlier version has no more than that. */
function recordsOf({ record, records = [] }: ReleasePlan): unknown {
  return records.length > 1 || records.some(({ as }) => as !== 'ids') ? records : record;
}

function changesOf(
  then: Target | undefined,
  is: Target | undefined,
  now: ReleasePlan,
  sameRelease: boolean,
): string[] {
  if (then && is) return targetChanges(then, is, sameRelease);
  return [then ? whyMissing(then.name, now) : 'is new'];
}

function whyMissing(name: string, { leftOut = [] }: ReleasePlan): string {
  const without = leftOut.find((one) => one.name === name);
  return without ? `was planned, and is skipped now: ${without.why}` : 'is no longer in the config';
}

function targetChanges(then: Target, now: Target, sameRelease: boolean): string[] {
  const changed = fieldChanges('', reviewed(then, sameRelease), reviewed(now, sameRelease));
  if (changed.length > 0 || then.recipe === now.recipe) return changed;
  const files = changesBetween(then, now).map(({ part }) => part);
  return files.length === 0
    ? ['a file that its provisioners name changed']
    : files.map((part) => `${part} changed`);
}

/** The parts of a target that a reviewer agreed to, under the config's names. AMIs of another release have other names. */
const reviewed = (target: Target, withName: boolean): Record<string, unknown> => ({
  ...(withName ? { amiName: target.amiName } : {}),
  required: target.required,
  'copied from': target.copy?.from,
  'copied within minutes': target.copy?.within,
  'encrypted with': target.encryption && (target.encryption.kmsKey ?? 'the default key'),
  base: target.base,
  ...target.expect,
  bundle: target.bundle,
  "Packer's builder": target.packer.builder,
  builder: target.packer.options,
  provisioners: target.packer.provisioners,
  parameters: target.parameters?.filter(({ newest }) => withName || newest),
});

/** The differences of two values: for single values the old and the new one, for lists the whole lists. */
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

/** The same code writes all plans, so their keys are in the same order. */
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

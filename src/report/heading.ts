import type { PlanSummary, ShownStatus } from '../model/events.ts';
import { baseLines, loginLines, newerLines } from './base-images.ts';
import { checkLines } from './checks.ts';
import { leftOutLines } from './left-out.ts';
import { parameterPlanLines } from './parameters.ts';
import { intention, revokesLines, state } from './sharing.ts';
import { count, joinWords } from './text.ts';

/**
 * The first lines of a run or a plan. Pure.
 *
 * @param told whether the findings of checks are shown in full elsewhere; then only their counts are here.
 */
export function heading(
  { release, account, endpoint, targets, ...planned }: PlanSummary,
  { told = false } = {},
): string[] {
  const regions = new Set(targets.map(({ region }) => region));
  const size = `${count(targets.length, 'AMI')} in ${count(regions.size, 'region')}`;
  const ended = new Set((planned.takesOver ?? []).map(({ target }) => target));
  const inProgress = targets.filter(
    ({ name, status }) => isInProgress.has(status) && !ended.has(name),
  ).length;
  const underWay = inProgress === 0 ? '' : ` · in progress ${inProgress}`;
  const withdrawn = (['yanked', 'retired'] as const).flatMap((is) => {
    const some = targets.filter(({ status }) => status === is).length;
    return some === 0 ? [] : [` · ${is} ${some}`];
  });
  const isDone = targets.length > 0 && targets.every(({ status }) => status === 'shared');
  return [
    `${release} · account ${account}${place(endpoint)} · ${size}`,
    `  to build ${planned.toBuild}${planned.toCopy === undefined ? '' : ` · to copy ${planned.toCopy}`} · already there ${planned.present}${underWay} · in conflict ${planned.inConflict}${withdrawn.join('')} · ${isDone ? state(planned) : intention(planned)}${planned.candidate ? ' (a candidate)' : ''}`,
    ...revokesLines({ targets }),
    ...baseLines(targets.filter(({ copyFrom }) => copyFrom === undefined)),
    ...newerLines(targets),
    ...loginLines(targets.filter(({ copyFrom }) => copyFrom === undefined)),
    ...encryptionLines(targets),
    ...timedLines(targets),
    ...checkLines(planned, { told }),
    ...leftOutLines(planned),
    ...parameterPlanLines(planned.parameters ?? []),
    ...timeoutLines(planned),
  ];
}

function timeoutLines({ timeouts }: Pick<PlanSummary, 'timeouts'>): string[] {
  const parts = [
    ...(timeouts?.build === undefined ? [] : [`build ${timeText(timeouts.build)}`]),
    ...(timeouts?.ami === undefined ? [] : [`AMI ${timeText(timeouts.ami)}`]),
    ...(timeouts?.copy === undefined ? [] : [`copy ${timeText(timeouts.copy)}`]),
  ];
  return parts.length === 0 ? [] : [`  timeouts ${parts.join(' · ')}`];
}

/** Seconds in the notation of a config. */
const timeText = (seconds: number): string =>
  seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`;

/** What is encrypted, and with which keys, by their names in the config. */
function encryptionLines(targets: PlanSummary['targets']): string[] {
  const encrypted = targets.flatMap(({ encryption }) => encryption ?? []);
  const byKey = Map.groupBy(encrypted, ({ kmsKey }) => kmsKey);
  const said = [...byKey].map(
    ([key, some]) => `${count(some.length, 'AMI')} with ${key ?? 'the default key of the account'}`,
  );
  return said.length === 0 ? [] : [`  encrypts    ${joinWords(said)}`];
}

/** What costs extra: "Time-based copies", Amazon EBS User Guide. */
function timedLines(targets: PlanSummary['targets']): string[] {
  const timed = Map.groupBy(
    targets.filter(({ copyWithin, status }) => copyWithin !== undefined && status === 'absent'),
    ({ copyWithin }) => copyWithin ?? 0,
  );
  return [...timed].map(
    ([minutes, some]) =>
      `  ${count(some.length, 'timed copy', 'timed copies')}, in ${minutes} minutes each: AWS charges per GiB, by the duration (Amazon EBS pricing)`,
  );
}

/** Started by an earlier run or by another host, and not finished. */
const isInProgress: ReadonlySet<ShownStatus> = new Set(['building', 'pending', 'built']);

/** The endpoint, if it is not AWS. The id of a sandbox is for files, not for people. */
export const place = (endpoint: string): string =>
  endpoint === 'aws' ? '' : ` · ${endpoint.replace(/:.*$/, '')}`;

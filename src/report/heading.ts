import type { PlanSummary, StatusName } from '../model/events.ts';
import { baseLines } from './base-images.ts';
import { checkLines } from './checks.ts';
import { leftOutLines } from './left-out.ts';
import { intention, revokesLines, state } from './sharing.ts';
import { count } from './text.ts';

/** The lines that a run or a plan starts with. Pure. */
export function heading({ release, account, endpoint, targets, ...planned }: PlanSummary): string[] {
  const regions = new Set(targets.map(({ region }) => region));
  const size = `${count(targets.length, 'AMI')} in ${count(regions.size, 'region')}`;
  const ended = new Set((planned.takesOver ?? []).map(({ target }) => target));
  const inProgress = targets.filter(
    ({ name, status }) => isInProgress.has(status) && !ended.has(name),
  ).length;
  const underWay = inProgress === 0 ? '' : ` · in progress ${inProgress}`;
  const isDone = targets.length > 0 && targets.every(({ status }) => status === 'shared');
  return [
    `${release} · account ${account}${place(endpoint)} · ${size}`,
    `  to build ${planned.toBuild} · already there ${planned.present}${underWay} · in conflict ${planned.inConflict} · ${isDone ? state(planned) : intention(planned)}${planned.candidate ? ' (a candidate)' : ''}`,
    ...revokesLines({ targets }),
    ...baseLines(targets),
    ...checkLines(planned),
    ...leftOutLines(planned),
    ...timeoutLines(planned),
  ];
}

function timeoutLines({ timeouts }: Pick<PlanSummary, 'timeouts'>): string[] {
  const parts = [
    ...(timeouts?.build === undefined ? [] : [`build ${timeText(timeouts.build)}`]),
    ...(timeouts?.ami === undefined ? [] : [`AMI ${timeText(timeouts.ami)}`]),
  ];
  return parts.length === 0 ? [] : [`  timeouts ${parts.join(' · ')}`];
}

/** Seconds as a config says them. */
const timeText = (seconds: number): string =>
  seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`;

/** Started by an earlier run or by another host, and not finished. */
const isInProgress: ReadonlySet<StatusName> = new Set(['building', 'pending', 'built']);

/** The endpoint, if it is not AWS. The id of a sandbox is for files, not for people. */
export const place = (endpoint: string): string =>
  endpoint === 'aws' ? '' : ` · ${endpoint.replace(/:.*$/, '')}`;

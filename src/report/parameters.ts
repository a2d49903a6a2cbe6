import type { ParameterOutcome, ParameterSeen, Result } from '../model/events.ts';
import { count, wrap } from './text.ts';

type State = ParameterSeen['state'];

/** What `publish` would do with a parameter in each state, in words. */
const planned: Record<State, string> = {
  absent: 'to be created',
  differs: 'to be overwritten',
  tags: 'to get new tags',
  current: 'as they should be',
  newer: 'left at a newer release',
  kept: 'left as they are',
  taken: "somebody else's",
  unknown: 'unknown',
};

const found: Record<State, string> = {
  absent: 'absent',
  differs: 'naming another AMI',
  tags: 'with tags of another release',
  current: 'as they should be',
  newer: 'at a newer release',
  kept: 'following another release',
  taken: "somebody else's",
  unknown: 'unknown',
};

/** The SSM parameters in a plan: a summary, and a line for each name that is written or prevents the run. Pure. */
export const parameterPlanLines = (parameters: readonly ParameterSeen[]): string[] =>
  lines(parameters, planned);

/** The SSM parameters in `status`. Pure. */
export const parameterStateLines = (parameters: readonly ParameterSeen[], width: number): string[] =>
  lines(parameters, found).flatMap((line) => wrap(line, width, '      '));

function lines(parameters: readonly ParameterSeen[], words: Record<State, string>): string[] {
  if (parameters.length === 0) return [];
  const sums = [...Map.groupBy(parameters, ({ state }) => state)].map(
    ([state, some]) => `${some.length} ${words[state]}`,
  );
  const named = parameters.filter(({ state }) => state !== 'current');
  const alike = Map.groupBy(named, ({ name, state, why = '' }) => `${name}\n${state}\n${why}`);
  const each = [...alike.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const regions = some.map(({ region }) => region).join(' ');
    const holds = some.length === 1 && first.value !== undefined ? ` (holds ${first.value})` : '';
    const why = first.why === undefined ? '' : `: ${first.why}`;
    return [`    ${first.name} in ${regions}: ${words[first.state]}${holds}${why}`];
  });
  return [`  parameters ${sums.join(' · ')}`, ...each];
}

/** The SSM parameters in a result. Pure. */
export function parameterResultLines({ parameters }: Result): string[] {
  if (parameters === undefined) return [];
  const { missing, each } = parameters;
  const title = (text: string) => `  ${text}`.padEnd(22);
  if (missing.length > 0) {
    return [`${title('parameters')}not written: ${count(missing.length, 'target')} not complete`];
  }
  const of = (is: ParameterOutcome['outcome']) => each.filter(({ outcome }) => outcome === is).length;
  const parts = [
    `${of('written')} written`,
    ...(of('current') > 0 ? [`${of('current')} as they were`] : []),
    ...(of('kept') > 0 ? [`${of('kept')} left as they are`] : []),
    ...(of('held') > 0 ? [`${of('held')} held back`] : []),
    ...(of('failed') > 0 ? [`${of('failed')} failed`] : []),
  ];
  const open = each
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'kept')
    .map(({ name, region, why = '' }) => `${title('')}${name} in ${region}: ${why}`);
  return [`${title('parameters')}${parts.join(', ')}`, ...open];
}

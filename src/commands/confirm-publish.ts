import { ActionableError } from '../lib/actionable-error.ts';
import type { PlanSummary } from '../model/events.ts';
import { planRows } from '../report/plan-table.ts';
import { missingText, names } from '../report/sharing.ts';
import { count } from '../report/text.ts';
import { confirm } from './confirm.ts';
import type { Host } from './host.ts';
import { say, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

/**
 * Asks whether to publish, below the plan, with a separate question for each kind of resource that would be removed. With
 * `--yes` it asks nothing.
 *
 * @param plan the command that shows the plan.
 * @throws ActionableError (4) unless every answer is yes; also if there is no terminal.
 */
export async function confirmPublish(
  planned: PlanSummary,
  { yes, json, plan }: { yes: boolean; json: boolean; plan: string },
  host: Host,
): Promise<void> {
  if (yes) return;
  if (!json) show(host.stderr, planRows(planned, widthOf(host), paintFor(host)));
  for (const { lines, asks } of [...removals(planned), { lines: [], asks: question(planned) }]) {
    if (!json && lines.length > 0) say(host.stderr, lines.map((line) => `  ${line}`).join('\n'));
    if (json || !(await confirm(`${asks} (y/N) `, yesOrNo, host))) {
      throw new ActionableError(
        'confirmation-required',
        `Nothing was built: there is no terminal to ask for confirmation. Read the plan (${plan}), then add --yes.`,
      );
    }
  }
}

const yesOrNo = {
  agrees: (answer: string) => /^y(es)?$/i.test(answer),
  refusal: () => 'Nothing was built: the answer was not yes.',
};

/** The resources that would be removed before a build, and the question about them. Pure. */
export function removals({
  replaces = [],
  takesOver = [],
}: PlanSummary): { lines: string[]; asks: string }[] {
  const gone = replaces.map(
    ({ target, ami, snapshots }) =>
      `${target}: ${[ami, ...snapshots].join(' ')} of another recipe, to be removed`,
  );
  const ended = takesOver.map(
    ({ target, host, instance, since }) =>
      `${target}: ${instance} of host ${host}, since ${since}, to be stopped`,
  );
  return [
    ...(gone.length === 0 ? [] : [{ lines: gone, asks: `Replace ${count(gone.length, 'AMI')}?` }]),
    ...(ended.length === 0
      ? []
      : [{ lines: ended, asks: `Stop ${count(ended.length, 'build')} of another host?` }]),
  ];
}

/** The question: what would be built, where, and who could then use it. The plan above it may be long. Pure. */
export function question(planned: PlanSummary): string {
  const { toBuild, toCopy = 0, account, targets } = planned;
  const others = names(planned);
  const freed = new Set(
    [...(planned.replaces ?? []), ...(planned.takesOver ?? [])].map(({ target }) => target),
  );
  const missing = targets.filter(
    ({ name, status }) => status === 'absent' || status === 'failed' || freed.has(name),
  );
  const regionsOf = (some: typeof missing) => count(new Set(some.map(({ region }) => region)).size, 'region');
  const built = missing.filter(({ copyFrom }) => copyFrom === undefined);
  const copied = missing.filter(({ copyFrom }) => copyFrom !== undefined);
  const taken = targets.filter(({ takenFrom }) => takenFrom).length;
  const made = [
    ...(toBuild === 0 ? [] : [`build ${count(toBuild, 'AMI')} in ${regionsOf(built)}`]),
    ...(toCopy === 0 ? [] : [`copy ${count(toCopy, 'AMI')} to ${regionsOf(copied)}`]),
  ].map((step, index, all) => (index === all.length - 1 ? `${step} of account ${account}` : step));
  const steps = [...made, ...(taken === 0 ? [] : [`revoke others' access to ${count(taken, 'AMI')}`])];
  const [first = 'continue', ...more] = steps;
  const build = [first.charAt(0).toUpperCase() + first.slice(1), ...more].join(', ');
  const { othersMissing } = planned;
  if (othersMissing !== undefined && (planned.public || others !== '')) {
    const toMake = toBuild + toCopy;
    const what = toMake === 0 ? 'Nothing is shared' : toMake === 1 ? 'It stays private' : 'They stay private';
    return `${build}? ${what}: ${missingText(othersMissing)}.`;
  }
  if (planned.public)
    return `${build}, and make all public${others === '' ? '' : `, and share with ${others}`}?`;
  if (others === '' && taken > 0) return `${build}, and share with nobody?`;
  return others === '' ? `${build}, private?` : `${build}, and share with ${others}?`;
}

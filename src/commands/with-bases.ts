import { readPublication } from '../config/read-publication.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Comparison, PlannedPublication } from '../model/plan-output.ts';
import { expandImages } from '../plan/images.ts';
import { releaseOf } from '../plan/make-plan.ts';
import { type TargetName, targetNames } from '../plan/target-values.ts';
import { count, joinWords } from '../report/text.ts';
import { advisedCommand } from './advised-command.ts';
import { basesOf, type NamedBase } from './base-publications.ts';
import { confirm } from './confirm.ts';
import type { Host } from './host.ts';
import { type ComparingArguments, compareWithPublished, describeComparison } from './if-changed.ts';
import type { DecidingArguments } from './look-and-check.ts';
import { selectionOptions } from './next-commands.ts';
import { type OneOfSeveral, planOfSeveral } from './plan.ts';
import { say, sayJson, show } from './say.ts';

type Arguments = DecidingArguments & ComparingArguments;

/**
 * A publication's arguments for one of its bases: selections, and options about existing AMIs, apply only to the named
 * publication.
 */
const forBase = <Given extends Arguments>(args: Given, { named }: NamedBase): Given => ({
  ...args,
  publication: named,
  only: [],
  except: [],
  variables: {},
  variableFiles: [],
  acceptMixed: false,
  push: false,
});

/**
 * Publishes a publication's bases in order, and then the publication itself. All plans are shown before the single question.
 *
 * @param publish publishes one of them; with `yes` it asks nothing.
 * @returns the exit status of the last one, or of the first one that the next depends on and that failed.
 */
export async function publishWithBases<Given extends Arguments & { yes: boolean }>(
  args: Given,
  host: Host,
  publish: (args: Given) => Promise<number>,
): Promise<number> {
  const each = [...basesOf(args, host).map((base) => forBase(args, base)), args];
  const names = each.map(({ publication }) => publication);
  if (!args.yes) await showAndConfirm(each, host);
  let partial = false;
  for (const [index, one] of each.entries()) {
    const [before, next] = [names.slice(0, index), names.slice(index + 1)];
    const status = await publish({ ...one, yes: true }).catch((error) => {
      throw error instanceof ActionableError && before.length > 0
        ? refusedAfter(before, [one.publication, ...next], error)
        : error;
    });
    if (next.length === 0) return status === exitStatus.done && partial ? exitStatus.partial : status;
    if (status === exitStatus.partial) partial = true;
    else if (status !== exitStatus.done) {
      say(
        host.stderr,
        `${isPublished(before)}Not published, since ${one.publication} was not: ${next.join(', ')}.`,
      );
      return status;
    }
  }
  return exitStatus.done;
}

const isPublished = (names: readonly string[]): string =>
  names.length === 0 ? '' : `${joinWords(names)} ${names.length === 1 ? 'is' : 'are'} published. `;

/** A refusal says that nothing was built, but only for its own publication. */
function refusedAfter(
  before: readonly string[],
  [own = '', ...next]: readonly string[],
  { refusal, problems, message }: ActionableError,
): ActionableError {
  return new ActionableError(refusal, problems, {
    before: `${isPublished(before)}Not published: ${[own, ...next].join(', ')}.`,
    lines: [message.replace('Nothing was built', `Nothing of ${own} was built`)],
  });
}

/** Shows the plans of a publication and its bases. @returns `plan`'s exit status of the first one that would be refused. */
export async function planWithBases(args: Arguments, host: Host): Promise<number> {
  const each = [...basesOf(args, host).map((base) => forBase(args, base)), args];
  if (!args.json) return showPlans(each, host, host.stdout);
  const plans: PlannedPublication[] = [];
  const exit = await planEach(each, host, (one) => {
    plans.push(jsonOf(one));
    if ('plan' in one && one.plan.refused !== undefined) say(host.stderr, one.plan.refused);
  });
  sayJson(host.stdout, { format: 2, publication: args.publication, plans }, 2);
  return exit;
}

async function showAndConfirm(each: readonly Arguments[], host: Host): Promise<void> {
  const json = each.some((one) => one.json);
  const names = each.map(({ publication }) => publication).join(', then ');
  if (!json) await showPlans(each, host, host.stderr);
  if (json || !(await confirm(`Publish ${names}? (y/N) `, yesOrNo, host))) {
    throw new ActionableError(
      'confirmation-required',
      `Nothing was built: there is no terminal to ask for confirmation. Read the plan (${planCommand(each)}), then add --yes.`,
    );
  }
}

/** The command that shows all of their plans. */
function planCommand(each: readonly Arguments[]): string {
  const args = each.at(-1);
  if (args === undefined) return '';
  return advisedCommand(args)('plan', args.publication, '--with-bases', ...selectionOptions(args));
}

const yesOrNo = {
  agrees: (answer: string) => /^y(es)?$/i.test(answer),
  refusal: () => 'Nothing was built: the answer was not yes.',
};

/** What is known about one of several publications before any of them is published. */
type Known = { publication: string; release: string } & (
  | { waitsFor: readonly NamedBase[]; targets: readonly TargetName[] }
  | { unchanged: Comparison }
  | { plan: OneOfSeveral; compared?: Comparison }
);

/**
 * Plans each, in order. The plan of a publication whose base is still to be built is not known in advance; its number of
 * targets is shown instead.
 *
 * @returns `plan`'s exit status of the first one that would be refused.
 */
async function planEach(each: readonly Arguments[], host: Host, tell: (one: Known) => void): Promise<number> {
  const unfinished = new Set<string>();
  let refused: number = exitStatus.done;
  for (const args of each) {
    const { publication } = args;
    const waitsFor = basesOf(args, host).filter(({ named }) => unfinished.has(named));
    if (waitsFor.length > 0) {
      unfinished.add(publication);
      const read = readPublication(publication, { cwd: host.cwd, given: 'unneeded' });
      const targets = targetNames(read, expandImages(read));
      tell({ publication, release: releaseOf(read), waitsFor, targets });
      continue;
    }
    const compared = args.ifChanged ? await compareWithPublished(args, host) : undefined;
    if (compared?.changed === false) {
      tell({ publication, release: compared.release ?? publication, unchanged: compared });
      continue;
    }
    const plan = await planOfSeveral(args, host, compared);
    tell({ publication, release: plan.json.release, plan, ...definedOnly({ compared }) });
    if (!plan.complete) unfinished.add(publication);
    if (refused === exitStatus.done) refused = plan.exit;
  }
  return refused;
}

function showPlans(each: readonly Arguments[], host: Host, to: NodeJS.WritableStream): Promise<number> {
  return planEach(each, host, (one) => {
    if ('waitsFor' in one) return say(to, outline(one));
    if ('unchanged' in one) return say(to, describeComparison(one.unchanged));
    if (one.compared) say(to, describeComparison(one.compared));
    show(to, one.plan.text);
    if (one.plan.refused !== undefined) say(host.stderr, one.plan.refused);
  });
}

interface Waiting {
  release: string;
  waitsFor: readonly NamedBase[];
  targets: readonly TargetName[];
}

function outline({ release, waitsFor, targets }: Waiting): string {
  const regions = new Set(targets.map(({ region }) => region));
  return (
    `${release} · ${count(targets.length, 'AMI')} in ${count(regions.size, 'region')}\n` +
    `  depends on ${joinWords(waitsFor.map((base) => base.named))}, published first: its base images are found after that`
  );
}

function jsonOf(one: Known): PlannedPublication {
  const { publication, release } = one;
  if ('plan' in one) return { publication, release, plan: one.plan.json };
  if ('unchanged' in one) return { publication, release, unchanged: one.unchanged };
  return {
    publication,
    release,
    waitsFor: one.waitsFor.map(({ named }) => named),
    targets: one.targets.map(({ name }) => name),
  };
}

import { readPublication } from '../config/read-publication.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { expandImages } from '../plan/images.ts';
import { releaseOf } from '../plan/make-plan.ts';
import { targetNames } from '../plan/target-values.ts';
import { count, joinWords } from '../report/text.ts';
import { basesOf, type NamedBase } from './base-publications.ts';
import { confirm } from './confirm.ts';
import type { Host } from './host.ts';
import { type ComparingArguments, compareWithPublished, describeComparison } from './if-changed.ts';
import type { DecidingArguments } from './look-and-check.ts';
import { shownPlan } from './plan.ts';
import { say } from './say.ts';

type Arguments = DecidingArguments & ComparingArguments;

/** A publication's arguments for one that it stands on: what selects, and what is kept, belongs to the one that is named. */
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
 * Publishes what a publication stands on, in order, and then itself. All plans are shown before the one question.
 *
 * @param publish publishes one of them; with `yes` it asks nothing.
 * @returns the exit status of the last one, or of the first one without which the next cannot be made.
 */
export async function publishWithBases<Given extends Arguments & { yes: boolean }>(
  args: Given,
  host: Host,
  publish: (args: Given) => Promise<number>,
): Promise<number> {
  const each = [...basesOf(args, host).map((base) => forBase(args, base)), args];
  if (!args.yes) await showAndConfirm(each, host);
  let partial = false;
  for (const [index, one] of each.entries()) {
    const status = await publish({ ...one, yes: true });
    const next = each.slice(index + 1).map(({ publication }) => publication);
    if (next.length === 0) return status === exitStatus.done && partial ? exitStatus.partial : status;
    if (status === exitStatus.partial) partial = true;
    else if (status !== exitStatus.done) {
      say(host.stderr, `Not published, since ${one.publication} was not: ${next.join(', ')}.`);
      return status;
    }
  }
  return exitStatus.done;
}

/** Shows the plans of a publication and of what it stands on. @returns `plan`'s exit status of the first that would be refused. */
export const planWithBases = (args: Arguments, host: Host): Promise<number> =>
  showPlans([...basesOf(args, host).map((base) => forBase(args, base)), args], host, host.stdout);

async function showAndConfirm(each: readonly Arguments[], host: Host): Promise<void> {
  const json = each.some((one) => one.json);
  const names = each.map(({ publication }) => publication).join(', then ');
  if (!json) await showPlans(each, host, host.stderr);
  if (json || !(await confirm(`Publish ${names}? (y/N) `, yesOrNo, host))) {
    throw new ActionableError(
      'confirmation-required',
      'Nothing was built: there is no terminal to ask for confirmation. Read the plan (gopackgo plan --with-bases), then add --yes.',
    );
  }
}

const yesOrNo = {
  agrees: (answer: string) => /^y(es)?$/i.test(answer),
  refusal: () => 'Nothing was built: the answer was not yes.',
};

/**
 * Shows the plan of each. That of one that stands on something which is still to be made cannot be known before: how much it has is
 * shown then.
 */
async function showPlans(each: readonly Arguments[], host: Host, to: NodeJS.WritableStream): Promise<number> {
  const unfinished = new Set<string>();
  let refused: number = exitStatus.done;
  for (const args of each) {
    const waitsFor = basesOf(args, host).filter(({ named }) => unfinished.has(named));
    if (waitsFor.length > 0) {
      unfinished.add(args.publication);
      say(to, outline(args, host, waitsFor));
      continue;
    }
    const compared = args.ifChanged ? await compareWithPublished(args, host) : undefined;
    if (compared) say(to, describeComparison(compared));
    if (compared?.changed === false) continue;
    const { exit, complete } = await shownPlan(args, host, to);
    if (!complete) unfinished.add(args.publication);
    if (refused === exitStatus.done) refused = exit;
  }
  return refused;
}

function outline({ publication: named }: Arguments, { cwd }: Host, waitsFor: readonly NamedBase[]): string {
  const publication = readPublication(named, { cwd, given: 'unneeded' });
  const names = targetNames(publication, expandImages(publication));
  const regions = new Set(names.map(({ region }) => region));
  return (
    `${releaseOf(publication)} · ${count(names.length, 'AMI')} in ${count(regions.size, 'region')}\n` +
    `  depends on ${joinWords(waitsFor.map((base) => base.named))}, published first: its base images are found after that`
  );
}

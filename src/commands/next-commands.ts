import { exitStatus } from '../lib/actionable-error.ts';
import { quoted } from '../lib/shell-word.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { CleanupResult, LifecycleResult, Result, ResultTarget } from '../model/events.ts';
import { staysEncrypted } from '../publish/error-advice.ts';
import { isOfNothing } from '../report/cleanup-table.ts';
import { count } from '../report/text.ts';
import { advisedCommand } from './advised-command.ts';
import type { ReleaseArguments } from './release-arguments.ts';

interface Arguments extends ReleaseArguments {
  replace?: boolean;
  takeOver?: boolean;
  takeOverParameters?: boolean;
  runLocal?: boolean;
  push?: boolean;
}

/** Commands to run after this result, each with its effect. Pure. */
export function nextCommands(args: Arguments, result: Result, file: string): string[] {
  const command = advisedCommand({ ...args, acceptMixed: false });
  const chosen = selectionOptions(args);
  const publish = (...more: string[]) => command('publish', args.publication, ...more);
  const again = publish(...chosen, ...sameOptions(args), '--yes');
  if (result.exit === exitStatus.done || isInterruptedAtTheEnd(result)) {
    const mixed = result.targets.some(({ mixed: isMixed }) => isMixed) ? ['--accept-mixed'] : [];
    return [
      ...(chosen.length === 0 || result.shared ? [] : [`${publish()}   publishes what was not selected`]),
      ...(isUnpushed(result) ? [`${publish('--push')}   pushes the git tag`] : []),
      `${command('status', args.publication, ...mixed)}   shows it as AWS has it`,
    ];
  }
  if (result.exit === exitStatus.interrupted) return [`${again}   resumes`];
  if (result.targets.some(({ error }) => error !== undefined && staysEncrypted(error.message))) {
    return [
      `fix what is said above, and raise "version" in ${file}: encrypted AMIs stay encrypted`,
      ...discard(args.publication, result, command),
    ];
  }
  const provisioner = result.targets.some(({ error }) => error?.kind === 'provisioner');
  return [
    ...(provisioner ? afterFix((...more) => publish(...chosen, ...more), result, file) : []),
    ...(!provisioner && result.targets.some(wouldFailAgain) ? ['fix what is said above, then'] : []),
    `${again}   builds only what is missing`,
    ...(result.exit === exitStatus.failed ? discard(args.publication, result, command) : []),
  ];
}

const isUnpushed = ({ git }: Result): boolean =>
  (git?.is === 'made' || git?.is === 'there') && git.pushed === undefined;

/** Ctrl-C came after everything was done, so there is nothing to resume. */
const isInterruptedAtTheEnd = ({ exit, shared, targets, records = [], parameters }: Result): boolean =>
  exit === exitStatus.interrupted &&
  shared &&
  targets.every(({ status }) => status === 'shared') &&
  records.every(({ is }) => is === 'recorded' || is === 'kept') &&
  (parameters?.each ?? []).every(({ outcome }) => outcome !== 'held' && outcome !== 'failed');

/** Neither a temporary failure nor one that another run fixes by itself. */
const wouldFailAgain = ({ error }: ResultTarget): boolean =>
  error !== undefined && ['other', 'wrong', 'conflict'].includes(error.kind);

/** `--only` and `--except`, quoted for a shell. Pure. */
export const selectionOptions = ({ only, except }: Pick<ReleaseArguments, 'only' | 'except'>): string[] => [
  ...only.flatMap((one) => ['--only', quoted(one)]),
  ...except.flatMap((one) => ['--except', quoted(one)]),
];

/** The other options of the run, to repeat the same command. Pure. */
export const sameOptions = ({
  acceptMixed,
  replace,
  takeOver,
  takeOverParameters,
  push,
}: Arguments): string[] => [
  ...(acceptMixed ? ['--accept-mixed'] : []),
  ...(replace ? ['--replace'] : []),
  ...(takeOver ? ['--take-over'] : []),
  ...(takeOverParameters ? ['--take-over-parameters'] : []),
  ...(push ? ['--push'] : []),
];

/** The command that deletes the AMIs of a release, if no other account may use them. */
function discard(publication: string, { release, targets }: Result, command: AdvisedCommand): string[] {
  const named = publication.endsWith(release.slice(release.indexOf('@')))
    ? publication
    : `${publication}${release.slice(release.indexOf('@'))}`;
  const isOpen = targets.some(({ status }) => status === 'shared');
  if (isOpen || !targets.some(hasUsableAmi)) return [];
  return [`${command('cleanup', named)}   shows what would be deleted to discard this release`];
}

/** A fixed script is another recipe: what to do with the AMIs of the old one. */
function afterFix(
  publish: (...more: string[]) => string,
  { targets, recorded }: Result,
  file: string,
): string[] {
  const there = targets.filter(hasUsableAmi);
  if (there.length === 0) return ['fix what the log shows, then'];
  const missing = targets.length - there.length;
  const used = recorded || there.some(({ status }) => status === 'shared');
  const others = `${there.length === 1 ? 'the other one keeps' : `the other ${there.length} keep`} the old recipe`;
  return [
    `fix what the log shows. If that changes a provisioner or a file, raise "version" in ${file}, or`,
    ...(used
      ? []
      : [`${publish('--replace')}   rebuilds ${targets.length}: the recipe changed, and none is shared yet`]),
    `${publish('--accept-mixed')}   builds ${count(missing, 'AMI')}; ${others}, and the result says so`,
  ];
}

const hasUsableAmi = ({ status }: ResultTarget) =>
  status === 'verified' || status === 'shared' || status === 'built';

/**
 * Commands to run after a promotion, a withdrawal or a restoration. After Ctrl-C there is nothing to resume if everything is
 * done. Pure.
 *
 * @param releases the command that shows all releases.
 * @param more `tells`: whether channels are notified, which the same command does if it was not done.
 */
export function nextAfterLifecycle(
  { exit, applied, changes }: Pick<LifecycleResult, 'exit' | 'applied' | 'changes'>,
  releases: string,
  { tells }: { tells: boolean },
): string[] {
  if (!applied && changes.length > 0) return ['the same command with --yes   does it'];
  const isOpen = changes.some(({ outcome }) => outcome !== 'done');
  const resumes = exit === exitStatus.failed || (exit === exitStatus.interrupted && (isOpen || tells));
  return resumes
    ? ['the same command again   resumes']
    : [`${releases}   shows all releases as AWS has them`];
}

/** Commands to run after a cleanup. Pure. */
export function nextAfterCleanup(
  result: Pick<CleanupResult, 'exit' | 'applied' | 'release' | 'amis' | 'leftovers' | 'unseen'>,
  publication: string,
  command: AdvisedCommand,
): string[] {
  const { exit, applied, release, amis, leftovers, unseen } = result;
  if (!applied) {
    if (exit === exitStatus.interrupted) return [];
    if (isOfNothing(result)) return [`${command('releases', publication)}   lists all releases`];
    return amis.some(({ outcome }) => outcome === 'planned') || leftovers.length > 0
      ? ['the same command with --yes   does it']
      : [];
  }
  const all = [...amis, ...amis.flatMap(({ parts }) => parts), ...leftovers];
  const isOpen = unseen.length > 0 || all.some(({ outcome }) => outcome === 'remains');
  if (exit === exitStatus.done || (exit === exitStatus.interrupted && !isOpen)) return [];
  return [`the same command again   resumes; ${command('status', release ?? publication)} shows what exists`];
}

import { exitStatus } from '../lib/actionable-error.ts';
import { quoted, shellWord } from '../lib/shell-word.ts';
import type { Result, ResultTarget } from '../model/events.ts';
import type { VariableValue } from '../model/publication.ts';
import { staysEncrypted } from '../publish/error-advice.ts';
import { count } from '../report/text.ts';
import type { ReleaseArguments } from './release-arguments.ts';

interface Arguments extends ReleaseArguments {
  replace?: boolean;
  takeOver?: boolean;
  takeOverParameters?: boolean;
  runLocal?: boolean;
  push?: boolean;
}

/** Commands to run after this result, each with what it does. Pure. */
export function nextCommands(args: Arguments, result: Result, file: string): string[] {
  const where = whereOptions(args);
  const options = `${where}${variableOptions(args)}`;
  const chosen = [
    ...args.only.map((one) => ` --only ${quoted(one)}`),
    ...args.except.map((one) => ` --except ${quoted(one)}`),
  ].join('');
  const publication = shellWord(args.publication);
  const all = `gopackgo publish ${publication}${options}${args.runLocal ? ' --run-local' : ''}`;
  const publish = `${all}${chosen}`;
  const same = [
    args.acceptMixed ? ' --accept-mixed' : '',
    args.replace ? ' --replace' : '',
    args.takeOver ? ' --take-over' : '',
    args.takeOverParameters ? ' --take-over-parameters' : '',
    args.push ? ' --push' : '',
  ].join('');
  const again = `${publish}${same} --yes`;
  if (result.exit === exitStatus.done || isInterruptedAtTheEnd(result)) {
    const mixed = result.targets.some(({ mixed: isMixed }) => isMixed) ? ' --accept-mixed' : '';
    return [
      ...(chosen === '' || result.shared ? [] : [`${all}   publishes what was not selected`]),
      ...(isUnpushed(result) ? [`${all} --push   pushes the git tag`] : []),
      `gopackgo status ${publication}${options}${mixed}   shows it as AWS has it`,
    ];
  }
  if (result.exit === exitStatus.interrupted) return [`${again}   resumes`];
  if (result.targets.some(({ error }) => error !== undefined && staysEncrypted(error.message))) {
    return [
      `fix what is said above, and raise "version" in ${file}: encrypted AMIs stay encrypted`,
      ...discard(args.publication, result, where),
    ];
  }
  const provisioner = result.targets.some(({ error }) => error?.kind === 'provisioner');
  return [
    ...(provisioner ? afterFix(publish, result, file) : []),
    ...(!provisioner && result.targets.some(wouldFailAgain) ? ['fix what is said above, then'] : []),
    `${again}   builds only what is missing`,
    ...(result.exit === exitStatus.failed ? discard(args.publication, result, where) : []),
  ];
}

const isUnpushed = ({ git }: Result): boolean =>
  (git?.is === 'made' || git?.is === 'there') && git.pushed === undefined;

/** Ctrl-C came when everything was done: there is nothing to resume. */
const isInterruptedAtTheEnd = ({ exit, shared, targets, records = [], parameters }: Result): boolean =>
  exit === exitStatus.interrupted &&
  shared &&
  targets.every(({ status }) => status === 'shared') &&
  records.every(({ is }) => is === 'recorded' || is === 'kept') &&
  (parameters?.each ?? []).every(({ outcome }) => outcome !== 'held' && outcome !== 'failed');

/** Neither a passing failure nor one that another run clears up by itself. */
const wouldFailAgain = ({ error }: ResultTarget): boolean =>
  error !== undefined && ['other', 'wrong', 'conflict'].includes(error.kind);

/** The options by which another command uses the same endpoint and credentials. Pure. */
export function whereOptions({
  sandboxUrl,
  sandbox,
  profile,
}: Pick<ReleaseArguments, 'sandboxUrl' | 'sandbox' | 'profile'>): string {
  const where = sandboxUrl ? ` --sandbox-url ${shellWord(sandboxUrl)}` : sandbox ? ' --sandbox' : '';
  return profile === undefined ? where : `${where} --profile ${shellWord(profile)}`;
}

/** The `--var-file` and `--var` options of this run, quoted for a shell. Pure. */
export const variableOptions = ({
  variables,
  variableFiles,
}: Pick<ReleaseArguments, 'variables' | 'variableFiles'>): string =>
  [
    ...variableFiles.map((file) => ` --var-file ${shellWord(file)}`),
    ...Object.entries(variables).map(([name, value]) => ` --var ${quoted(`${name}=${asText(value)}`)}`),
  ].join('');

/** As `--var` takes it. */
const asText = (value: VariableValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The command that deletes the AMIs of a release that is shared with no other account. */
function discard(publication: string, { release, targets }: Result, options: string): string[] {
  const named = publication.endsWith(release.slice(release.indexOf('@')))
    ? publication
    : `${publication}${release.slice(release.indexOf('@'))}`;
  const isOpen = targets.some(({ status }) => status === 'shared');
  if (isOpen || !targets.some(hasUsableAmi)) return [];
  return [
    `gopackgo cleanup ${shellWord(named)}${options}   shows what would be deleted to discard this release`,
  ];
}

/** A script that was fixed is another recipe: what to do with the AMIs of the old one. */
function afterFix(publish: string, { targets, recorded }: Result, file: string): string[] {
  const there = targets.filter(hasUsableAmi);
  if (there.length === 0) return ['fix what the log shows, then'];
  const missing = targets.length - there.length;
  const used = recorded || there.some(({ status }) => status === 'shared');
  const others = `${there.length === 1 ? 'the other one keeps' : `the other ${there.length} keep`} the old recipe`;
  return [
    `fix what the log shows. If that changes a provisioner or a file, raise "version" in ${file}, or`,
    ...(used
      ? []
      : [`${publish} --replace   rebuilds ${targets.length}: the recipe changed, and none is shared yet`]),
    `${publish} --accept-mixed   builds ${count(missing, 'AMI')}; ${others}, and the result says so`,
  ];
}

const hasUsableAmi = ({ status }: ResultTarget) =>
  status === 'verified' || status === 'shared' || status === 'built';

import { exitStatus } from '../lib/actionable-error.ts';
import type { Result, ResultTarget } from '../model/events.ts';
import { count } from '../report/text.ts';
import type { ReleaseArguments } from './release-arguments.ts';

type Arguments = ReleaseArguments & { replace?: boolean; takeOver?: boolean };

/** What a person would do after this result: commands, each with what it does. Pure. */
export function nextCommands(args: Arguments, result: Result, file: string): string[] {
  const where = whereOptions(args);
  const options = `${where}${variableOptions(args)}`;
  const chosen = [
    ...args.only.map((one) => ` --only '${one}'`),
    ...args.except.map((one) => ` --except '${one}'`),
  ].join('');
  const all = `gopackgo publish ${args.publication}${options}`;
  const publish = `${all}${chosen}`;
  const same = [
    args.acceptMixed ? ' --accept-mixed' : '',
    args.replace ? ' --replace' : '',
    args.takeOver ? ' --take-over' : '',
  ].join('');
  const again = `${publish}${same} --yes`;
  if (result.exit === exitStatus.done) {
    const mixed = result.targets.some(({ mixed: isMixed }) => isMixed) ? ' --accept-mixed' : '';
    return [
      ...(chosen === '' || result.shared ? [] : [`${all}   goes on with what was not chosen`]),
      `gopackgo status ${args.publication}${options}${mixed}   shows it from AWS alone`,
    ];
  }
  if (result.exit === exitStatus.interrupted) return [`${again}   goes on from here`];
  const provisioner = result.targets.some(({ error }) => error?.kind === 'provisioner');
  return [
    ...(provisioner ? mend(publish, result, file) : []),
    `${again}   makes only what is missing`,
    ...(result.exit === exitStatus.failed ? giveUp(args.publication, result, where) : []),
  ];
}

/** The options that lead another command to the same AWS with the same credentials. Pure. */
export function whereOptions({
  sandboxUrl,
  sandbox,
  profile,
}: Pick<ReleaseArguments, 'sandboxUrl' | 'sandbox' | 'profile'>): string {
  const where = sandboxUrl ? ` --sandbox-url ${sandboxUrl}` : sandbox ? ' --sandbox' : '';
  return profile === undefined ? where : `${where} --profile ${profile}`;
}

/** The values that variables of the config were given, as a shell takes them. Pure. */
export const variableOptions = ({ variables }: Pick<ReleaseArguments, 'variables'>): string =>
  Object.entries(variables)
    .map(([name, value]) => ` --var '${name}=${value.replaceAll("'", String.raw`'\''`)}'`)
    .join('');

/** Where AMIs stand that nobody else has: what deletes them, once it was shown which. */
function giveUp(publication: string, { release, targets }: Result, options: string): string[] {
  const named = publication.endsWith(release.slice(release.indexOf('@')))
    ? publication
    : `${publication}${release.slice(release.indexOf('@'))}`;
  const isOpen = targets.some(({ status }) => status === 'shared');
  if (isOpen || !targets.some(hasUsableAmi)) return [];
  return [`gopackgo cleanup ${named}${options}   gives up: shows what of it would be deleted`];
}

/** A mended script is another recipe: what to do with the AMIs that the old one made. */
function mend(publish: string, { targets, recorded }: Result, file: string): string[] {
  const there = targets.filter(hasUsableAmi);
  if (there.length === 0) return ['mend what the log shows, then'];
  const missing = targets.length - there.length;
  const used = recorded || there.some(({ status }) => status === 'shared');
  const others = `${there.length === 1 ? 'the other one keeps' : `the other ${there.length} keep`} the old recipe`;
  return [
    `mend what the log shows. If that changes a provisioner or a file, raise "version" in ${file}, or`,
    ...(used
      ? []
      : [`${publish} --replace   rebuilds ${targets.length}: the recipe changed, and none is shared yet`]),
    `${publish} --accept-mixed   builds ${count(missing, 'AMI')}; ${others}, and the result says so`,
  ];
}

const hasUsableAmi = ({ status }: ResultTarget) =>
  status === 'verified' || status === 'shared' || status === 'built';

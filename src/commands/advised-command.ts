import { quoted, shellWord } from '../lib/shell-word.ts';
import type { AdvisedCommand, AdvisedVerb } from '../model/advised-command.ts';
import type { Publication, VariableValue } from '../model/publication.ts';
import { nameOf } from './base-publications.ts';
import type { ReleaseArguments } from './release-arguments.ts';

/** The arguments of a run that the commands which it advises have as well. */
export type AdvisingArguments = Pick<ReleaseArguments, 'sandbox'> &
  Partial<
    Pick<
      ReleaseArguments,
      'sandboxUrl' | 'sandboxAccount' | 'profile' | 'variables' | 'variableFiles' | 'acceptMixed'
    >
  > & { runLocal?: boolean };

const keepsMixed: ReadonlySet<AdvisedVerb> = new Set(['plan', 'doctor', 'publish', 'status']);
const runsLocally: ReadonlySet<AdvisedVerb> = new Set(['plan', 'doctor', 'publish']);

/**
 * The one place that writes a gopackgo command into a message: with it, a person acts on the same config and the same AWS as the run. Another
 * publication has neither its variables nor its options. Secrets are left out: a command that does not need them takes them in `--var`. Pure.
 *
 * @param publication of the run; where absent, all that is named is its own, and shown as it is.
 */
export function advisedCommand(
  args: AdvisingArguments,
  publication?: Pick<Publication, 'name' | 'file' | 'secrets'>,
): AdvisedCommand {
  const { secrets = new Map() } = publication ?? {};
  const plain = Object.entries(args.variables ?? {}).filter(([name]) => !secrets.has(name));
  const given = { ...args, variables: Object.fromEntries(plain) };
  return (verb, named, ...more) => {
    const isOwn =
      publication === undefined || named === publication.name || named.startsWith(`${publication.name}@`);
    const shown =
      publication && isOwn ? `${nameOf(publication)}${named.slice(publication.name.length)}` : named;
    const options = [
      shellWord(shown),
      ...whereOptions(args),
      ...(isOwn ? ownOptions(verb, more, given) : []),
      ...more,
    ];
    return `gopackgo ${verb} ${options.join(' ')}`;
  };
}

function ownOptions(verb: AdvisedVerb, more: readonly string[], args: AdvisingArguments): string[] {
  // Of cleanup only --restore reads what a config shares with whom.
  const fills = verb !== 'cleanup' || more.includes('--restore');
  return [
    ...(fills ? variableOptions(args) : []),
    ...(args.acceptMixed && keepsMixed.has(verb) ? ['--accept-mixed'] : []),
    ...(args.runLocal && args.sandbox && runsLocally.has(verb) ? ['--run-local'] : []),
  ];
}

/** The same endpoint and credentials. The sandbox has credentials of its own. */
function whereOptions({
  sandboxUrl,
  sandbox,
  sandboxAccount,
  profile,
}: Pick<AdvisingArguments, 'sandboxUrl' | 'sandbox' | 'sandboxAccount' | 'profile'>): string[] {
  if (sandboxUrl) return ['--sandbox-url', shellWord(sandboxUrl)];
  if (sandbox) {
    return ['--sandbox', ...(sandboxAccount ? ['--sandbox-account', shellWord(sandboxAccount)] : [])];
  }
  return profile === undefined ? [] : ['--profile', shellWord(profile)];
}

/** The `--var-file` and `--var` options of the run. */
const variableOptions = ({
  variables = {},
  variableFiles = [],
}: Pick<AdvisingArguments, 'variables' | 'variableFiles'>): string[] => [
  ...variableFiles.flatMap((file) => ['--var-file', shellWord(file)]),
  ...Object.entries(variables).flatMap(([name, value]) => ['--var', quoted(`${name}=${asText(value)}`)]),
];

/** As `--var` takes it. */
const asText = (value: VariableValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

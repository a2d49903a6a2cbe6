import { quoted, shellWord } from '../lib/shell-word.ts';
import type { AdvisedCommand, AdvisedVerb } from '../model/advised-command.ts';
import type { Publication, VariableValue } from '../model/publication.ts';
import { nameOf } from './base-publications.ts';
import type { ReleaseArguments, WhereArguments } from './release-arguments.ts';

/** The arguments of a run that recommended commands repeat. */
export type AdvisingArguments = Pick<WhereArguments, 'sandbox'> &
  Partial<WhereArguments & Pick<ReleaseArguments, 'variables' | 'variableFiles' | 'acceptMixed'>> & {
    runLocal?: boolean;
  };

const keepsMixed: ReadonlySet<AdvisedVerb> = new Set(['plan', 'doctor', 'publish', 'status']);
/** The commands with `--run-local` and `--sandbox-speed`. */
const rehearses: ReadonlySet<AdvisedVerb> = new Set(['plan', 'doctor', 'publish']);

/**
 * The only place that writes a gopackgo command into a message. The command uses the same config and the same AWS as the run.
 * Another publication gets neither the run's variables nor its options. Secrets are omitted: a command that does not need them
 * accepts any value in `--var`. Pure.
 *
 * @param publication of the run; if absent, every named publication is the run's own, and shown as named.
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
      ...(args.sandbox && args.sandboxSpeed && rehearses.has(verb)
        ? ['--sandbox-speed', args.sandboxSpeed]
        : []),
      ...(isOwn ? ownOptions(verb, more, given) : []),
      ...more,
    ];
    return `gopackgo ${verb} ${options.join(' ')}`;
  };
}

function ownOptions(verb: AdvisedVerb, more: readonly string[], args: AdvisingArguments): string[] {
  // Only `cleanup --restore` uses the config's sharing.
  const fills = verb !== 'cleanup' || more.includes('--restore');
  return [
    ...(fills ? variableOptions(args) : []),
    ...(args.acceptMixed && keepsMixed.has(verb) ? ['--accept-mixed'] : []),
    ...(args.runLocal && args.sandbox && rehearses.has(verb) ? ['--run-local'] : []),
  ];
}

/** The run's endpoint and credentials. The sandbox has its own credentials. */
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

/** In the form that `--var` accepts. */
const asText = (value: VariableValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

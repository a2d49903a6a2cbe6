import { readFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import { cleanupArguments } from './commands/cleanup-options.ts';
import { commandHelp } from './commands/help.ts';
import type { Host } from './commands/host.ts';
import { parseCount, refuseAlone, refuseBesideRestore, refuseTogether } from './commands/option-rules.ts';
import { type deciding, optionsOf, variables } from './commands/options.ts';
import {
  commands,
  noPublicationMessage,
  overview,
  purpose,
  unknownCommandMessage,
} from './commands/overview.ts';
import { parseDuration } from './commands/parse-cleanup-options.ts';
import { parseVariables } from './commands/parse-variables.ts';
import { reportRefusal } from './commands/refusal.ts';
import type { ReleaseArguments, SandboxSpeed } from './commands/release-arguments.ts';
import { say, show } from './commands/say.ts';
import { ActionableError, exitStatus } from './lib/actionable-error.ts';
import { definedOnly } from './lib/defined-only.ts';

/**
 * The command line: parses the words into typed options and calls one function, which is loaded only then. Help loads neither
 * the SDK nor the sandbox, and the help of all commands not even yargs.
 *
 * @returns the exit status.
 */
export async function main(words: readonly string[], host: Host): Promise<number> {
  const asked = {
    json: words.includes('--json'),
    rehearses: words.some((word) => /^--sandbox(?:$|[-=])/.test(word)),
  };
  const end = host.onInterrupt(() => {
    host.leave(reportRefusal(new ActionableError('interrupted', nothingStarted), asked, host));
  });
  try {
    const status = await execute(words, host);
    const isShown = status === exitStatus.done || status === exitStatus.drift;
    if (!isShown || !onlyShows.has(words[0] ?? '')) return status;
    return (await host.lostOutput()) === undefined ? status : exitStatus.failed;
  } catch (error) {
    return reportRefusal(error, asked, host);
  } finally {
    end();
  }
}

const nothingStarted = 'Interrupted before anything was started: nothing was changed.';

/** What they print is all that they do. */
const onlyShows: ReadonlySet<string> = new Set([
  'plan',
  'doctor',
  'generate',
  'status',
  'export',
  'releases',
]);

/**
 * What is printed without yargs, which takes longer to load than everything else that help needs: the help of all commands
 * and of each one, and the version.
 */
function shownAlone(words: readonly string[], width: number): string | undefined {
  const [first = '', second = ''] = words;
  const name = first === 'help' ? second : first;
  const asksForHelp = first === 'help' || words.some((word) => word === '--help' || word === '-h');
  if (asksForHelp && isCommand(name)) return commandHelp(name, optionsOf[name], width);
  if (asksForHelp && (name === '' || name.startsWith('-'))) return overview(width);
  return words.length === 1 && ['version', '--version', '-V'].includes(first) ? `${version()}\n` : undefined;
}

const isCommand = (word: string): word is keyof typeof commands => Object.hasOwn(commands, word);

async function execute(words: readonly string[], host: Host): Promise<number> {
  const [word] = words;
  const shown = shownAlone(words, widthFor(host));
  if (shown !== undefined) {
    show(host.stdout, shown);
    return exitStatus.done;
  }
  if (word === undefined) {
    show(host.stderr, overview(widthFor(host)));
    throw new ActionableError('usage-error', {
      place: 'gopackgo',
      expected: `a command (${Object.keys(commands).join(', ')})`,
      found: 'none',
    });
  }
  let status: number = exitStatus.done;
  const run = (command: () => Promise<number>) => async () => {
    status = await command();
  };
  try {
    const { default: yargs } = await import('yargs');
    if (!word.startsWith('-') && !isCommand(word)) throw new UsageError(unknownCommandMessage);
    await commandLine(yargs([], host.cwd), host, run).parseAsync([...words]);
    return status;
  } catch (error) {
    throw error instanceof UsageError ? await usageErrorOf(error, words, host) : error;
  }
}

/** A mistake in the command line, in yargs' words. */
class UsageError extends Error {}

const seeHelp = "See gopackgo --help, or the command's own --help.";

async function usageErrorOf(
  { message }: UsageError,
  words: readonly string[],
  host: Host,
): Promise<ActionableError> {
  const { usageError } = await import('./commands/usage-errors.ts');
  const { publicationsIn } = await import('./config/find-publication.ts');
  const said = usageError(message, {
    words,
    options: optionsOf,
    publications: () => publicationsIn(host.cwd),
  });
  return new ActionableError('usage-error', said, { after: seeHelp });
}

type Run = (command: () => Promise<number>) => () => Promise<void>;

const widthFor = ({ stdout }: Host): number => Math.min(100, stdout.columns ?? 100);

function commandLine(empty: Argv, host: Host, run: Run) {
  return empty
    .scriptName('gopackgo')
    .usage(`$0 <command>\n\n${purpose}`)
    .command(
      commands.plan.usage,
      commands.plan.does,
      (y) => y.options(optionsOf.plan),
      (argv) =>
        run(async () => {
          refuseTogether(argv, 'out', ['replace', 'take-over'], 'plan');
          refuseTogether(argv, 'replace', ['accept-mixed'], 'plan');
          refuseTogether(argv, 'out', ['show-config', 'with-bases'], 'plan');
          refuseTogether(argv, 'with-bases', ['replace', 'take-over'], 'plan');
          if (argv['show-config']) {
            const { showConfig } = await import('./commands/show-config.ts');
            return showConfig(typed(argv, host), host);
          }
          const given = {
            ...typed(argv, host),
            ...decided(argv),
            ...comparing(argv),
            ...definedOnly({ out: argv.out }),
          };
          if (argv['with-bases'])
            return (await import('./commands/with-bases.ts')).planWithBases(given, host);
          return (await import('./commands/plan.ts')).plan(given, host);
        })(),
    )
    .command(
      commands.doctor.usage,
      commands.doctor.does,
      (y) => y.options(optionsOf.doctor),
      (argv) =>
        run(async () => {
          refuseTogether(argv, 'replace', ['accept-mixed'], 'doctor');
          const { save } = argv;
          refuseAlone(argv, ['with-names', 'overwrite'], 'save', 'doctor');
          const { doctor } = await import('./commands/doctor.ts');
          return doctor(
            {
              ...typed(argv, host),
              ...decided(argv),
              withNames: argv['with-names'],
              overwrite: argv.overwrite,
              ...definedOnly({ save }),
            },
            host,
          );
        })(),
    )
    .command(
      commands.generate.usage,
      commands.generate.does,
      (y) => y.options(optionsOf.generate),
      (argv) =>
        run(async () =>
          (await import('./commands/generate.ts')).generate({ ...typed(argv, host), out: argv.out }, host),
        )(),
    )
    .command(
      commands.publish.usage,
      commands.publish.does,
      (y) => y.options(optionsOf.publish),
      (argv) =>
        run(async () => {
          refuseUnnamed(argv);
          refuseTogether(argv, 'with-bases', ['replace', 'take-over']);
          refuseTogether(argv, 'plan', ['accept-mixed', 'replace', 'take-over', 'with-bases', 'if-changed']);
          refuseTogether(argv, 'replace', ['accept-mixed']);
          refuseTogether(argv, 'debug', ['json', 'quiet']);
          const { publishCommand } = await import('./commands/publish.ts');
          return publishCommand(
            {
              ...typed(argv, host),
              parallel: parseCount('parallel', argv.parallel),
              parallelPerRegion: parseCount('parallel-per-region', argv['parallel-per-region']),
              attempts: parseCount('attempts', argv.attempts),
              failFast: argv['fail-fast'],
              ...decided(argv),
              debug: argv.debug,
              yes: argv.yes,
              quiet: argv.quiet,
              verbose: argv.verbose,
              withBases: argv['with-bases'],
              ...comparing(argv),
              ...definedOnly({ planFile: argv.plan }),
            },
            host,
          );
        })(),
    )
    .command(
      commands.status.usage,
      commands.status.does,
      (y) => y.options(optionsOf.status),
      (argv) =>
        run(async () => {
          const { status } = await import('./commands/status.ts');
          return status({ ...typed(argv, host), ...definedOnly({ as: argv.as }) }, host);
        })(),
    )
    .command(
      commands.export.usage,
      commands.export.does,
      (y) => y.options(optionsOf.export),
      (argv) =>
        run(async () =>
          (await import('./commands/export.ts')).exportCommand({ ...typed(argv, host), as: argv.as }, host),
        )(),
    )
    .command(
      commands.releases.usage,
      commands.releases.does,
      (y) => y.options(optionsOf.releases),
      (argv) =>
        run(async () => (await import('./commands/releases.ts')).releasesCommand(typed(argv, host), host))(),
    )
    .command(
      commands.promote.usage,
      commands.promote.does,
      (y) => y.options(optionsOf.promote),
      (argv) =>
        run(async () => {
          const { promoteCommand } = await import('./commands/promote.ts');
          return promoteCommand(
            {
              ...typed({ ...argv, publication: argv.release }, host),
              yes: argv.yes,
              takeOverParameters: argv['take-over-parameters'],
            },
            host,
          );
        })(),
    )
    .command(
      commands.yank.usage,
      commands.yank.does,
      (y) => y.options(optionsOf.yank),
      (argv) =>
        run(async () => {
          const { yankCommand } = await import('./commands/yank.ts');
          return yankCommand(
            {
              ...typed({ ...argv, publication: argv.release }, host),
              yes: argv.yes,
              undo: argv.undo,
              takeOverParameters: argv['take-over-parameters'],
              ...definedOnly({ reason: argv.reason, promote: argv.promote }),
            },
            host,
          );
        })(),
    )
    .command(
      commands.cleanup.usage,
      commands.cleanup.does,
      (y) => y.options(optionsOf.cleanup),
      (argv) =>
        run(async () => {
          refuseUnnamed(argv);
          refuseTogether(
            argv,
            'plan',
            ['leftovers', 'adopt', 'including-shared', 'usage', 'including-used', 'yes'],
            'cleanup',
          );
          refuseTogether(argv, 'out', ['yes'], 'cleanup');
          if (argv.restore) {
            refuseBesideRestore(argv);
            const { restoreCommand } = await import('./commands/restore.ts');
            return restoreCommand({ ...typed(argv, host), yes: argv.yes, takeOverParameters: false }, host);
          }
          refuseAlone(argv, Object.keys(variables), 'restore', 'cleanup');
          const { cleanupCommand } = await import('./commands/cleanup.ts');
          return cleanupCommand({ ...typed(argv, host), ...cleanupArguments(argv) }, host);
        })(),
    )
    .command(
      commands.sandbox.usage,
      commands.sandbox.does,
      (y) =>
        y
          .positional('action', {
            choices: ['reset'] as const,
            describe: "Delete all state of this folder's sandbox",
          })
          .options(optionsOf.sandbox),
      (argv) =>
        run(async () => {
          const { sandbox, resetSandbox } = await import('./commands/sandbox.ts');
          return argv.action === 'reset'
            ? resetSandbox(host)
            : sandbox(
                {
                  faults: argv.faults,
                  settings: argv.settings,
                  speed: argv['sandbox-speed'],
                  port: argv.port,
                },
                host,
              );
        })(),
    )
    .demandCommand(1)
    .strict()
    .locale('en')
    .help(false)
    .version(false)
    .parserConfiguration({ 'duplicate-arguments-array': true, 'camel-case-expansion': false })
    .wrap(widthFor(host))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      // yargs throws some usage errors itself: for an option without its value, for example.
      const mistake = error?.name === 'YError' ? error.message : message;
      if (error && error.name !== 'YError') throw error;
      throw new UsageError(mistake);
    });
}

interface Parsed {
  publication?: unknown;
  sandbox: boolean;
  'sandbox-url'?: string | undefined;
  'sandbox-speed'?: SandboxSpeed | undefined;
  'sandbox-account'?: string | undefined;
  profile?: string | undefined;
  only?: string[] | undefined;
  except?: string[] | undefined;
  var?: string[] | undefined;
  'var-file'?: string[] | undefined;
  json?: boolean;
  'accept-mixed'?: boolean;
}

/** A plan file says which publication it is of; without one, a name is needed. */
function refuseUnnamed({ publication, plan }: { publication?: unknown; plan?: string | undefined }): void {
  if (publication === undefined && plan === undefined) throw new UsageError(noPublicationMessage);
}

function typed(argv: Parsed, host: Host): ReleaseArguments {
  const url = argv['sandbox-url'];
  const pace = argv['sandbox-speed'];
  const account = argv['sandbox-account'];
  // A speed, an account or an address of the sandbox implies --sandbox.
  const sandbox = argv.sandbox || url !== undefined || pace !== undefined || account !== undefined;
  if (sandbox && argv.profile !== undefined) {
    say(host.stderr, 'warning: --profile is ignored: the sandbox has its own credentials.');
  }
  return {
    publication: String(argv.publication ?? ''),
    sandbox,
    ...definedOnly({ sandboxUrl: url, sandboxSpeed: pace, sandboxAccount: account, profile: argv.profile }),
    only: argv.only ?? [],
    except: argv.except ?? [],
    variables: parseVariables(argv.var),
    variableFiles: argv['var-file'] ?? [],
    json: argv.json ?? false,
    acceptMixed: argv['accept-mixed'] ?? false,
  };
}

/** The values of `deciding`. */
const decided = (argv: Record<Exclude<keyof typeof deciding, 'sandbox-speed'>, boolean>) => ({
  replace: argv.replace,
  takeOver: argv['take-over'],
  takeOverParameters: argv['take-over-parameters'],
  runLocal: argv['run-local'],
  push: argv.push,
});

function comparing(argv: { 'if-changed': boolean; 'max-age'?: string | undefined }) {
  const { 'if-changed': ifChanged, 'max-age': age } = argv;
  if (age !== undefined && !ifChanged) {
    throw new ActionableError('usage-error', {
      place: '--max-age',
      expected: 'with --if-changed',
      found: 'it alone',
      advice: 'See gopackgo publish --help',
    });
  }
  return { ifChanged, ...(age === undefined ? {} : { maxAge: parseDuration('max-age', age) }) };
}

function version(): string {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      return JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')).version;
    } catch {}
  }
  return 'unknown';
}

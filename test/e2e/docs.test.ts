import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Block, blocksOf, documents, root, sectionOf } from '../house/markdown.ts';
import { packerOfTests } from './packer.ts';
import { compiled, newProject, type Project } from './project.ts';

/** Command lines that are not run here. */
const notRun: [RegExp, why: string][] = [
  [/^scripts\/demo$/, 'sets up the clone it is in; the acceptance script runs it in a copy'],
  [/^scripts\/test$/, 'runs this'],
  [/^(?:tsc|vitest) /, 'checks the clone it is in, as scripts/test does'],
];

/** Other people's programs, run only on machines that have them. */
const others: [RegExp, check: string][] = [
  [/^aws /, 'type -P aws'],
  [/^curl /, 'type -P curl'],
  [/^python3 /, "python3 -c 'import boto3'"],
];

/** Documents whose commands are meant for AWS itself: a sandbox in a separate folder stands in for it. */
const meantForAws = ['docs/first-real-run.md', 'docs/rehearse.md'];

interface Command {
  /** Its line in the document, from 1. */
  line: number;
  command: string;
  /** The output shown below it. */
  shown: string[];
}

/** `$ command` with its output below it in `console` blocks; only commands in `sh` blocks. */
function commandsOf({ info, text, line }: Block): Command[] {
  const lines = text.trimEnd().split('\n');
  if (info === 'sh') return lines.map((command, index) => ({ line: line + index, command, shown: [] }));
  const commands: Command[] = [];
  for (const [index, one] of lines.entries()) {
    if (one.startsWith('$ ')) commands.push({ line: line + index, command: one.slice(2), shown: [] });
    else commands.at(-1)?.shown.push(one);
  }
  return commands;
}

const subjects = documents.flatMap((document) => {
  const commands = blocksOf(document)
    .filter(({ info }) => info === 'console' || info === 'sh')
    .flatMap(commandsOf)
    .filter(({ command }) => !notRun.some(([pattern]) => pattern.test(command)));
  return commands.length === 0 ? [] : [{ document, commands }];
});

it('finds the commands of the documents', () => {
  expect(subjects.map(({ document }) => document)).toEqual([
    'README.md',
    'docs/cleanup.md',
    'docs/commands.md',
    'docs/first-real-run.md',
    'docs/git.md',
    'docs/instance-store.md',
    'docs/lifecycle.md',
    'docs/notify.md',
    'docs/proxy.md',
    'docs/publish.md',
    'docs/records.md',
    'docs/rehearse.md',
    'docs/sandbox.md',
    'docs/select.md',
    'docs/sharing.md',
  ]);
});

/** At the same time: each is a script that waits for one command after another. */
describe.concurrent.each(subjects)('$document', ({ document, commands }) => {
  let project: Project;
  let ran: Ran[];
  beforeAll(async () => {
    project = await newProject();
    ran = await runAll(project, commands, meantForAws.includes(document) ? playedAws : '');
  }, 610_000);
  afterAll(() => project.remove());

  it.for(commands.map((command, index) => ({ ...command, index })))(
    'line $line: $command',
    ({ shown, index, line }, { skip }) => {
      const { output, status } = ran[index] ?? { output: '', status: 'it was not run' };
      skip(status === absent, 'this machine has no such program');
      const isExpected = commands[index + 1]?.command === 'echo $?';
      if (!isExpected) expect(status, output).toBe('0');
      if (shown.length > 0) expect(`${alike(output)}\n`, `line ${line}`).toMatch(patternOf(shown));
    },
  );
});

it.each([
  'plan',
  'doctor',
  'generate',
  'publish',
  'status',
  'export',
  'releases',
  'promote',
  'yank',
  'cleanup',
  'sandbox',
])('docs/commands.md has every option of %s', async (verb) => {
  const project = await newProject();
  const { stdout } = await project.run([verb, '--help']);
  await project.remove();
  const options = [...stdout.matchAll(/^ +(?:-\w, +)?(--[a-z][a-z-]+)/gm)].map(([, option = '']) => option);
  expect(options).toContain('--help');
  const own = sectionOf('docs/commands.md', `## ${verb}`);
  const common = sectionOf('docs/commands.md', '## Options of all commands but `sandbox`');
  const isDocumented = (option: string) => `${own}${common}`.includes(option);
  expect(options.filter((option) => !isDocumented(option))).toEqual([]);
});

interface Ran {
  output: string;
  status: string;
}

const absent = 'absent';
const startOfCommand = '\u001e';
const endOfCommand = '\u001f';

/**
 * Runs a document's commands one after another in one bash, as a reader would. `gopackgo sandbox` keeps running in the
 * background, as in a second terminal, until the next one or the end.
 */
async function runAll(project: Project, commands: readonly Command[], beforehand: string): Promise<Ran[]> {
  await mkdir(project.path('scripts'));
  for (const file of ['scripts/gopackgo', 'scripts/demo-account.json']) {
    await symlink(join(root, file), project.path(file));
  }
  const packer = await packerOfTests();
  const script = project.path('commands.sh');
  await writeFile(
    script,
    [prologue, beforehand, ...commands.map(({ command }) => step(command)), 'end_sandbox'].join('\n'),
  );
  const child = spawn('bash', ['--noprofile', '--norc', script], {
    cwd: project.folder,
    env: {
      PATH: [project.path('scripts'), dirname(packer.path), process.env.PATH].join(':'),
      HOME: project.folder,
      LANG: 'C.UTF-8',
      PACKER: packer.path,
      ...(packer.pluginFolder === undefined ? {} : { PACKER_PLUGIN_PATH: packer.pluginFolder }),
      AWS_EC2_METADATA_DISABLED: 'true',
      CHECKPOINT_DISABLE: '1',
      NODE_COMPILE_CACHE: compiled,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 600_000,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => {
    text += more;
  });
  await once(child, 'close');
  return text
    .split(startOfCommand)
    .slice(1)
    .map((part) => {
      const [output = '', status = 'it did not end'] = part.split(endOfCommand);
      return { output, status: status.split('\n')[0] ?? '' };
    });
}

const prologue = `
exec 2>&1
status=0
end_sandbox() { if [ -n "\${sandbox:-}" ]; then kill -INT "$sandbox"; wait "$sandbox"; sandbox=; fi; }
trap end_sandbox EXIT
`;

const playedAws = `
mkdir aws
(cd aws && exec gopackgo sandbox >../aws.env 2>../aws.err) & aws=$!
trap 'end_sandbox; kill -INT "$aws"; wait "$aws"' EXIT
for turn in $(seq 300); do grep -q 'sandbox runs at' aws.err && break; sleep 0.1; done
. ./aws.env
`;

function step(command: string): string {
  const [, check] = others.find(([pattern]) => pattern.test(command)) ?? [];
  const start = `printf '${startOfCommand}'`;
  const end = (status: string) => `printf '${endOfCommand}%s\\n' ${status}`;
  if (/^gopackgo sandbox(?! reset)/.test(command)) {
    return [
      'end_sandbox',
      `${command} 2>"$HOME/sandbox.err" & sandbox=$!`,
      `for turn in $(seq 300); do grep -q 'sandbox runs at' "$HOME/sandbox.err" && break; sleep 0.1; done`,
      start,
      `cat "$HOME/sandbox.err"; ${end('0')}`,
    ].join('\n');
  }
  const run = `${start}; (exit "$status")\n${command}\nstatus=$?; ${end('"$status"')}`;
  return check === undefined
    ? run
    : `if ${check} >/dev/null 2>&1; then\n${run}\nelse ${start}; ${end(absent)}; fi`;
}

/** Without parts that differ from run to run: ids of new resources, seconds, ports, the widths of columns. */
const alike = (output: string): string =>
  output
    .replace(/\b(ami|snap)-[0-9a-f]{17}\b/g, '$1-ID')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/(?<![\d.])\d+\.\d\b(?!\.)/g, 'SECONDS')
    .replace(/took [^.\n]*\./g, 'took SECONDS.')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/gm, '')
    .trim();

/** `…` on its own line stands for any lines, within a line for any text. */
function patternOf(shown: string[]): RegExp {
  const lines = alike(shown.join('\n')).split('\n');
  const sources = lines.map((line) => (line === '…' ? '(?:.*\\n)*?' : `${literal(line)}\\n`));
  return new RegExp(`^${sources.join('')}$`);
}

const literal = (line: string): string =>
  line
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');

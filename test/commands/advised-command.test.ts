import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { advisedCommand } from '../../src/commands/advised-command.ts';
import { workingFolder } from '../support/command-line.ts';
import { webConfig } from '../support/releases.ts';

const web = { name: 'web', file: 'configs/web.json' };

it("targets the same AWS as the run: its sandbox, the sandbox's account, its profile", () => {
  const said = (args: Parameters<typeof advisedCommand>[0]) => advisedCommand(args, web)('releases', 'web');
  expect([
    said({ sandbox: false }),
    said({ sandbox: false, profile: 'my own' }),
    said({ sandbox: true }),
    said({ sandbox: true, sandboxUrl: 'http://127.0.0.1:4566' }),
    said({ sandbox: true, sandboxAccount: 'my account.json', profile: 'ignored there' }),
  ]).toEqual([
    'gopackgo releases web',
    "gopackgo releases web --profile 'my own'",
    'gopackgo releases web --sandbox',
    'gopackgo releases web --sandbox-url http://127.0.0.1:4566',
    "gopackgo releases web --sandbox --sandbox-account 'my account.json'",
  ]);
});

it('names the config by its path, and has the variables of the run if the command accepts them', () => {
  const args = {
    sandbox: true,
    variables: { stage: "it's", sizes: ['a', 'b'] },
    variableFiles: ['vars/all.json'],
    acceptMixed: true,
    runLocal: true,
  };
  const command = advisedCommand(args, { name: 'web', file: 'my configs/web.json' });
  const vars = String.raw`--var-file vars/all.json --var 'stage=it'\''s' --var 'sizes=["a","b"]'`;
  expect([
    command('publish', 'web@1.0.0'),
    command('status', 'web@1.0.0'),
    command('yank', 'web@1.0.0', '--undo'),
    command('cleanup', 'web@1.0.0'),
    command('cleanup', 'web@1.0.0', '--restore'),
  ]).toEqual([
    `gopackgo publish 'my configs/web.json@1.0.0' --sandbox ${vars} --accept-mixed --run-local`,
    `gopackgo status 'my configs/web.json@1.0.0' --sandbox ${vars} --accept-mixed`,
    `gopackgo yank 'my configs/web.json@1.0.0' --sandbox ${vars} --undo`,
    "gopackgo cleanup 'my configs/web.json@1.0.0' --sandbox",
    `gopackgo cleanup 'my configs/web.json@1.0.0' --sandbox ${vars} --restore`,
  ]);
});

it('repeats the speed of the sandbox where a command has it', () => {
  const command = advisedCommand({ sandbox: true, sandboxSpeed: 'real' }, web);
  expect([
    command('publish', 'web@1.0.0'),
    command('publish', 'base@1.0.0'),
    command('status', 'web'),
  ]).toEqual([
    'gopackgo publish web@1.0.0 --sandbox --sandbox-speed real',
    'gopackgo publish base@1.0.0 --sandbox --sandbox-speed real',
    'gopackgo status web --sandbox',
  ]);
  expect(advisedCommand({ sandbox: false, sandboxSpeed: 'real' }, web)('plan', 'web')).toBe(
    'gopackgo plan web',
  );
});

it('has no variables for another publication', () => {
  const command = advisedCommand({ sandbox: true, variables: { stage: 'test' } }, web);
  expect(command('publish', 'web-base@2.0.0')).toBe('gopackgo publish web-base@2.0.0 --sandbox');
});

it('is built in only one place', () => {
  const verbs = 'cleanup|doctor|export|generate|plan|promote|publish|releases|status|yank';
  const written = new RegExp(`gopackgo (?:${verbs}) \\$\\{`);
  const files = globSync('src/**/*.ts', { cwd: new URL('../..', import.meta.url) });
  expect(files.length).toBeGreaterThan(100);
  const own = files.filter((file) =>
    written.test(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')),
  );
  expect(own).toEqual([]);
});

it('appears in refusals, findings and hints of a rehearsal', async () => {
  const variables = { stage: null, pin: { secret: true } };
  const parameters = ['/{var.stage}/web/{version}/{image}'];
  const folder = workingFolder({ web: webConfig('1.0.0', { variables, parameters }) });
  const given = ['--var', 'stage=a-b'];
  const options = "--sandbox --var 'stage=a-b'";
  const cases: [words: string[], exit: number, says: string][] = [
    [['promote', 'web', ...given], 2, `gopackgo releases web ${options} lists them.`],
    [['promote', 'web@1.0.0', ...given], 4, `gopackgo releases web ${options} lists all releases.`],
    [['yank', 'web@1.0.0', '--undo', ...given], 4, `gopackgo releases web ${options} lists all releases.`],
    [['cleanup', 'web@1.0.0', '--restore', ...given], 4, `gopackgo releases web ${options} lists all`],
    [['status', 'configs/web.json', ...given], 5, `gopackgo publish web@1.0.0 ${options} makes it.`],
    [['cleanup', 'web@1.0.0'], 0, 'gopackgo releases web --sandbox   lists all releases'],
    [['cleanup', 'web'], 2, 'gopackgo cleanup web@VERSION --sandbox  '],
  ];
  for (const [words, exit, says] of cases) {
    const done = await folder.run(...words);
    expect([done.exit, done.stdout + done.stderr]).toEqual([exit, expect.stringContaining(says)]);
  }
  const secret = await folder.run('promote', 'web', ...given, '--var', 'pin=1234');
  expect([secret.exit, secret.stderr]).toEqual([
    2,
    expect.stringContaining(`gopackgo releases web ${options} lists them.`),
  ]);
});

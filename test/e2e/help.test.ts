import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';

let project: Project;
beforeAll(async () => {
  project = await newProject();
});
afterAll(() => project.remove());

const recorder = new URL('loaded-modules.mjs', import.meta.url);
/** Modules that take long to load and that help does not need. */
const heavy = {
  'the AWS SDK': /\/node_modules\/@(?:aws-sdk|smithy)\//,
  'the sandbox': /\/dist\/sandbox\//,
  ssh2: /\/node_modules\/ssh2\//,
};

async function loaded(...words: string[]) {
  const list = project.path('loaded');
  await rm(list, { force: true });
  const run = await project.run(words, { NODE_OPTIONS: `--import ${recorder.href}`, LOADED_MODULES: list });
  const urls = (await readFile(list, 'utf8')).trimEnd().split('\n');
  const names = Object.entries(heavy).flatMap(([name, pattern]) =>
    urls.some((url) => pattern.test(url)) ? [name] : [],
  );
  return { run, urls, names };
}

describe('the command line loads', () => {
  it.each([[['--help']], [['--version']], [['publish', '--help']]])('nothing heavy for %j', async (words) => {
    const { run, urls, names } = await loaded(...words);
    expect(run.exit, run.stderr).toBe(0);
    expect(urls.filter((url) => url.endsWith('/dist/src/cli.js'))).toHaveLength(1);
    expect(names).toEqual([]);
  });

  it('yargs, which takes longer than the rest, for a command but not for help', async () => {
    const hasYargs = async (...words: string[]) =>
      (await loaded(...words)).urls.some((url) => url.includes('/node_modules/yargs/'));
    expect(await hasYargs('--help')).toBe(false);
    expect(await hasYargs('publish', '--help')).toBe(false);
    expect(await hasYargs('publish', 'nowhere')).toBe(true);
  });

  it('all heavy modules for a plan in the sandbox, so that the list above can be wrong', async () => {
    const { run, names } = await loaded('plan', 'test-ebs', '--sandbox');
    expect(run.exit, run.stderr).toBe(0);
    expect(names).toEqual(Object.keys(heavy));
  });
});

describe('help', () => {
  it('is shown by "help" and by gopackgo alone, and "version" shows the version', async () => {
    const [overview, help, alone, publish, helpPublish, version, option] = await Promise.all(
      [['--help'], ['help'], [], ['publish', '-h'], ['help', 'publish'], ['version'], ['--version']].map(
        (words) => project.run(words),
      ),
    );
    expect(help).toEqual(overview);
    expect([alone?.exit, alone?.stdout]).toEqual([2, '']);
    expect(alone?.stderr.startsWith(overview?.stdout ?? '-')).toBe(true);
    expect(helpPublish).toEqual(publish);
    expect(version).toEqual(option);
    expect(version?.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('of a command explains its arguments, its exit statuses, and how to call it', async () => {
    const { stdout } = await project.run(['publish', '--help']);
    expect(stdout).toMatch(/^ +\[publication\] +The name of a file in configs\/.*NAME@VERSION/m);
    expect(stdout).toMatch(/^ +--only PATTERN +/m);
    expect(stdout).toMatch(/^ +--parallel N +.*\(default: 8\)/m);
    expect(stdout).toMatch(/^Examples:\n +gopackgo publish /m);
    expect(stdout).toMatch(/^ +4 +refused/m);
  });
});

const options = (text: string): string[] => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]*/g))].sort();

const help = async (...words: string[]): Promise<string> => {
  const run = await project.run([...words, '--help']);
  expect(run.exit, run.stderr).toBe(0);
  return run.stdout;
};

/** The options that a command's help lists, at the beginning of a line. */
const listed = async (command: string): Promise<string[]> => {
  const lines = (await help(command)).match(/^ +(?:-\w, )?--[a-z][a-z-]*/gm) ?? [];
  return options(lines.join('\n'));
};

describe('help and docs/commands.md say the same', async () => {
  const page = await readFile(new URL('../../docs/commands.md', import.meta.url), 'utf8');
  const [overview = '', ...sections] = page.split(/^## /m);
  const section = (heading: string): string => {
    const found = sections.find((text) => text.startsWith(`${heading}\n`));
    if (found === undefined) throw new Error(`docs/commands.md has no "## ${heading}"`);
    return found;
  };
  /** The options in the first cells of tables. */
  const inTables = (text: string): string[] =>
    options((text.match(/^\| (?:[^|\\]|\\.)*/gm) ?? []).join('\n'));
  const commands = [...overview.matchAll(/^\| \[`(\w+)/gm)].map(([, command = '']) => command);
  const common = (command: string): string =>
    command === 'sandbox' ? '| --help --version |' : section('Options of all commands but `sandbox`');

  it('docs/commands.md lists every command that help lists', async () => {
    const inHelp = (await help()).matchAll(/^ {2}gopackgo (\w+)/gm);
    expect([...inHelp].map(([, command]) => command).sort()).toEqual(commands.toSorted());
    expect(commands).toContain('publish');
  });

  it.each(commands)('the page has every option of %s', async (command) => {
    const own = section(command);
    const known = options(`${overview.match(`\\[\`${command} .*`)}${common(command)}${own}`);
    expect((await listed(command)).filter((option) => !known.includes(option))).toEqual([]);
  });

  it.each(commands)('%s has every option that the page lists for it', async (command) => {
    const notFor: Record<string, string[]> = {
      generate: ['--only', '--except', '--json'],
      export: ['--json'],
      releases: ['--only', '--except'],
      yank: ['--only', '--except'],
      cleanup: ['--var', '--var-file'],
    };
    const elsewhere = notFor[command] ?? [];
    const given = [...inTables(common(command)), ...inTables(section(command))];
    const has = await listed(command);
    expect(has).toContain('--help');
    expect(given.filter((option) => !has.includes(option) && !elsewhere.includes(option))).toEqual([]);
  });
});

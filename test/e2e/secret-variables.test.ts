// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL's and the shell's, and the subject of the tests
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formsOf } from '../../src/lib/hide-secrets.ts';
import { watchProcesses } from './argument-lists.ts';
import { resultOf } from './events.ts';
import { newProject, type Project, type Run, type RunningSandbox } from './project.ts';

/** Characters that HCL, JSON, a shell or Packer's log might trip over. */
const token = 'to"ken ${build.ID} %{x} \\n é $HOME `id`';
const other = 'another-secret-1234';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
  await project.config('test-ebs', (config) => {
    config.variables = { token: { secret: true }, other: { secret: true }, accounts: { type: 'list' } };
    config.share = { accounts: ['{var.accounts}'] };
    config.provisioners = [
      { type: 'shell', environment_vars: ['TOKEN={var.token}', 'PLAIN=x'], inline: ['true'] },
      { type: 'shell', inline: ["cat <<'END'", '{var.token}', 'END', 'echo {var.other}'] },
    ];
  });
});
afterAll(() => project.remove());

/** The builder's disk, and the commands run there: in the sandbox's folder these belong to the builder. */
const ofBuilder = (file: string) =>
  file === 'secrets.json' || /\/instances\/[^/]+\/(?:files\/|commands\.ndjson$)/.test(file);

/** Every file below the folder that contains one of the secrets, in any form, and everything else that shows it. */
async function leaks(run: Run, commands: Iterable<string>, allowed = ofBuilder): Promise<string[]> {
  const entries = await readdir(project.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const places: [string, string][] = [
    ['stdout', run.stdout],
    ['stderr', run.stderr],
    ...[...commands].map((command): [string, string] => ['an argument list', command]),
  ];
  for (const file of files) places.push([relative(project.folder, file), await readFile(file, 'utf8')]);
  for (const needed of ['plan.json', 'us-east-1.pkr.json', 'calls.ndjson', 'events.ndjson', '/log']) {
    expect(
      files.some((file) => file.endsWith(needed)),
      needed,
    ).toBe(true);
  }
  const forms = [token, other].flatMap(formsOf);
  return places
    .filter(([place, text]) => !allowed(place) && forms.some((form) => text.includes(form)))
    .map(([place]) => place);
}

const environment = { GOPACKGO_VAR_token: token, GOPACKGO_VAR_accounts: '210987654321,056342137115' };

async function published(...words: string[]) {
  const { ended } = project.start(
    ['publish', 'test-ebs', '--sandbox', '--only', '2404-hvm', ...words],
    environment,
  );
  const [run, seen] = await Promise.all([
    ended,
    platform() === 'linux' ? watchProcesses(project.folder, ended) : { commands: [] },
  ]);
  return { run, commands: seen.commands };
}

describe('a secret variable', () => {
  beforeAll(() => writeFile(project.path('secrets.json'), JSON.stringify({ other })));

  it('is not needed for a plan, which says so; publish requires it before anything else', async () => {
    const plan = await project.run(['plan', 'test-ebs', '--sandbox', '--json'], {
      ...environment,
      GOPACKGO_VAR_token: '',
    });
    expect(plan.exit, plan.stderr).toBe(0);
    expect(plan.stderr).toContain(
      'publish also needs GOPACKGO_VAR_token, GOPACKGO_VAR_other in its environment, or a file with --var-file',
    );
    expect(JSON.parse(plan.stdout)).toMatchObject({
      secrets: ['other', 'token'],
      sharing: { accounts: ['056342137115', '210987654321'] },
    });
    const { run } = await published('--yes');
    expect(run.stderr).toMatch(/^configs\/test-ebs\.json: variables\.other: expected a value, found none\./);
    expect(run.exit).toBe(2);
  });

  it('reaches the builder as the same bytes, and is nowhere else', async () => {
    const reviewed = ['plan', 'test-ebs', '--sandbox', '--only', '2404-hvm', '--out', 'reviewed.json'];
    expect(await project.run(reviewed, environment)).toMatchObject({ exit: 0 });
    const { run, commands } = await published('--yes', '--json', '--var-file', 'secrets.json');
    expect(run.exit, run.stderr).toBe(0);
    expect(resultOf(run).next?.[0]).toContain('--var-file secrets.json');
    expect(await leaks(run, commands)).toEqual([]);
    const instances = project.path('.gopackgo/sandbox/state/instances');
    const files = (await readdir(instances, { recursive: true })).filter((file) =>
      /\/tmp\/script_/.test(file),
    );
    const scripts = await Promise.all(files.map((file) => readFile(join(instances, file), 'utf8')));
    expect(
      scripts
        .find((text) => text.includes('END'))
        ?.split('\n')
        .slice(1),
    ).toEqual(["cat <<'END'", token, 'END', `echo ${other}`, '']);
    const records = (await readdir(instances, { recursive: true })).filter((file) =>
      file.endsWith('commands.ndjson'),
    );
    const ran = await Promise.all(records.map((file) => readFile(join(instances, file), 'utf8')));
    expect(ran.join()).toContain(JSON.stringify(`TOKEN='${token}'`).slice(1, -1));
  });

  it('is not part of the recipe: another value gives the same AMI', async () => {
    const status = await project.run(['status', 'test-ebs', '--sandbox', '--only', '2404-hvm', '--json'], {
      GOPACKGO_VAR_accounts: '210987654321,056342137115',
    });
    expect(JSON.parse(status.stdout).targets).toMatchObject([{ status: 'verified' }]);
    const cleaned = await project.run(['cleanup', 'test-ebs@1.0.0', '--sandbox', '--yes']);
    expect(cleaned.exit, cleaned.stderr).toBe(0);
  });

  it('is masked in the log and on the screen if a script prints it and fails', async () => {
    await sandbox.addFaults([
      { on: 'ssh', command: 'PLAIN=', times: 0, does: { exit: 9, stderr: `${token}\nand ${other}\n` } },
    ]);
    const { run, commands } = await published('--yes', '--var-file', 'secrets.json');
    expect(run.exit).toBe(1);
    expect(run.stderr).toContain('exit status: 9');
    const isPlanted = (file: string) => ofBuilder(file) || file.endsWith('faults.json');
    expect(await leaks(run, commands, isPlanted)).toEqual([]);
  });

  it('is passed again with a reviewed plan, in a file or the environment', async () => {
    const words = ['publish', 'test-ebs', '--sandbox', '--plan', 'reviewed.json'];
    const without = await project.run(words, environment);
    expect(without.stderr).toMatch(/variables\.other: expected a value, found none\./);
    expect(without.exit).toBe(2);
    const changed = await project.run([...words, '--var-file', 'secrets.json', '--json'], {
      ...environment,
      GOPACKGO_VAR_accounts: '',
    });
    // Up to the build, which fails: the accounts are those of the plan, whatever the environment says now.
    expect(changed.exit, changed.stderr).toBe(1);
  });
});

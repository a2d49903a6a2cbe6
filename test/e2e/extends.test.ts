import { globSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { parse } from 'jsonc-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from './events.ts';
import { newProject, type Project } from './project.ts';

let project: Project;

/** A baseline outside of `configs/`, with its script beside it, and two environments that extend it. */
const baseline = (regions = ['us-east-1']) => ({
  amiName: '{publication} {version} {image}',
  account: '123456789012',
  regions,
  images: [{ name: '2404', base: { ubuntu: '2404' }, builder: { instance_type: 'm5.large' } }],
  provisioners: [{ type: 'shell', script: 'setup.sh', environment_vars: ['STAGE={publication}'] }],
  share: { accounts: ['210987654321'] },
});

const write = (file: string, config: unknown) =>
  writeFile(project.path(file), typeof config === 'string' ? config : JSON.stringify(config, null, 2));

beforeAll(async () => {
  project = await newProject();
  await project.sandbox();
  await mkdir(project.path('shared'));
  await write('shared/baseline.json', baseline());
  await write('shared/setup.sh', 'echo from the baseline\n');
  await write('configs/web.json', { extends: '../shared/baseline.json', version: '1.0.0' });
  await write('configs/web-staging.json', { extends: './web.json', share: null });
});
afterAll(() => project.remove());

const run = (...words: string[]) => project.run([...words, '--sandbox']);

describe('a config that extends another', () => {
  it('is published under its own name, with the scripts of its base', async () => {
    const staging = await run('publish', 'web-staging', '--yes', '--json');
    expect(staging.exit, staging.stderr).toBe(0);
    expect(resultOf(staging)).toMatchObject({
      release: 'web-staging@1.0.0',
      targets: [{ status: 'verified' }],
    });
    const production = await run('publish', 'web', '--yes', '--json');
    expect(production.exit, production.stderr).toBe(0);
    expect(resultOf(production)).toMatchObject({ release: 'web@1.0.0', targets: [{ status: 'shared' }] });
    const scripts = globSync(project.path('.gopackgo/sandbox/state/instances/*/files/tmp/script_*'));
    expect(scripts.map((file) => readFileSync(file, 'utf8'))).toEqual(
      Array(2).fill('echo from the baseline\n'),
    );
  });

  it('is merged for status, cleanup and a reviewed plan, too', async () => {
    const status = await run('status', 'web-staging', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({
      release: 'web-staging@1.0.0',
      targets: [{ status: 'verified' }],
    });
    const planned = await run('plan', 'web-staging@1.1.0', '--out', 'plan.json');
    expect(planned.exit, planned.stderr).toBe(0);
    await write('shared/baseline.json', baseline(['us-east-1', 'us-east-2']));
    const changed = await run('publish', 'web-staging@1.1.0', '--plan', 'plan.json');
    expect(changed.stderr).toContain('us-east-2-2404: is new');
    expect(changed.exit).toBe(4);
    const cleaned = await run('cleanup', 'web-staging@1.0.0', '--yes');
    expect(cleaned.exit, cleaned.stderr).toBe(0);
  });

  it('has its mistakes reported with the file and the line that they are in', async () => {
    await write('configs/wrong.json', {
      extends: './web.json',
      provisioners: [{ type: 'shell', script: 'setup.sh' }],
    });
    const own = await run('plan', 'wrong');
    expect(own.stderr).toContain(
      'configs/wrong.json:6: provisioners[0].script: expected a file that can be read',
    );
    await write('shared/baseline.json', {
      ...baseline(),
      images: [{ ...baseline().images[0], base: { ubuntu: '1704' } }],
    });
    const base = await run('plan', 'web');
    expect(base.stderr).toMatch(
      /^shared\/baseline\.json:11: images\[0\]\.base\.ubuntu: expected a Canonical image/,
    );
    await write('shared/baseline.json', {
      ...baseline(),
      images: [{ ...baseline().images[0], builder: { instance_type: 'm5.large', boot_mod: 'uefi' } }],
    });
    const packer = await run('publish', 'web@2.0.0', '--yes');
    expect(packer.stderr).toMatch(/^shared\/baseline\.json:15: images\[0\]\.builder\.boot_mod: /m);
    expect(packer.exit).toBe(2);
  });

  it('extends a file that only serves as a base, and is no publication', async () => {
    await write('configs/base.json', { regions: ['us-east-1'] });
    const unknown = await run('plan', 'webb');
    expect(unknown.stderr).toContain(
      'There are: official, test-ebs, test-instance, web, web-staging, wrong.',
    );
  });
});

it('names the file and the line of a value that a check refuses or Packer rejects', async () => {
  await write('configs/checked.json', { extends: '../shared/baseline.json', version: '1.0.0' });
  const refusedIn = async (builder: object) => {
    const image = { name: '2404', base: { ubuntu: '2404' }, builder };
    await write('shared/baseline.json', { ...baseline(), images: [image] });
    const lines = JSON.stringify({ ...baseline(), images: [image] }, null, 2).split('\n');
    const line = 1 + lines.findIndex((one) => one.includes(Object.keys(builder).at(-1) ?? ''));
    return { run: await run('plan', 'checked'), at: `shared/baseline.json:${line}: images[0].builder.` };
  };
  const offered = await refusedIn({ instance_type: 'm5.huge' });
  expect(offered.run.stdout).toContain(`refused: us-east-1: ${offered.at}instance_type: instance type: `);
  expect(offered.run.exit).toBe(4);
  const unknown = await refusedIn({ instance_type: 'm5.large', instance_typo: 'm5.large' });
  expect(unknown.run.stdout).toContain(`refused: ${unknown.at}instance_typo: packer validate: `);
  expect(unknown.run.exit).toBe(2);
});

describe('plan --show-config', () => {
  const show = (...words: string[]) => project.run(['plan', 'shown', '--show-config', ...words]);
  beforeAll(async () => {
    await write('shared/baseline.json', baseline());
    await write(
      'configs/shown.json',
      '{\n  "extends": "../shared/baseline.json",\n  "version": "3",\n  "share": null\n}\n',
    );
  });

  it('shows the merged config, with the file and the line of each value, without asking for credentials', async () => {
    const { exit, stdout, stderr } = await show();
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toContain('  "version": "3" // configs/shown.json:3\n');
    expect(stdout).toContain('  "account": "123456789012", // shared/baseline.json:3\n');
    expect(stdout).toContain('      "script": "../shared/setup.sh", // shared/baseline.json:');
    expect(stdout).not.toContain('share"');
  });

  it('shows a config that makes the same release', async () => {
    const { stdout } = await show();
    await write('configs/again.json', stdout);
    const again = await project.run(['plan', 'again', '--show-config', '--json']);
    const shown = await show('--json');
    const { config, origins, ...about } = JSON.parse(shown.stdout);
    expect(about).toEqual({ type: 'config', format: 2, publication: 'shown', file: 'configs/shown.json' });
    expect(JSON.parse(again.stdout).config).toEqual(config);
    expect(parse(stdout)).toEqual(config);
    expect(origins['images[0].base.ubuntu']).toEqual({ file: 'shared/baseline.json', line: 11 });
  });

  it('refuses a wrong config', async () => {
    await write('configs/shown.json', { extends: '../shared/baseline.json', version: 3 });
    const { exit, stdout, stderr } = await show();
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(/^configs\/shown\.json:3: version: expected a version in quotes/);
  });

  it('cannot be combined with --out', async () => {
    const { exit, stderr } = await show('--out', 'plan.json');
    expect(stderr).toMatch(/^--out and --show-config: expected one of them, found both/);
    expect(exit).toBe(2);
  });
});

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { carriedOut, holdExercised } from '../referees/exercised.ts';
import { packersAgent } from './faults.ts';
import { newProject, type Project } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** Other versions of Packer call other operations. */
const isPacker166 = (): boolean =>
  spawnSync(process.env.PACKER ?? 'packer', ['version'], { encoding: 'utf8' }).stdout.includes('v1.6.6');

const lastLine = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');

describe('publish test-ebs with real Packer', () => {
  it('builds two AMIs, says where everything is, and makes nothing the second time', async () => {
    const sandbox = await project.sandbox();
    const first = await project.run(['publish', 'test-ebs', '--sandbox', '--yes']);
    expect(first.exit, first.stderr).toBe(0);
    const state = await stateOf(sandbox.clients);
    expect(state.amis.map(({ name, state: now }) => [name, now])).toEqual([
      ['gopackgo test-ebs 1.0.0 2204-hvm', 'available'],
      ['gopackgo test-ebs 1.0.0 2404-hvm', 'available'],
    ]);
    expect(state.leftovers).toEqual([]);
    for (const { id } of state.amis) expect(first.stdout).toContain(id);
    expect(first.stdout).toContain('.gopackgo/sandbox/releases/test-ebs@1.0.0');

    const calls = await sandbox.calls();
    const second = await project.run(['publish', 'test-ebs', '--sandbox', '--yes']);
    expect(second.exit, second.stderr).toBe(0);
    for (const { id } of state.amis) expect(second.stdout).toContain(id);
    const since = (await sandbox.calls()).slice(calls.length).map(({ operation }) => operation);
    expect(since.filter((operation) => !/^(Describe|Get)/.test(operation))).toEqual([]);
    expect(await stateOf(sandbox.clients)).toEqual(state);

    const byPacker = calls.filter(({ userAgent }) => userAgent.includes(packersAgent));
    expect(byPacker.map(({ operation }) => operation)).toContain('CreateImage');
    if (isPacker166()) await holdExercised('packer', 'Packer 1.6.6, publishing', carriedOut(byPacker));
  });

  it("keeps the sandbox's state between commands if no sandbox runs", async () => {
    const published = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json']);
    expect(published.exit, published.stderr).toBe(0);
    const result = lastLine(published.stdout);
    const status = await project.run(['status', 'test-ebs', '--sandbox', '--json']);
    expect(status.exit, status.stderr).toBe(0);
    const { targets } = JSON.parse(status.stdout);
    expect(targets).toEqual([
      expect.objectContaining({
        name: 'us-east-1-2204-hvm',
        status: 'verified',
        ami: result.targets[0].ami,
      }),
      expect.objectContaining({
        name: 'us-east-1-2404-hvm',
        status: 'verified',
        ami: result.targets[1].ami,
      }),
    ]);
    const reset = await project.run(['sandbox', 'reset']);
    expect(reset.exit, reset.stderr).toBe(0);
    const empty = JSON.parse((await project.run(['status', 'test-ebs', '--sandbox', '--json'])).stdout);
    expect(empty.targets.map(({ status }: { status: string }) => status)).toEqual(['absent', 'absent']);
  });

  it('works as against AWS, with the environment that the sandbox prints, without --sandbox', async () => {
    const sandbox = await project.sandbox();
    const run = await project.run(['publish', 'test-ebs', '--yes', '--json'], sandbox.environment);
    expect(run.exit, run.stderr).toBe(0);
    expect((await stateOf(sandbox.clients)).amis).toHaveLength(2);
    expect(lastLine(run.stdout).folder).toBe('.gopackgo/test-ebs@1.0.0');
  });

  it('builds only selected targets', async () => {
    const sandbox = await project.sandbox();
    const only = await project.run([
      'publish',
      'test-ebs',
      '--sandbox',
      '--yes',
      '--only',
      '2404-*',
      '--json',
    ]);
    expect(only.exit, only.stderr).toBe(0);
    expect((await stateOf(sandbox.clients)).amis.map(({ name }) => name)).toEqual([
      'gopackgo test-ebs 1.0.0 2404-hvm',
    ]);
    const except = await project.run(['plan', 'test-ebs', '--sandbox', '--json', '--except', '2404-hvm']);
    expect(JSON.parse(except.stdout).targets.map(({ name }: { name: string }) => name)).toEqual([
      'us-east-1-2204-hvm',
    ]);
  });

  it('pins the base image: a newer one in SSM does not change a release that was started, with or without .gopackgo/', async () => {
    const sandbox = await project.sandbox();
    await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--only', '2204-hvm']);
    const [first] = (await stateOf(sandbox.clients)).amis;
    const plan = JSON.parse((await project.run(['plan', 'test-ebs', '--sandbox', '--json'])).stdout);
    expect(plan.targets[0].base).toMatchObject({
      owner: '099720109477',
      via: 'ssm',
      id: expect.stringMatching(/^ami-/),
    });
    expect(first?.tags['gopackgo:base']).toBe(`099720109477/${plan.targets[0].base.name}`);
  });
});

describe('the AMIs are shared with', () => {
  const friend = '210987654321';
  it('exactly the accounts of the config: snapshots first, then read back, and later revoked', async () => {
    const sandbox = await project.sandbox();
    await project.config('test-ebs', (config) => {
      config.share = { accounts: [friend] };
    });
    const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json']);
    expect(run.exit, run.stderr).toBe(0);
    expect(lastLine(run.stdout)).toMatchObject({
      shared: true,
      targets: [{ status: 'shared' }, { status: 'shared' }],
    });
    const order = (await sandbox.calls())
      .map(({ operation }) => operation)
      .filter((name) => /^Modify.*Attribute/.test(name));
    expect(order).toEqual([
      'ModifySnapshotAttribute',
      'ModifySnapshotAttribute',
      'ModifyImageAttribute',
      'ModifyImageAttribute',
    ]);
    await project.config('test-ebs', (config) => {
      config.share = { accounts: [] };
    });
    const again = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json']);
    expect(again.exit, again.stderr).toBe(0);
    expect(lastLine(again.stdout).targets).toMatchObject([{ status: 'verified' }, { status: 'verified' }]);
    const state = await stateOf(sandbox.clients);
    const { launchPermission } = await import('../../src/aws/images.ts');
    for (const { id } of state.amis) {
      expect(await launchPermission(sandbox.clients, 'us-east-1', id)).toEqual({
        ok: true,
        value: { public: false, accounts: [], others: [] },
      });
    }
  });

  it('nobody if a selection leaves a required target unbuilt', async () => {
    const sandbox = await project.sandbox();
    await project.config('test-ebs', (config) => {
      config.share = { accounts: [friend] };
    });
    const run = await project.run([
      'publish',
      'test-ebs',
      '--sandbox',
      '--yes',
      '--only',
      '2204-hvm',
      '--json',
    ]);
    expect(run.exit, run.stderr).toBe(0);
    expect(lastLine(run.stdout)).toMatchObject({ shared: false, targets: [{ status: 'verified' }] });
    expect((await sandbox.calls()).filter(({ operation }) => /^Modify.*Attribute/.test(operation))).toEqual(
      [],
    );
  });
});

describe('on the instance arrives', () => {
  it('a provisioner exactly as it was written', async () => {
    await project.sandbox();
    const inline = [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
      'echo "${HOME}" $HOME `id` \'single\' "double"',
      'printf "%{x} %%{y} 100%\\n" # {version}',
      'echo "Grüße 世界 $${A} %%{B}"; echo "tab\there"',
    ];
    await project.config('test-ebs', (config) => {
      config.provisioners = [{ type: 'shell', inline }];
    });
    const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--only', '2404-hvm']);
    expect(run.exit, run.stderr).toBe(0);
    const files = globSync(project.path('.gopackgo/sandbox/state/instances/*/files/tmp/script_*'));
    expect(files).toHaveLength(1);
    const arrived = await readFile(files[0] ?? '', 'utf8');
    expect(arrived).toBe(`#!/bin/sh -e\n${inline.join('\n').replace('{version}', '1.0.0')}\n`);
  });
});

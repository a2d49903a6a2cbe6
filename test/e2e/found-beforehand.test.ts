import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newProject, type Project, type Run } from './project.ts';

let project: Project;
let asked: Awaited<ReturnType<Project['sandbox']>>;

beforeAll(async () => {
  project = await newProject();
  asked = await project.sandbox();
});
afterAll(() => project.remove());

type Config = Record<string, unknown>;
const image = { name: '2404', base: { ubuntu: '2404' } };
const withBuilder = (builder: Config, more: Config = {}): Config => ({
  images: [{ ...image, builder: { instance_type: 't3.large', ...builder } }],
  ...more,
});

async function plan(name: string, config: Config, environment: Record<string, string> = {}): Promise<Run> {
  await project.config(name, (whole) => {
    for (const key of Object.keys(whole)) delete whole[key];
    Object.assign(whole, {
      version: '1.0.0',
      amiName: `${name} {version} {image}`,
      regions: ['us-east-1', 'eu-west-1'],
      images: [{ ...image, builder: { instance_type: 't3.large' } }],
      provisioners: [{ type: 'shell', inline: ['true'] }],
      ...config,
    });
  });
  return project.run(['plan', name, '--sandbox'], environment);
}

const launches = async () => (await asked.calls()).filter(({ operation }) => operation === 'RunInstances');

/** A Packer that writes down what it is asked, beside itself. */
async function recordingPacker(): Promise<{ path: string; asked(): Promise<string[]> }> {
  const path = project.path('packer that records');
  const log = `${path}.log`;
  await writeFile(path, `#!/bin/sh\necho "$1" >> '${log}'\nexec ${process.env.PACKER ?? 'packer'} "$@"\n`);
  await chmod(path, 0o755);
  await rm(log, { force: true });
  return { path, asked: async () => (await readFile(log, 'utf8')).trim().split('\n') };
}

describe('packer validate', () => {
  it.each<[string, Config, string]>([
    [
      'an unknown option',
      withBuilder({ boot_mod: 'uefi' }),
      'images[0].builder.boot_mod: packer validate: expected what Packer ',
    ],
    [
      'a value that is none of an option',
      withBuilder({ launch_block_device_mappings: [{ device_name: '/dev/sda1', volume_size: 'big' }] }),
      'images[0].builder.launch_block_device_mappings[0].volume_size: packer validate: ',
    ],
    [
      'an option of a region',
      { regions: { 'us-east-1': { subnet: 'x' } } },
      'regions.us-east-1.subnet: packer validate: ',
    ],
    [
      'an unknown provisioner',
      {
        provisioners: [
          { type: 'shell', inline: ['true'] },
          { type: 'shel', inline: ['true'] },
        ],
      },
      'provisioners[1]: packer validate: ',
    ],
  ])('finds %s in the plan, at its place in the config (2)', async (_, config, place) => {
    const run = await plan('faulty', config);
    expect(run.stdout).toContain(`  refused: configs/faulty.json: ${place}`);
    expect(run.stderr).toContain('publish would be refused: Packer would not accept this config.');
    expect(run.exit).toBe(2);
    expect(run.stdout).not.toMatch(/line \d+|\.pkr\.json/);
    const published = await project.run(['publish', 'faulty', '--sandbox', '--yes']);
    expect(published.exit).toBe(2);
    expect(published.stderr).toContain(`configs/faulty.json: ${place.replace(/packer validate: .*/, '')}`);
    expect(await launches()).toEqual([]);
  });

  it('accepts instance-store without the certificate that Packer will need', async () => {
    const run = await project.run(['plan', 'test-instance', '--sandbox', '--json']);
    const { checks } = JSON.parse(run.stdout);
    expect(checks.passed).toContainEqual({ check: 'packer validate' });
    expect(run.exit).toBe(0);
  });

  it('runs once for all regions, and not again for what passed; publish does not ask again either', async () => {
    const packer = await recordingPacker();
    const environment = { PACKER: packer.path };
    const validations = async () => (await packer.asked()).filter((word) => word === 'validate').length;
    const regions = ['us-east-1', 'eu-west-1', 'eu-central-1', 'us-west-2'];
    expect((await plan('often', { regions }, environment)).exit).toBe(0);
    expect(await validations()).toBe(1);
    await plan('often', { regions }, environment);
    const published = await project.run(['publish', 'often', '--sandbox', '--yes', '--json'], environment);
    expect(published.exit, published.stderr).toBe(0);
    expect(await validations()).toBe(1);
    await plan(
      'often',
      { regions, ...withBuilder({ ami_description: 'another' }), version: '1.0.1' },
      environment,
    );
    expect(await validations()).toBe(2);
  });

  it('is not checked without Packer, which the plan says with how to get it (0)', async () => {
    const none = project.path('nothing');
    const run = await plan('unchecked', {}, { PATH: none, PACKER: '' });
    expect(run.stdout).toContain(
      '  not checked: packer validate: expected Packer, version 1.6.6 or newer, found none',
    );
    expect(run.stdout).toContain('    Run scripts/setup, or install Packer');
    expect(run.stdout).toContain('  checks      0 ok, 1 not checked');
    expect(run.exit).toBe(0);
  });

  it('is not asked for options that this Packer is too old for: the plan names the version (4)', async () => {
    const old = project.path('old packer');
    await writeFile(old, "#!/bin/sh\necho '1,,version,1.6.6'\n");
    await chmod(old, 0o755);
    const run = await plan('newer', withBuilder({ imds_support: 'v2.0' }), { PACKER: old });
    expect(run.stdout).toContain(
      '  refused: configs/newer.json: images[0].builder.imds_support: options of this Packer: expected an option that Packer 1.6.6 has',
    );
    expect(run.exit).toBe(4);
  });
});

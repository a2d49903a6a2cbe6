import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
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

const schema = JSON.parse(await readFile(new URL('../../docs/output.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true }).addSchema(schema, 'output');
const wrong = (document: unknown, definition: string): string => {
  const validate = ajv.getSchema(`output#/definitions/${definition}`);
  return validate?.(document) ? '' : ajv.errorsText(validate?.errors);
};

const launches = async () => (await asked.calls()).filter((call) => call.operation === 'RunInstances');

/** A Packer that writes its arguments to a file beside itself. */
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
    expect(run.exit, 'its instance profile is not there').toBe(4);
  });

  it('runs once for all regions, and not again for what passed, not even in publish', async () => {
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

  it('is reported as not checked without Packer, with how to install it (0)', async () => {
    const none = project.path('nothing');
    const run = await plan('unchecked', {}, { PATH: none, PACKER: '' });
    expect(run.stdout).toContain(
      '  not checked: packer validate: expected Packer, version 1.6.6 or newer, found none',
    );
    expect(run.stdout).toContain('    Run scripts/setup, or install Packer');
    expect(run.stdout).toMatch(/^ {2}checks {6}\d+ ok, .*not checked$/m);
    expect(run.exit).toBe(0);
  });

  it('is not run on options that this Packer is too old for: the plan names the version (4)', async () => {
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

describe('a mistake that the config alone shows:', () => {
  const long = (size: number) => 'x'.repeat(size);
  const mapping = (more: Config) =>
    withBuilder({ launch_block_device_mappings: [{ device_name: '/dev/sda1', ...more }] });
  const tags = Object.fromEntries(Array.from({ length: 38 }, (_, index) => [`key${index}`, 'x']));
  const key = 'arn:aws:kms:us-west-2:123456789012:key/0ea3fef3-80a7-4778-9d8c-1c0c6EXAMPLE';
  const accounts = { share: { accounts: ['210987654321'] } };
  const organizations = ['arn:aws-us-gov:organizations::123456789012:organization/o-a1b2c3d4e5'];

  it.each<[string, Config, string]>([
    [
      'a description that is too long',
      withBuilder({ ami_description: `${long(250)} {version}` }),
      'images[0].builder.ami_description: expected at most 255 characters, found 256',
    ],
    [
      'a description with a dash',
      withBuilder({ ami_description: 'Web — release {version}' }),
      'images[0].builder.ami_description: expected ASCII characters, found "—" (U+2014)',
    ],
    [
      'a long value of a tag',
      withBuilder({ tags: { Name: long(257) } }),
      'images[0].builder.tags.Name: expected a value of at most 256 characters for the tag "Name", found one of 257',
    ],
    [
      'a long key of a tag',
      withBuilder({ run_tags: { [long(129)]: 'x' } }),
      `images[0].builder.run_tags["${'x'.repeat(57)}…"]: expected a key of at most 128 characters, found one of 129`,
    ],
    [
      'an empty key of a tag',
      withBuilder({ snapshot_tags: { '': 'x' } }),
      'images[0].builder.snapshot_tags[""]: expected a tag with a key, found an empty key',
    ],
    [
      'null as the value of a tag',
      withBuilder({ tags: { Owner: null } }),
      'images[0].builder.tags.Owner: expected a text as value of the tag "Owner", found null',
    ],
    [
      'more tags than 50 with our own',
      withBuilder({ tags }),
      'images[0].builder.tags: expected at most 50 tags on a resource, found 51',
    ],
    [
      'user data over 16 KiB',
      withBuilder({ user_data: `#${long(20_000)}` }),
      'images[0].builder.user_data: expected at most 16384 bytes of user data, found 20001',
    ],
    [
      'China beside others',
      { regions: ['cn-north-1', 'us-east-1'] },
      'regions: expected regions of one partition, since an account belongs to one, found cn-north-1 of aws-cn; us-east-1 of aws',
    ],
    [
      'GovCloud in a rehearsal',
      { regions: ['us-gov-west-1'] },
      'regions: expected regions of the partition aws in a rehearsal: the sandbox has neither China nor GovCloud, found us-gov-west-1',
    ],
    [
      'an organization of another partition',
      { share: { organizations } },
      `share.organizations: expected organizations of the partition aws, like the regions, found "${organizations[0]}"`,
    ],
    [
      'a key of another region',
      mapping({ encrypted: true, kms_key_id: key }),
      'images[0].builder.launch_block_device_mappings[0].kms_key_id: expected a key in us-east-1, where the volumes are, found one in us-west-2',
    ],
    [
      'encryption with the AWS managed key, shared',
      { ...mapping({ encrypted: true }), ...accounts },
      'images[0].builder.launch_block_device_mappings[0].encrypted: expected a customer managed key in "kms_key_id"',
    ],
    [
      'encryption of what is to be public',
      { ...mapping({ encrypted: true, kms_key_id: 'alias/own' }), share: { public: true } },
      'images[0].builder.launch_block_device_mappings[0].encrypted: expected no encryption, since "share" makes the AMIs public',
    ],
    [
      '{timestamp} that would stay text',
      withBuilder({ tags: { Stamp: '{timestamp}' } }),
      'images[0].builder.tags.Stamp: expected a version that says when the release is made, found {timestamp} with version "1.0.0"',
    ],
  ])('%s is refused at its place, before AWS is asked (2)', async (_, config, problem) => {
    const newest = async () => (await asked.calls()).at(-1)?.requestId;
    const before = await newest();
    const run = await plan('static', config);
    expect(run.stderr).toContain(`configs/static.json: ${problem}`);
    expect(run.exit).toBe(2);
    const published = await project.run(['publish', 'static', '--sandbox', '--yes']);
    expect(published.stderr).toContain(problem);
    expect(published.exit).toBe(2);
    expect(await newest()).toBe(before);
  });

  it('user data in a file, and a broken link, are reported at their places (2)', async () => {
    await mkdir(project.path('configs/tree'), { recursive: true });
    await writeFile(project.path('configs/data'), `#${long(23_000)}`);
    await symlink('gone', project.path('configs/tree/broken'));
    const provisioners = [{ type: 'file', source: 'tree', destination: '/tmp/tree' }];
    const run = await plan('named', withBuilder({ user_data_file: 'data' }, { provisioners }));
    expect(run.stderr).toContain(
      'configs/named.json: images[0].builder.user_data_file: expected at most 16384 bytes of user data, found 23001',
    );
    expect(run.stderr).toContain(
      'configs/named.json: provisioners[0].source: expected files that can be read, found tree/broken, a link to "gone", which does not exist',
    );
    expect(run.exit).toBe(2);
  });
});

describe('doctor', () => {
  it('makes every check, also of existing targets, and lists each in its JSON', async () => {
    const share = { public: true };
    await plan('doctored', { share, regions: ['us-east-1'] });
    const run = await project.run(['doctor', 'doctored', '--sandbox', '--json']);
    const { checks } = JSON.parse(run.stdout);
    expect(wrong(JSON.parse(run.stdout), 'doctorOutput')).toBe('');
    expect(checks).toContainEqual({ is: 'ok', check: 'packer validate' });
    expect(checks).toContainEqual(
      expect.objectContaining({
        is: 'refused',
        check: 'block public access for AMIs',
        region: 'us-east-1',
        command: 'aws ec2 disable-image-block-public-access --region us-east-1',
      }),
    );
    expect(run.exit).toBe(4);
    const shown = await project.run(['doctor', 'doctored', '--sandbox']);
    expect(shown.stdout).toMatch(/^ {2}block public access for AMIs +refused +us-east-1$/m);
    expect(shown.stdout).toMatch(/^ {2}packer validate +ok +-$/m);
    expect(shown.exit).toBe(4);
  });

  it('checks existing targets, for which a plan has nothing left to check (0)', async () => {
    await plan('whole', { regions: ['us-east-1'] });
    expect((await project.run(['publish', 'whole', '--sandbox', '--yes'])).exit).toBe(0);
    const left = await project.run(['plan', 'whole', '--sandbox', '--json']);
    expect(JSON.parse(left.stdout).checks.passed).toEqual([]);
    const run = await project.run(['doctor', 'whole', '--sandbox', '--json']);
    expect(JSON.parse(run.stdout).checks).toContainEqual({ is: 'ok', check: 'packer validate' });
    expect(run.exit).toBe(0);
  });

  it('and plan exit with 1 if a check got no answer, although the release may be published', async () => {
    await asked.addFaults([
      {
        on: 'ec2:GetImageBlockPublicAccessState',
        region: 'us-east-1',
        times: 2,
        does: { error: 'UnauthorizedOperation' },
      },
    ]);
    const share = { public: true };
    const run = await plan('unanswered', { share, regions: ['us-east-1'] });
    expect(run.stdout).toContain(
      '  unknown: us-east-1: block public access for AMIs: expected unblocked, found ec2:GetImageBlockPublicAccessState: UnauthorizedOperation',
    );
    expect(run.exit).toBe(1);
    const checked = await project.run(['doctor', 'unanswered', '--sandbox']);
    expect(checked.stdout).toMatch(/^ {2}block public access for AMIs +unknown +us-east-1$/m);
    expect(checked.exit).toBe(1);
  });
});

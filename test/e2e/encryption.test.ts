import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from '../../src/aws/connection.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const [own, friend] = ['123456789012', '210987654321'];
const regions = ['us-east-1', 'eu-west-1'];
const keys: Record<string, string> = { 'us-east-1': 'alias/images', 'eu-west-1': 'alias/images-eu' };

const letting = (account: string) => ({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'kms:*',
  Resource: '*',
});

/** Settings of an account with a key in each region that others may use. */
const withKeys = (...others: string[]) => ({
  accounts: regions.map((region) => ({
    account: own,
    region,
    kmsKeys: [
      {
        alias: keys[region] ?? '',
        policy: { Version: '2012-10-17', Statement: [own, ...others].map(letting) },
      },
    ],
  })),
});

let project: Project;
let sandbox: RunningSandbox;
beforeEach(async () => {
  project = await newProject();
  sandbox = await project.sandbox([], withKeys());
});
afterEach(() => project.remove());

const run = (command: string, ...words: string[]) => project.run([command, 'sealed', '--sandbox', ...words]);
const callsOf = async (operation: string) =>
  (await sandbox.calls()).filter((call) => call.operation === operation);

const arnIn = async (region: string, KeyId: string) =>
  (await (await sandbox.clients.kms(region)).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Arn;

async function keysIn(region: string): Promise<(string | undefined)[]> {
  const { Snapshots = [] } = await sandbox.clients
    .ec2(region)
    .send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  return Snapshots.map(({ Encrypted, KmsKeyId }) => (Encrypted ? KmsKeyId : 'not encrypted'));
}

it('builds, copies and shares under a key of each region once its policy allows the account, and makes no other AMI', async () => {
  await project.config('sealed', (config) => {
    config.regions = regions;
    config.copyFrom = 'us-east-1';
    config.images = [{ name: 'one', base: { ubuntu: '2404' }, builder: { instance_type: 't3.micro' } }];
    config.encryption = { kmsKey: keys };
    config.share = { accounts: [friend] };
  });
  const refused = await run('publish', '--yes', '--json');
  expect(refused.exit, refused.stderr).toBe(4);
  const { message, problems } = JSON.parse(refused.stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(problems.map((one: { code: string; place: string }) => [one.code, one.place])).toEqual([
    ['kms-key-not-shared', expect.stringContaining('configs/sealed.json: encryption.kmsKey.us-east-1')],
    ['kms-key-not-shared', expect.stringContaining('configs/sealed.json: encryption.kmsKey.eu-west-1')],
  ]);
  expect(message).toContain(`"Principal":{"AWS":["arn:aws:iam::${friend}:root"]}`);
  expect(await callsOf('RunInstances')).toEqual([]);

  await sandbox.ask('settings', { method: 'POST', body: JSON.stringify(withKeys(friend)) });
  const planned = await run('plan', '--out', 'plan.json');
  expect(planned.exit, planned.stderr).toBe(0);
  expect(planned.stdout).toContain('  encrypts    1 AMI with alias/images and 1 AMI with alias/images-eu');
  const published = await run('publish', '--yes', '--plan', 'plan.json');
  expect(published.exit, published.stderr).toBe(0);

  for (const region of regions) {
    const { amis, leftovers } = await stateOf(sandbox.clients, region);
    expect([amis.map(({ name }) => name), leftovers]).toEqual([['gopackgo sealed 1.0.0 one'], []]);
    expect(await keysIn(region)).toEqual([await arnIn(region, keys[region] ?? '')]);
  }
  const [launch] = await callsOf('RunInstances');
  expect(launch?.input.BlockDeviceMappings).toEqual([
    {
      DeviceName: '/dev/sda1',
      Ebs: { DeleteOnTermination: true, Encrypted: true, KmsKeyId: 'alias/images' },
    },
  ]);
  expect(await callsOf('CreateImage')).toHaveLength(1);
  const copies = await callsOf('CopyImage');
  expect(copies.map(({ region, input: { Encrypted, KmsKeyId } }) => [region, Encrypted, KmsKeyId])).toEqual([
    ['eu-west-1', true, 'alias/images-eu'],
  ]);

  const environment = {
    ...sandbox.environment,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000002',
    AWS_SECRET_ACCESS_KEY: 'made-up/secret/of/the/sandbox/0000000002',
  };
  const theirs = connect({ endpoint: 'sandbox:test', environment });
  for (const region of regions) {
    const ec2 = theirs.ec2(region);
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: [own] }));
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId: Images[0]?.ImageId,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
      }),
    );
    const seen = await ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }),
    );
    expect(seen.Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('running');
  }

  await project.config('sealed', (config) => {
    config.regions = regions;
    config.copyFrom = 'us-east-1';
    config.images = [{ name: 'one', base: { ubuntu: '2404' }, builder: { instance_type: 't3.micro' } }];
    config.encryption = { kmsKey: { ...keys, 'eu-west-1': 'alias/other' } };
    config.share = { accounts: [friend] };
  });
  const other = await run('plan');
  expect(other.stdout + other.stderr).toMatch(
    /eu-west-1-one: .*was not copied from the current us-east-1-one/,
  );
});

it("encrypts with the account's default key, including mappings of the config", async () => {
  await project.config('sealed', (config) => {
    config.encryption = true;
    const builder = {
      instance_type: 'm5.large',
      launch_block_device_mappings: [
        { device_name: '/dev/sda1', volume_size: 20, volume_type: 'gp2', delete_on_termination: true },
        { device_name: '/dev/sdf', volume_size: 5, delete_on_termination: true },
      ],
    };
    config.images = [{ name: 'one', base: { ubuntu: '2404' }, builder }];
  });
  const published = await run('publish', '--yes', '--json');
  expect(published.exit, published.stderr).toBe(0);
  const managed = await arnIn('us-east-1', 'alias/aws/ebs');
  expect(await keysIn('us-east-1')).toEqual([managed, managed]);
  const { amis, leftovers } = await stateOf(sandbox.clients);
  expect([amis.length, leftovers]).toEqual([1, []]);
});

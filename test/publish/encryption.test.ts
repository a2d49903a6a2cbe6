import { DescribeSnapshotsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../sandbox/index.ts';
import {
  createWorld,
  defaultAccount,
  otherAccount,
  type World as Sandbox,
} from '../../sandbox/testing/index.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { callsOf, copiedPlan, imagesIn, sourceRegion } from '../support/copied.ts';
import { makeAmi } from '../support/held-builds.ts';
import { published } from '../support/publishing.ts';

const region = 'eu-west-1';
const friend = otherAccount.id;
const keys = { kmsKeys: ['alias/images', 'alias/other'] };

const letting = (account: string) => ({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'kms:*',
  Resource: '*',
});
const sharedKey = {
  alias: 'alias/images',
  policy: { Version: '2012-10-17', Statement: [letting(defaultAccount.id), letting(friend)] },
};

/** A plan that builds one image and copies it, both encrypted. */
function planWith(encryption: Target['encryption'], sharedWith: string[] = []): ReleasePlan {
  const plan = copiedPlan([region], { sharedWith });
  return {
    ...plan,
    targets: plan.targets.map((target) => ({ ...target, ...(encryption ? { encryption } : {}) })),
  };
}

const withSettings = (settings: NonNullable<Behaviour['accounts']>[number], more: object[] = []): Sandbox =>
  createWorld({ behaviour: { accounts: [settings, ...more] } });

async function keysIn(sandbox: Sandbox, where: string): Promise<(string | undefined)[]> {
  const { Snapshots = [] } = await sandbox
    .ec2({ region: where })
    .send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  return Snapshots.map(({ Encrypted, KmsKeyId }) => (Encrypted ? KmsKeyId : 'not encrypted'));
}

const arnOf = async (sandbox: Sandbox, where: string, KeyId: string) =>
  (await sandbox.kms({ region: where }).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Arn;

type Done = Awaited<ReturnType<typeof published>>;
const said = ({ result }: Done) =>
  Object.fromEntries(
    (result?.targets ?? []).map(({ name, status, error }) => [name, error?.message ?? status]),
  );

describe('encryption', () => {
  it.each([
    ['a key', { kmsKey: 'alias/images' }, 'alias/images'],
    ["the account's default key", {}, 'alias/aws/ebs'],
  ])('with %s: built and copied AMIs are encrypted with it, and verified', async (_, how, key) => {
    const sandbox = withSettings(keys);
    const done = await published(sandbox, planWith(how));
    expect(done.exit, JSON.stringify(done.result ?? done.refusal)).toBe(0);
    expect(said(done)).toEqual({ 'us-east-1-a': 'verified', 'eu-west-1-a': 'verified' });
    for (const where of [sourceRegion, region])
      expect(await keysIn(sandbox, where)).toEqual([await arnOf(sandbox, where, key)]);
    const again = await published(sandbox, planWith(how));
    expect([again.exit, again.started, callsOf(sandbox, 'CopyImage').length]).toEqual([0, [], 1]);
  });

  it('is verified: an AMI that is not encrypted, or encrypted with another key, is wrong', async () => {
    for (const [made, found] of [
      [undefined, 'not encrypted'],
      [{ kmsKey: 'alias/other' }, /encrypted with arn:aws:kms:us-east-1:\d+:key\/\S+$/],
    ] as const) {
      const sandbox = withSettings(keys);
      const [target] = planWith(made).targets;
      if (!target) throw new Error('no target');
      await makeAmi(sandbox, target);
      const done = await published(sandbox, planWith({ kmsKey: 'alias/images' }));
      expect(done.exit).toBe(4);
      expect(done.refusal).toMatch(/us-east-1-a: snapshot snap-\w+: expected encrypted/);
      expect(done.refusal?.split('\n').find((line) => line.includes('us-east-1-a'))).toMatch(found);
      expect(callsOf(sandbox, 'CopyImage')).toEqual([]);
    }
  });

  it('by an alias that now points to another key: the AMIs are wrong, and both keys are named', async () => {
    const ids = ['1111abcd-12ab-34cd-56ef-1234567890ab', '2222abcd-12ab-34cd-56ef-1234567890ab'];
    const sandbox = withSettings({
      kmsKeys: ids.map((id, index) => (index === 0 ? { id, alias: 'alias/images' } : id)),
    });
    const plan = planWith({ kmsKey: 'alias/images' });
    expect((await published(sandbox, plan)).exit).toBe(0);
    const [first = '', second = ''] = ids;
    sandbox.aws.settings.change({ accounts: [{ kmsKeys: [first, { id: second, alias: 'alias/images' }] }] });
    const done = await published(sandbox, plan);
    expect(done.exit).toBe(4);
    expect(done.refusal).toContain(
      `expected encrypted with alias/images, now ${second}, found encrypted with arn:aws:kms:us-east-1:${defaultAccount.id}:key/${first}`,
    );
  });

  it('copies under one key do not count as copies under another one', async () => {
    const sandbox = withSettings(keys);
    const [source, copied] = planWith({ kmsKey: 'alias/images' }).targets as [Target, Target];
    const plan = { ...copiedPlan([region]), targets: [source, copied] };
    expect((await published(sandbox, plan)).exit).toBe(0);
    const other = { ...copied, encryption: { kmsKey: 'alias/other' }, recipe: 'sha256:other' };
    const done = await published(sandbox, { ...plan, targets: [source, other] });
    expect(done.exit).toBe(4);
    expect(done.refusal).toContain('eu-west-1-a');
    expect(callsOf(sandbox, 'CopyImage')).toHaveLength(1);
  });
});

describe('before anything is built', () => {
  const refusedFor = async (sandbox: Sandbox, plan: ReleasePlan) => {
    const done = await published(sandbox, plan);
    expect([
      done.exit,
      done.started,
      callsOf(sandbox, 'RunInstances').filter(({ error }) => error !== 'DryRunOperation'),
    ]).toEqual([4, [], []]);
    return done.refusal ?? '';
  };

  it.each<[string, NonNullable<Behaviour['accounts']>[number], Target['encryption'], string[], RegExp]>([
    [
      'a missing key',
      { region: sourceRegion, ...keys },
      { kmsKey: 'alias/images' },
      [],
      /eu-west-1: .*KMS key: expected a KMS key of eu-west-1 that is enabled.*found alias\/images, which eu-west-1 does not have/,
    ],
    [
      'a key that is disabled',
      { kmsKeys: [{ alias: 'alias/images', enabled: false }] },
      { kmsKey: 'alias/images' },
      [],
      /found alias\/images \(arn:aws:kms:\S+\), which is Disabled/,
    ],
    [
      "the account's default key, disabled",
      { defaultKmsKey: 'alias/own', kmsKeys: [{ alias: 'alias/own', enabled: false }] },
      {},
      [],
      /found the default key of the account \(arn:aws:kms:\S+\), which is Disabled/,
    ],
    [
      "AWS's own key of what is shared",
      {},
      {},
      [friend],
      /KMS key of shared AMIs, in 2 regions: expected a customer managed key, since no other account can use an AWS managed key, found alias\/aws\/ebs/,
    ],
    [
      'a key whose policy lacks the accounts',
      keys,
      { kmsKey: 'alias/images' },
      [friend],
      /found arn:aws:kms:\S+, whose policy does not allow 210987654321 kms:DescribeKey, kms:CreateGrant, kms:Decrypt, kms:ReEncryptFrom/,
    ],
    [
      "an account's default key whose policy lacks the accounts",
      { defaultKmsKey: 'alias/images', ...keys },
      {},
      [friend],
      /whose policy does not allow 210987654321/,
    ],
    [
      'encryption by default with a key whose policy lacks the accounts',
      { encryptionByDefault: true, defaultKmsKey: 'alias/images', ...keys },
      undefined,
      [friend],
      /EBS encryption by default: .*whose policy does not allow 210987654321/,
    ],
  ])('%s is refused', async (_, settings, encryption, sharedWith, message) => {
    expect(await refusedFor(withSettings(settings), planWith(encryption, sharedWith))).toMatch(message);
  });

  it('copies of volumes that a mapping encrypts are refused, since they would be under the default key of their region', async () => {
    const plan = copiedPlan([region], { sharedWith: [friend] });
    const mapping = { device_name: '/dev/sda1', encrypted: true, kms_key_id: 'alias/images' };
    const packer = { ...plan.targets[0]?.packer, options: { launch_block_device_mappings: [mapping] } };
    const targets = plan.targets.map((target) => ({ ...target, packer: packer as Target['packer'] }));
    const message = await refusedFor(withSettings({ kmsKeys: [sharedKey] }), { ...plan, targets });
    expect(message).toMatch(
      /eu-west-1: .*found alias\/aws\/ebs: the default key there, which EC2 uses for a copy of an encrypted AMI/,
    );
    expect(message).not.toMatch(/us-east-1: .*KMS/);
  });

  it('a lookup without permission is unknown, and does not stop a private release', async () => {
    const sandbox = withSettings(keys);
    sandbox.faults.add([
      { on: 'kms:DescribeKey', times: 1, region, does: { error: 'AccessDeniedException', status: 400 } },
    ]);
    const done = await published(sandbox, planWith({ kmsKey: 'alias/images' }));
    expect(done.events).toContainEqual(
      expect.objectContaining({ type: 'warning', text: expect.stringContaining('Allow kms:DescribeKey') }),
    );
    expect(done.exit).toBe(0);
  });
});

describe('an encrypted AMI', () => {
  it('can be used by the accounts that the policy allows', async () => {
    const sandbox = withSettings({ account: defaultAccount.id, kmsKeys: [sharedKey] });
    const done = await published(sandbox, planWith({ kmsKey: 'alias/images' }, [friend]));
    expect(done.exit, done.refusal).toBe(0);
    expect(said(done)).toEqual({ 'us-east-1-a': 'shared', 'eu-west-1-a': 'shared' });
    for (const where of [sourceRegion, region]) {
      const [image] = await imagesIn(sandbox, where);
      const { Instances } = await sandbox.ec2({ account: otherAccount, region: where }).send(
        new RunInstancesCommand({
          ImageId: image?.ImageId,
          InstanceType: 'm5.large',
          MinCount: 1,
          MaxCount: 1,
        }),
      );
      expect(Instances?.[0]?.State?.Name).toBe('pending');
    }
  });

  it('is not shared if the policy changed while it was built', async () => {
    const sandbox = withSettings({ account: defaultAccount.id, kmsKeys: [sharedKey] });
    const plan = planWith({ kmsKey: 'alias/images' }, [friend]);
    const done = await published(sandbox, plan, {
      ends: () => {
        sandbox.aws.settings.change({ accounts: [{ account: defaultAccount.id, ...keys }] });
        return 'made';
      },
    });
    expect(done.exit).toBe(1);
    expect(said(done)['eu-west-1-a']).toMatch(
      /could not be shared: .*KMS key of shared AMIs: .*whose policy does not allow 210987654321/,
    );
    expect(callsOf(sandbox, 'ModifyImageAttribute').filter(({ error }) => !error)).toEqual([]);
  });
});

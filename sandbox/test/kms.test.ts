import {
  CopyImageCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeysCommand,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../model/accounts.ts';
import { canonicalImage, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';
import { signedRequest } from './s3/signed-request.ts';

const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const shared = '2234abcd-12ab-34cd-56ef-1234567890ab';
const arnOf = (key: string, region = 'us-east-1') => `arn:aws:kms:${region}:${defaultAccount.id}:key/${key}`;

type Statement = Record<string, unknown>;

const allowing: Statement = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${otherAccount.id}:root` },
  Action: ['kms:DescribeKey', 'kms:CreateGrant', 'kms:Decrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  Resource: '*',
};

const started = (...statements: Statement[]) =>
  createWorld({
    behaviour: {
      accounts: [
        {
          account: defaultAccount.id,
          kmsKeys: [
            { id, alias: 'alias/images' },
            { alias: 'alias/off', enabled: false },
            { id: shared, policy: { Version: '2012-10-17', Statement: statements } },
          ],
        },
      ],
    },
  });

test('a key is found by its id, its alias and the ARN of either, and shown as disabled if it is', async () => {
  const world = started();
  const arn = `arn:aws:kms:us-east-1:${defaultAccount.id}`;
  const described = (KeyId: string) => world.kms().send(new DescribeKeyCommand({ KeyId }));
  for (const KeyId of [id, 'alias/images', `${arn}:key/${id}`, `${arn}:alias/images`]) {
    const { KeyMetadata } = await described(KeyId);
    expect(KeyMetadata).toMatchObject({
      KeyId: id,
      Arn: `${arn}:key/${id}`,
      Enabled: true,
      KeyState: 'Enabled',
      KeyManager: 'CUSTOMER',
    });
  }
  expect((await described('alias/off')).KeyMetadata).toMatchObject({ Enabled: false, KeyState: 'Disabled' });
  expect((await described('alias/aws/ebs')).KeyMetadata).toMatchObject({ KeyManager: 'AWS' });
});

test.each([
  [new DescribeKeyCommand({ KeyId: 'alias/none' }), 'NotFoundException'],
  [new DescribeKeyCommand({ KeyId: '00000000-0000-0000-0000-000000000000' }), 'NotFoundException'],
  [new DescribeKeyCommand({ KeyId: arnOf(id, 'eu-west-1') }), 'NotFoundException'],
  [new DescribeKeyCommand({ KeyId: 'arn:aws:kms:nonsense' }), 'InvalidArnException'],
  [new DescribeKeyCommand({ KeyId: undefined }), 'ValidationException'],
  [new GetKeyPolicyCommand({ KeyId: 'alias/images' }), 'InvalidArnException'],
  [new GetKeyPolicyCommand({ KeyId: id, PolicyName: 'other' }), 'NotFoundException'],
  [new ListKeysCommand({ Limit: 0 }), 'ValidationException'],
  [new ListAliasesCommand({ Limit: 101 }), 'ValidationException'],
  [new ListKeysCommand({ Marker: 'junk' }), 'InvalidMarkerException'],
  [new ListGrantsCommand({ KeyId: 'alias/images' }), 'InvalidArnException'],
  [new CreateKeyCommand({}), 'NotImplementedBySandbox'],
])('%o is refused with %s', async (command, code) => {
  expect(
    await errorOf(
      started()
        .kms()
        .send(command as DescribeKeyCommand),
    ),
  ).toBe(code);
});

test('an operation that KMS does not have is unknown', async () => {
  const answer = await started().aws.handle(
    signedRequest({
      method: 'POST',
      hostname: 'kms.us-east-1.amazonaws.com',
      headers: { 'x-amz-target': 'TrentService.Nonsense', 'content-type': 'application/x-amz-json-1.1' },
      body: '{}',
      service: 'kms',
      account: defaultAccount,
    }),
  );
  if (typeof answer === 'string') throw new Error(answer);
  expect(JSON.parse(answer.body.toString())).toMatchObject({ __type: 'UnknownOperationException' });
});

test('keys and aliases are listed in pages, and no key has grants', async () => {
  const kms = started().kms();
  const listed: unknown[] = [];
  for await (const page of paginateListKeys({ client: kms, pageSize: 2 }, {}))
    listed.push(...(page.Keys ?? []).map(({ KeyId }) => KeyId));
  expect(listed).toHaveLength(5);
  expect(listed).toEqual(expect.arrayContaining([id, shared]));
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
  expect(Aliases.map(({ AliasName }) => AliasName)).toEqual([
    'alias/aws/ebs',
    'alias/aws/ssm',
    'alias/images',
    'alias/off',
  ]);
  expect(await kms.send(new ListAliasesCommand({ KeyId: id }))).toMatchObject({
    Aliases: [{ AliasName: 'alias/images', TargetKeyId: id }],
    Truncated: false,
  });
  expect(await kms.send(new ListGrantsCommand({ KeyId: id }))).toMatchObject({
    Grants: [],
    Truncated: false,
  });
});

test('a policy is the declared one or the default, and another account sees the keys whose policy allows it', async () => {
  const world = started(allowing);
  const policyOf = async (KeyId: string) =>
    JSON.parse((await world.kms().send(new GetKeyPolicyCommand({ KeyId }))).Policy ?? '') as {
      Statement: object[];
    };
  expect((await policyOf(id)).Statement).toMatchObject([
    { Principal: { AWS: `arn:aws:iam::${defaultAccount.id}:root` }, Action: 'kms:*' },
  ]);
  expect((await policyOf(shared)).Statement).toEqual([allowing]);
  const others = world.kms({ account: otherAccount });
  const asOther = (key: string) => others.send(new DescribeKeyCommand({ KeyId: arnOf(key) }));
  expect((await asOther(shared)).KeyMetadata).toMatchObject({ AWSAccountId: defaultAccount.id });
  expect(await errorOf(asOther(id))).toBe('AccessDeniedException');
  // This fails for another account's key, whatever its policy.
  expect(await errorOf(others.send(new GetKeyPolicyCommand({ KeyId: arnOf(shared) })))).toBe(
    'AccessDeniedException',
  );
});

/** An AMI of the default account whose snapshot is encrypted with a key. */
const encryptedWith = async (world: World, KmsKeyId?: string) => {
  const key = KmsKeyId === undefined ? {} : { KmsKeyId };
  const { Instances } = await world.ec2().send(
    new RunInstancesCommand({
      ImageId: await canonicalImage(world),
      InstanceType: 't3.micro',
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { Encrypted: true, ...key } }],
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  return makeImage(
    world,
    `encrypted ${KmsKeyId}`.replace(/[^a-z0-9 ]/g, ''),
    Instances?.[0]?.InstanceId ?? '',
  );
};

describe('an encrypted image', () => {
  const share = async (world: World, image: string, snapshot: string) => [
    await errorOf(
      world.ec2().send(
        new ModifySnapshotAttributeCommand({
          SnapshotId: snapshot,
          Attribute: 'createVolumePermission',
          CreateVolumePermission: { Add: [{ UserId: otherAccount.id }] },
        }),
      ),
    ),
    await errorOf(
      world.ec2().send(
        new ModifyImageAttributeCommand({
          ImageId: image,
          LaunchPermission: { Add: [{ UserId: otherAccount.id }] },
        }),
      ),
    ),
  ];

  test("with AWS's own key cannot be shared, with EC2's error codes", async () => {
    const world = started();
    for (const key of [undefined, 'alias/aws/ebs']) {
      const { id: image, snapshot } = await encryptedWith(world, key);
      expect(await share(world, image, snapshot)).toEqual(['OperationNotPermitted', 'InvalidParameter']);
    }
  });

  const viaEc2 = { StringEquals: { 'kms:ViaService': 'ec2.us-east-1.amazonaws.com' } };
  const grants = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
  const { Action: _, ...whom } = allowing;

  test.each<[string, boolean, Statement[]]>([
    ['that the policy allows', true, [allowing]],
    ['that it allows only through EC2', true, [{ ...allowing, Condition: viaEc2 }]],
    [
      'that it allows grants only for AWS',
      true,
      [
        { ...whom, Action: ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'] },
        { ...whom, Action: 'kms:CreateGrant', Condition: grants },
      ],
    ],
    ['that it does not name', false, []],
    ['that it only allows to describe the key', false, [{ ...whom, Action: 'kms:DescribeKey' }]],
    [
      'that it allows only in an organization',
      false,
      [
        {
          ...allowing,
          Principal: '*',
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
        },
      ],
    ],
    ['that it partly denies', false, [allowing, { ...allowing, Effect: 'Deny', Action: 'kms:Decrypt' }]],
    ['that it denies through EC2', false, [allowing, { ...allowing, Effect: 'Deny', Condition: viaEc2 }]],
  ])('is launched and copied by an account %s: %s', async (_who, may, statements) => {
    const own = { ...whom, Principal: { AWS: `arn:aws:iam::${defaultAccount.id}:root` }, Action: 'kms:*' };
    const world = started(own, ...statements);
    const { id: image, snapshot } = await encryptedWith(world, shared);
    expect(await share(world, image, snapshot)).toEqual(['no error', 'no error']);
    const others = world.ec2({ account: otherAccount });
    const launched = await others.send(
      new RunInstancesCommand({ ImageId: image, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
    );
    const { Reservations } = await others.send(
      new DescribeInstancesCommand({ InstanceIds: [launched.Instances?.[0]?.InstanceId ?? ''] }),
    );
    const instance = Reservations?.[0]?.Instances?.[0];
    expect(instance?.State?.Name).toBe(may ? 'running' : 'terminated');
    expect(instance?.StateReason?.Code).toBe(may ? undefined : 'Client.InternalError');
    const { Volumes = [] } = await others.send(new DescribeVolumesCommand({}));
    // Uses the key of the launching account: keys are not inherited from another account.
    const managed = await world
      .kms({ account: otherAccount })
      .send(new DescribeKeyCommand({ KeyId: 'alias/aws/ebs' }));
    expect(Volumes.map(({ KmsKeyId }) => KmsKeyId)).toEqual(may ? [managed.KeyMetadata?.Arn] : []);

    const elsewhere = world.ec2({ account: otherAccount, region: 'eu-west-1' });
    const { ImageId = '' } = await elsewhere.send(
      new CopyImageCommand({ Name: 'copy', SourceImageId: image, SourceRegion: 'us-east-1' }),
    );
    const copies = await elsewhere.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
    expect(copies.Images?.[0]?.State).toBe(may ? 'available' : 'failed');
    const made = await elsewhere.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
    expect(made.Snapshots).toMatchObject([{ Encrypted: true, State: may ? 'completed' : 'error' }]);

    const { VolumeId = '' } = await others.send(
      new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', SnapshotId: snapshot }),
    );
    const look = others.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
    expect(await errorOf(look)).toBe(may ? 'no error' : 'InvalidVolume.NotFound');
  });
});

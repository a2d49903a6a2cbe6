import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import type { Behaviour } from '../../sandbox/index.ts';
import {
  createWorld,
  defaultAccount,
  otherAccount,
  type World as Sandbox,
} from '../../sandbox/testing/index.ts';
import { kmsKeysOf } from '../../src/account/kms-keys.ts';
import { wantedOf } from '../../src/account/wanted.ts';
import { least, read } from '../config/a-config.ts';
import { clientsOf } from '../support/embedded.ts';

const region = 'us-east-1';
const account = defaultAccount.id;
const [images, off, usual] = [1, 2, 3].map((one) => `${one}234abcd-12ab-34cd-56ef-1234567890ab`) as [
  string,
  string,
  string,
];
const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${otherAccount.id}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
};
const keys = {
  defaultKmsKey: usual,
  kmsKeys: [
    { id: images, alias: 'alias/images', policy },
    { id: off, enabled: false },
    usual,
    'alias/unused',
  ],
};

const worldWith = (settings: NonNullable<Behaviour['accounts']>[number]) =>
  createWorld({ behaviour: { accounts: [{ account, ...settings }] } });

const saved = async (sandbox: Sandbox, config: object, encryptsByDefault?: string) => {
  const [wanted] = wantedOf(read({ ...least, ...config }));
  if (!wanted) throw new Error('no region');
  return kmsKeysOf(
    wanted,
    { clients: clientsOf(sandbox), account, now: new Date() } as never,
    encryptsByDefault,
  );
};

const described = async (sandbox: Sandbox, KeyId: string) => {
  const { KeyMetadata } = await sandbox.kms().send(new DescribeKeyCommand({ KeyId }));
  const asked = { KeyId: KeyMetadata?.KeyId ?? '', PolicyName: 'default' };
  const { Policy = '' } = await sandbox.kms().send(new GetKeyPolicyCommand(asked));
  return [KeyMetadata?.Arn, KeyMetadata?.KeyState, JSON.parse(Policy)];
};

it('the keys that the config names are the same in a rehearsal: ids, aliases, policies, and which one is disabled', async () => {
  const origin = worldWith(keys);
  const mapping = { device_name: '/dev/sda1', encrypted: true, kms_key_id: off };
  const builder = { instance_type: 'm5.large', launch_block_device_mappings: [mapping] };
  const config = {
    images: [
      { ...least.images[0], encryption: { kmsKey: 'alias/images' } },
      { ...least.images[0], name: 'byId', encryption: { kmsKey: images } },
      { ...least.images[0], name: 'mapped', builder },
      { ...least.images[0], name: 'managed', encryption: { kmsKey: 'alias/aws/ebs' } },
      { ...least.images[0], name: 'missing', encryption: { kmsKey: 'alias/none' } },
    ],
  };
  const { settings, failed, leftOut } = await saved(origin, config);
  expect([failed, leftOut, (settings.kmsKeys as unknown[]).length]).toEqual([[], [], 2]);
  const fresh = worldWith(settings);
  for (const name of ['alias/images', images, off])
    expect(await described(fresh, name)).toEqual(await described(origin, name));
  await expect(described(fresh, 'alias/unused')).rejects.toThrow('not found');
});

it('the default key is saved if it encrypts', async () => {
  const origin = worldWith(keys);
  const arn = `arn:aws:kms:${region}:${account}:key/${usual}`;
  expect((await saved(origin, {})).settings).toEqual({});
  for (const part of [await saved(origin, { encryption: true }), await saved(origin, {}, arn)])
    expect(part.settings).toMatchObject({ defaultKmsKey: arn, kmsKeys: [{ id: usual }] });
  expect((await saved(worldWith({}), { encryption: true })).settings).toEqual({
    defaultKmsKey: 'alias/aws/ebs',
  });
});

it('a key without permission is a failed lookup, and one of another account is left out', async () => {
  const origin = createWorld({
    behaviour: {
      accounts: [
        {
          account: otherAccount.id,
          kmsKeys: [
            {
              id: images,
              policy: {
                Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }],
              },
            },
          ],
        },
      ],
    },
  });
  const theirs = `arn:aws:kms:${region}:${otherAccount.id}:key/${images}`;
  const elsewhere = await saved(origin, { encryption: { kmsKey: theirs } });
  expect([elsewhere.settings, elsewhere.leftOut]).toEqual([
    {},
    [expect.stringContaining(`one of account ${otherAccount.id}`)],
  ]);
  origin.faults.add([
    { on: 'kms:DescribeKey', times: 0, does: { error: 'AccessDeniedException', status: 400 } },
  ]);
  expect((await saved(origin, { encryption: { kmsKey: theirs } })).failed).toMatchObject([
    { operation: 'kms:DescribeKey' },
  ]);
});

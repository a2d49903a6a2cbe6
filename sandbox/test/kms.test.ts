import { expect, test } from 'vitest';
import { type Account, defaultAccount, otherAccount } from '../model/accounts.ts';
import { createWorld, type World } from '../testing/world.ts';
import { signedRequest } from './s3/signed-request.ts';

const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const shared = '2234abcd-12ab-34cd-56ef-1234567890ab';

/** The package has no SDK client of KMS: requests as clients write them (botocore's are judged in test/referees). */
const ask = async (world: World, operation: string, input: object, account: Account = defaultAccount) => {
  const answer = await world.aws.handle(
    signedRequest({
      method: 'POST',
      hostname: 'kms.us-east-1.amazonaws.com',
      headers: { 'x-amz-target': `TrentService.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(input),
      service: 'kms',
      account,
    }),
  );
  if (typeof answer === 'string') throw new Error(answer);
  return JSON.parse(answer.body.toString()) as Record<string, unknown>;
};

const started = () =>
  createWorld({
    behaviour: {
      accounts: [
        {
          account: defaultAccount.id,
          kmsKeys: [
            { id, alias: 'alias/images' },
            { alias: 'alias/off', enabled: false },
            {
              id: shared,
              policy: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Principal: { AWS: `arn:aws:iam::${otherAccount.id}:root` },
                    Action: 'kms:*',
                    Resource: '*',
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  });

test('a key is described by its id, its alias and the ARN of either, and as disabled where it is', async () => {
  const world = started();
  const arn = `arn:aws:kms:us-east-1:${defaultAccount.id}`;
  for (const KeyId of [id, 'alias/images', `${arn}:key/${id}`, `${arn}:alias/images`]) {
    const { KeyMetadata } = await ask(world, 'DescribeKey', { KeyId });
    expect(KeyMetadata).toMatchObject({
      KeyId: id,
      Arn: `${arn}:key/${id}`,
      Enabled: true,
      KeyState: 'Enabled',
      KeyManager: 'CUSTOMER',
    });
  }
  expect(await ask(world, 'DescribeKey', { KeyId: 'alias/off' })).toMatchObject({
    KeyMetadata: { Enabled: false, KeyState: 'Disabled' },
  });
  expect(await ask(world, 'DescribeKey', { KeyId: 'alias/aws/ebs' })).toMatchObject({
    KeyMetadata: { KeyManager: 'AWS' },
  });
});

test.each([
  ['DescribeKey', { KeyId: 'alias/none' }, 'NotFoundException'],
  ['DescribeKey', { KeyId: '00000000-0000-0000-0000-000000000000' }, 'NotFoundException'],
  ['DescribeKey', { KeyId: `arn:aws:kms:eu-west-1:${defaultAccount.id}:key/${id}` }, 'NotFoundException'],
  ['DescribeKey', { KeyId: 'arn:aws:kms:nonsense' }, 'InvalidArnException'],
  ['DescribeKey', {}, 'ValidationException'],
  ['GetKeyPolicy', { KeyId: 'alias/images' }, 'InvalidArnException'],
  ['GetKeyPolicy', { KeyId: id, PolicyName: 'other' }, 'NotFoundException'],
  ['ListKeys', { Limit: 0 }, 'ValidationException'],
  ['ListAliases', { Limit: 101 }, 'ValidationException'],
  ['ListKeys', { Marker: 'junk' }, 'InvalidMarkerException'],
  ['CreateKey', {}, 'UnknownOperationException'],
])('%s of %j is refused with %s', async (operation, input, code) => {
  expect(await ask(started(), operation, input)).toMatchObject({ __type: code });
});

test('keys and aliases are listed in pages', async () => {
  const world = started();
  const listed: unknown[] = [];
  let Marker: unknown;
  do {
    const page = await ask(world, 'ListKeys', { Limit: 2, ...(Marker === undefined ? {} : { Marker }) });
    listed.push(...(page.Keys as { KeyId: string }[]).map(({ KeyId }) => KeyId));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(listed).toHaveLength(5);
  expect(listed).toEqual(expect.arrayContaining([id, shared]));
  const { Aliases } = await ask(world, 'ListAliases', {});
  expect((Aliases as { AliasName: string }[]).map(({ AliasName }) => AliasName)).toEqual([
    'alias/aws/ebs',
    'alias/aws/ssm',
    'alias/images',
    'alias/off',
  ]);
  expect(await ask(world, 'ListAliases', { KeyId: id })).toMatchObject({
    Aliases: [{ AliasName: 'alias/images', TargetKeyId: id }],
    Truncated: false,
  });
});

test('a policy is the declared one or the default, and another account sees the keys whose policy names it', async () => {
  const world = started();
  const policyOf = async (KeyId: string) =>
    JSON.parse(String((await ask(world, 'GetKeyPolicy', { KeyId })).Policy)) as { Statement: object[] };
  expect((await policyOf(id)).Statement).toMatchObject([
    { Principal: { AWS: `arn:aws:iam::${defaultAccount.id}:root` }, Action: 'kms:*' },
  ]);
  expect((await policyOf(shared)).Statement).toMatchObject([
    { Principal: { AWS: `arn:aws:iam::${otherAccount.id}:root` } },
  ]);
  const arn = (key: string) => `arn:aws:kms:us-east-1:${defaultAccount.id}:key/${key}`;
  const asOther = (key: string) => ask(world, 'DescribeKey', { KeyId: arn(key) }, otherAccount);
  expect(await asOther(shared)).toMatchObject({ KeyMetadata: { AWSAccountId: defaultAccount.id } });
  expect(await asOther(id)).toMatchObject({ __type: 'AccessDeniedException' });
});

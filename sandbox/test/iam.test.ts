import {
  GetInstanceProfileCommand,
  ListAccountAliasesCommand,
  ListInstanceProfilesCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { createWorld, errorOf } from '../testing/world.ts';
import { endpointOf } from '../wire/host.ts';

const behaviour = { accounts: [{ account: '123456789012', instanceProfiles: ['b', 'a'] }] };

test('an instance profile of the settings is shown with its role, from every region', async () => {
  const world = createWorld({ behaviour });
  for (const region of ['us-east-1', 'eu-west-1']) {
    const { InstanceProfile } = await world
      .iam({ region })
      .send(new GetInstanceProfileCommand({ InstanceProfileName: 'a' }));
    expect(InstanceProfile).toMatchObject({
      Path: '/',
      InstanceProfileName: 'a',
      InstanceProfileId: expect.stringMatching(/^AIPA/),
      Arn: 'arn:aws:iam::123456789012:instance-profile/a',
      Roles: [{ RoleName: 'a', Arn: 'arn:aws:iam::123456789012:role/a' }],
    });
  }
});

test.each([
  [{ InstanceProfileName: 'c' }, 'NoSuchEntityException'],
  [{ InstanceProfileName: 'c d' }, 'ValidationError'],
])('%j is answered with %s', async (input, code) => {
  const world = createWorld({ behaviour });
  expect(await errorOf(world.iam().send(new GetInstanceProfileCommand(input)))).toBe(code);
});

test('profiles are listed by account, in pages', async () => {
  const world = createWorld({ behaviour });
  const list = (input: object, client = {}) => world.iam(client).send(new ListInstanceProfilesCommand(input));
  const first = await list({ MaxItems: 1 });
  expect(first).toMatchObject({ IsTruncated: true, InstanceProfiles: [{ InstanceProfileName: 'a' }] });
  const second = await list({ MaxItems: 1, Marker: first.Marker });
  expect(second).toMatchObject({ IsTruncated: false, InstanceProfiles: [{ InstanceProfileName: 'b' }] });
  expect((await list({ PathPrefix: '/apps/' })).InstanceProfiles).toEqual([]);
  expect((await list({}, { account: otherAccount })).InstanceProfiles).toEqual([]);
  for (const input of [{ MaxItems: 0 }, { Marker: 'x' }, { PathPrefix: 'apps' }]) {
    expect(await errorOf(list(input))).toBe('ValidationError');
  }
});

test('IAM has one host for all regions', () => {
  expect(endpointOf('iam.amazonaws.com')).toEqual({ service: 'iam', region: 'us-east-1' });
  expect(endpointOf('iam.us-east-1.amazonaws.com')).toBeUndefined();
});

test('no account has an alias, like a new account on AWS', async () => {
  const iam = createWorld().iam();
  expect(await iam.send(new ListAccountAliasesCommand({}))).toMatchObject({
    AccountAliases: [],
    IsTruncated: false,
  });
  expect(await errorOf(iam.send(new ListAccountAliasesCommand({ MaxItems: 1001 })))).toBe('ValidationError');
});

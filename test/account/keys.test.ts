import { expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { keysOf } from '../../src/account/keys.ts';
import type { Wanted } from '../../src/account/wanted.ts';
import { clientsOf } from '../support/embedded.ts';

const region = 'us-east-1';
const account = '123456789012';
const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const other = '2234abcd-12ab-34cd-56ef-1234567890ab';
const policy = { Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' }] };

const wanted = (more: Partial<Wanted>): Wanted => ({
  region,
  questions: [],
  types: [],
  amiNames: [],
  parameters: [],
  keyPairs: [],
  instanceProfiles: [],
  kmsKeys: [],
  usesDefaultKey: false,
  sharesKeys: false,
  tagKeys: new Set(),
  ...more,
});

const world = () =>
  createWorld({
    behaviour: {
      accounts: [
        {
          account,
          region,
          defaultKmsKey: other,
          kmsKeys: [
            { id, alias: 'alias/images', policy },
            { id: other, enabled: false },
          ],
        },
      ],
    },
  });

it('has the keys that the config names and the default one where it is used, with policies where they are shared', async () => {
  const clients = clientsOf(world());
  const named = wanted({ kmsKeys: ['alias/images', 'alias/none', 'alias/aws/ebs'] });
  expect(await keysOf(clients, named, account)).toEqual({
    settings: { kmsKeys: [{ id, alias: 'alias/images' }] },
    failed: [],
    leftOut: [],
  });
  const shared = await keysOf(clients, { ...named, usesDefaultKey: true, sharesKeys: true }, account);
  expect(shared.settings).toEqual({
    defaultKmsKey: `arn:aws:kms:${region}:${account}:key/${other}`,
    kmsKeys: [{ id, alias: 'alias/images', policy }, expect.objectContaining({ id: other, enabled: false })],
  });
});

it('says which lookup failed, and has no key for it', async () => {
  const sandbox = world();
  sandbox.faults.add([{ on: 'kms:DescribeKey', times: 0, does: { error: 'AccessDeniedException' } }]);
  const part = await keysOf(clientsOf(sandbox), wanted({ kmsKeys: ['alias/images'] }), account);
  expect(part).toMatchObject({ settings: {}, failed: [{ operation: 'kms:DescribeKey', region }] });
});

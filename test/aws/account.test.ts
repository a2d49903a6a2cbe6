import { expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { callerAccount } from '../../src/aws/account.ts';
import { clientsOf, region } from '../support/embedded.ts';

it('a network that drops the first call is reported instead of waiting through all attempts', async () => {
  const handle = async () => 'hang' as const;
  const clients = clientsOf(createWorld(), undefined, { handle });
  expect(await callerAccount(clients, region, 50)).toEqual({
    ok: false,
    error: {
      operation: 'sts:GetCallerIdentity',
      region,
      code: 'NoAnswer',
      message: 'no answer within 0.05 s',
    },
  });
});

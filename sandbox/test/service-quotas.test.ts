import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
  paginateListServiceQuotas,
} from '@aws-sdk/client-service-quotas';
import { expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { createWorld, errorOf } from '../testing/world.ts';

const publicImages = { ServiceCode: 'ec2', QuotaCode: 'L-0E3CBAB9' };

test('a quota has the account’s value in its region; the default is AWS’s', async () => {
  const rule = { account: otherAccount.id, region: 'eu-west-1', quotas: { 'L-0E3CBAB9': 12 } };
  const world = createWorld({ behaviour: { accounts: [rule] } });
  const ask = async (options: Parameters<typeof world.quotas>[0]) => {
    const { Quota } = await world.quotas(options).send(new GetServiceQuotaCommand(publicImages));
    return [Quota?.QuotaName, Quota?.Value];
  };
  expect(await ask({})).toEqual(['Public AMIs', 5]);
  expect(await ask({ account: otherAccount })).toEqual(['Public AMIs', 5]);
  expect(await ask({ account: otherAccount, region: 'eu-west-1' })).toEqual(['Public AMIs', 12]);
  const client = world.quotas({ account: otherAccount, region: 'eu-west-1' });
  const standard = await client.send(new GetAWSDefaultServiceQuotaCommand(publicImages));
  expect(standard.Quota?.Value).toBe(5);
});

test('the list comes in pages, each quota once', async () => {
  const world = createWorld();
  const codes: (string | undefined)[] = [];
  const pages = paginateListServiceQuotas({ client: world.quotas(), pageSize: 3 }, { ServiceCode: 'ec2' });
  for await (const { Quotas = [] } of pages) {
    expect(Quotas.length).toBeLessThanOrEqual(3);
    codes.push(...Quotas.map(({ QuotaCode }) => QuotaCode));
  }
  expect(codes).toContain('L-1216C47A');
  expect(new Set(codes).size).toBe(codes.length);
});

test.each([
  [new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-00000000' }), 'NoSuchResourceException'],
  [new GetServiceQuotaCommand({ ...publicImages, ServiceCode: 'ebs' }), 'NoSuchResourceException'],
  [new ListServiceQuotasCommand({ ServiceCode: 'ec2', MaxResults: 101 }), 'IllegalArgumentException'],
  [
    new ListServiceQuotasCommand({ ServiceCode: 'ec2', NextToken: 'made up' }),
    'InvalidPaginationTokenException',
  ],
])('%j is refused', async (command, code) => {
  expect(
    await errorOf(
      createWorld()
        .quotas()
        .send(command as GetServiceQuotaCommand),
    ),
  ).toBe(code);
});

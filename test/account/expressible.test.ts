import { describe, expect, it } from 'vitest';
import { expressible } from '../../src/account/expressible.ts';
import { withoutPeople } from '../../src/account/shown.ts';
import { settingsProblems } from '../../src/commands/open-sandbox.ts';

const ofRegion = (rule: object) => ({
  accounts: [{ account: '123456789012', region: 'us-east-1', ...rule }],
});
const subnet = (id: string, zone: string, cidr: string) => ({ id, zone, cidr });

describe('a resource that settings cannot express', () => {
  it('is left out and reported, and everything beside it is kept', async () => {
    const near = subnet('subnet-0aaaaaaaaaaaaaaaa', 'us-east-1a', '10.0.1.0/24');
    const local = subnet('subnet-0bbbbbbbbbbbbbbbb', 'us-east-1-bos-1a', '10.0.2.0/24');
    const far = subnet('subnet-0cccccccccccccccc', 'us-east-1-chi-1a', '10.0.3.0/24');
    const vpc = { cidr: '10.0.0.0/16', subnets: [local, near, far] };
    const { settings, leftOut } = await expressible(
      ofRegion({
        quotas: { 'L-1216C47A': 5, 'L-00000000': 1 },
        instanceTypes: { 'g6.xlarge': ['us-east-1-bos-1a', 'us-east-1b'] },
        vpcs: [vpc],
        optedIn: undefined,
      }),
      settingsProblems,
    );
    expect(settings).toEqual(
      ofRegion({
        quotas: { 'L-1216C47A': 5 },
        instanceTypes: { 'g6.xlarge': ['us-east-1b'] },
        vpcs: [{ ...vpc, subnets: [near] }],
      }),
    );
    expect(leftOut).toHaveLength(4);
    expect(leftOut).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^us-east-1: vpcs\[0\]\.subnets\[0\]\.zone \(subnet-0bbbbbbbbbbbbbbbb\): a rehearsal takes a zone, .*found "us-east-1-bos-1a"$/,
        ),
        expect.stringMatching(/^us-east-1: quotas\.L-00000000: /),
      ]),
    );
  });

  it('is reported as a bug if there is no end to them', async () => {
    const endless = async () => [{ place: 'accounts[0].vpcs', expected: 'VPCs', found: 'none' }];
    await expect(expressible(ofRegion({ vpcs: [] }), endless)).rejects.toThrow(
      'this account cannot be saved as settings: accounts[0].vpcs: expected VPCs',
    );
  });
});

it.each([
  ['arn:aws:iam::111122223333:user/team/alice', 'arn:aws:iam::111122223333:root'],
  ['arn:aws:sts::111122223333:assumed-role/admin/alice@example.org', 'arn:aws:iam::111122223333:root'],
  [
    'for arn:aws-us-gov:iam::111122223333:role/alice, please',
    'for arn:aws-us-gov:iam::111122223333:root, please',
  ],
  ['arn:aws:kms:us-east-1:111122223333:key/1234', 'arn:aws:kms:us-east-1:111122223333:key/1234'],
  ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:root'],
])('%s becomes %s, which names nobody', (named, unnamed) => {
  expect(withoutPeople({ a: [{ b: named }], c: 1 })).toEqual({ a: [{ b: unnamed }], c: 1 });
});

import { describe, expect, it } from 'vitest';
import { judgeEncryptedSnapshots } from '../../src/checks/encrypted-snapshots.ts';
import { judgeEncryptionByDefault } from '../../src/checks/encryption-by-default.ts';
import { judgeImageBlockPublicAccess } from '../../src/checks/image-block-public-access.ts';
import { judgeMetadataTokens } from '../../src/checks/metadata-tokens.ts';
import { judgePublicAmisQuota } from '../../src/checks/public-amis-quota.ts';
import type { RegionWork } from '../../src/checks/region-work.ts';
import { judgeSnapshotBlockPublicAccess } from '../../src/checks/snapshot-block-public-access.ts';
import { failedLookup, okLookup } from '../../src/model/lookup.ts';

const region = 'eu-west-1';
const sharing = { public: true, accounts: [], organizations: [], snapshots: true };
const work = (more: Partial<RegionWork> = {}): RegionWork => ({
  region,
  account: '123456789012',
  release: 'web@1.0.0',
  atOnce: 4,
  sharing,
  toBuild: [],
  toCopy: [],
  toOpen: [],
  toRemove: new Set(),
  isLast: false,
  toBuildOnEbs: 2,
  withoutTokens: 2,
  withoutTokensByDefault: 2,
  bundledWithoutTokens: 0,
  toMakePublic: 2,
  withPublicSnapshots: 2,
  snapshotsToMakePublic: 2,
  encryptedSnapshots: [],
  ...more,
});
const denied = failedLookup({ code: 'UnauthorizedOperation', message: 'no', operation: 'ec2:Some', region });

describe('block public access for AMIs', () => {
  it.each([
    ['unblocked', 'account', 'ok', ''],
    [
      'block-new-sharing',
      'account',
      'refused',
      `aws ec2 disable-image-block-public-access --region ${region}`,
    ],
    ['block-new-sharing', 'declarative-policy', 'refused', 'administrator of the organization'],
    ['an unknown future value', 'account', 'refused', 'disable-image-block-public-access'],
  ])('%s by %s: %s', (state, managedBy, is, todo) => {
    const finding = judgeImageBlockPublicAccess(work(), okLookup({ state, managedBy }));
    expect(finding.is).toBe(is);
    expect('todo' in finding ? finding.todo : '').toContain(todo);
  });

  it('is unknown if the lookup failed, with the permission to allow', () => {
    expect(judgeImageBlockPublicAccess(work(), denied)).toMatchObject({
      is: 'unknown',
      found: 'ec2:Some: UnauthorizedOperation: no',
      todo: expect.stringContaining('ec2:Some'),
    });
  });
});

describe('block public access for snapshots', () => {
  const all = { snapshotsToMakePublic: 0 };
  it.each([
    ['unblocked', {}, 'ok'],
    ['block-new-sharing', {}, 'refused'],
    ['block-all-sharing', {}, 'refused'],
    ['block-new-sharing', all, 'ok'], // what is public stays so
    ['block-all-sharing', all, 'refused'], // it is hidden though its permission says public
  ])('%s with %j: %s', (state, more, is) => {
    const lookup = okLookup({ state, managedBy: 'account' });
    expect(judgeSnapshotBlockPublicAccess(work(more), lookup).is).toBe(is);
  });

  it('is unknown if the lookup failed, with or without public snapshots', () => {
    expect(judgeSnapshotBlockPublicAccess(work(), denied).is).toBe('unknown');
    expect(judgeSnapshotBlockPublicAccess(work(all), denied).is).toBe('unknown');
  });
});

describe('the quota of public AMIs', () => {
  const none = okLookup(0);
  it.each([
    ['3 public and 2 more, 5 allowed', okLookup(5), okLookup(3), none, 'ok'],
    ['4 public and 2 more, 5 allowed', okLookup(5), okLookup(4), none, 'refused'],
    ['4 public and 2 more, 6 allowed', okLookup(6), okLookup(4), none, 'ok'],
    [
      'room, except for AMIs that the Recycle Bin may contain',
      okLookup(5),
      okLookup(3),
      okLookup(1),
      'warning',
    ],
    ['room, and an unknown Recycle Bin', okLookup(5), okLookup(3), denied, 'warning'],
    ['a quota that may not be read, with a sufficient AWS default', denied, okLookup(3), none, 'ok'],
    ['a quota that may not be read, with an insufficient AWS default', denied, okLookup(4), none, 'unknown'],
    ['public AMIs that cannot be counted', okLookup(50), denied, none, 'unknown'],
  ])('is judged with %s', (_, allowed, used, recycled, is) => {
    expect(judgePublicAmisQuota(work(), { allowed, public: used, recycled }).is).toBe(is);
  });

  it('names the numbers and the command that requests more', () => {
    expect(
      judgePublicAmisQuota(work(), { allowed: okLookup(5), public: okLookup(4), recycled: none }),
    ).toMatchObject({
      found: '4 public AMIs, and 5 are allowed',
      todo: expect.stringMatching(/^aws service-quotas .*L-0E3CBAB9 --region eu-west-1 --desired-value 6;/),
    });
  });
});

describe('encryption by default', () => {
  const own = `arn:aws:kms:${region}:123456789012:key/0ea3fef3-80a7-4778-9d8c-1c0c6EXAMPLE`;
  const aws = `arn:aws:kms:${region}:123456789012:alias/aws/ebs`;
  const friends = { ...sharing, public: false, accounts: ['210987654321'] };
  it.each([
    ['off', 'none', sharing, 'ok'],
    ['AWS’s key, public', 'alias/aws/ebs', sharing, 'refused'],
    ['an own key, public', own, sharing, 'refused'],
    ['AWS’s key, with accounts', 'alias/aws/ebs', friends, 'refused'],
    ['AWS’s key by ARN, with accounts', aws, friends, 'refused'],
    ['an own key, with accounts', own, friends, 'warning'],
  ])('is judged with %s', (_, key, audience, is) => {
    expect(judgeEncryptionByDefault(work({ sharing: audience }), okLookup(key)).is).toBe(is);
  });

  it('is unknown if the lookup failed', () => {
    expect(judgeEncryptionByDefault(work(), denied).is).toBe('unknown');
  });
});

it('AMIs that are already encrypted can never be public', () => {
  expect(judgeEncryptedSnapshots(work()).is).toBe('ok');
  expect(judgeEncryptedSnapshots(work({ encryptedSnapshots: ['snap-01'] }))).toMatchObject({
    is: 'refused',
    found: 'encrypted: snap-01',
    todo: expect.stringContaining('new version'),
  });
});

describe('IMDSv2 on builders', () => {
  const optional = `aws ec2 modify-instance-metadata-defaults --region ${region} --http-tokens optional`;
  const own = { withoutTokensByDefault: 0 };
  it.each([
    ['no-preference', false, 'account', {}, 'ok', ''],
    ['optional', false, 'account', {}, 'ok', ''],
    ['required', false, 'account', {}, 'warning', `Use Packer 1.7.0 or newer. With 1.6.6: ${optional}`],
    ['required', false, 'account', { bundledWithoutTokens: 1 }, 'warning', optional],
    ['required', false, 'account', own, 'ok', ''],
    ['required', false, 'declarative-policy', {}, 'warning', 'With 1.6.6: Ask the administrator'],
    ['required', true, 'account', own, 'warning', `${optional} --http-tokens-enforced disabled`],
    ['no-preference', true, 'declarative-policy', {}, 'warning', 'Ask the administrator'],
  ])('%s, enforced %s by %s, with %j: %s', (tokens, enforced, managedBy, more, is, todo) => {
    const finding = judgeMetadataTokens(work(more), okLookup({ tokens, enforced, managedBy }));
    expect(finding.is).toBe(is);
    expect('todo' in finding ? finding.todo : '').toContain(todo);
  });

  it("on instance-store is not affected by Packer's options or a newer Packer", () => {
    const finding = judgeMetadataTokens(
      work({ bundledWithoutTokens: 1 }),
      okLookup({ tokens: 'required', enforced: false, managedBy: 'account' }),
    );
    expect(finding).toMatchObject({ is: 'warning', todo: optional });
  });

  it('is unknown if the lookup failed', () => {
    expect(judgeMetadataTokens(work(), denied)).toMatchObject({ is: 'unknown', stops: 'building' });
  });
});

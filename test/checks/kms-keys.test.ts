import { describe, expect, it } from 'vitest';
import { lackingActions, namesOrganization } from '../../src/checks/key-policy.ts';
import { judgeKmsKey, keysOf } from '../../src/checks/kms-key.ts';
import { judgeSharedKey } from '../../src/checks/shared-key.ts';
import { failedLookup, okLookup } from '../../src/model/lookup.ts';
import type { Target } from '../../src/model/release-plan.ts';
import { target } from '../support/embedded.ts';

const region = 'us-east-1';
const owner = '123456789012';
const friend = '210987654321';
const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arn = `arn:aws:kms:${region}:${owner}:key/${id}`;
const denied = failedLookup({ code: 'AccessDeniedException', message: 'no', operation: 'kms:Some', region });

describe('a key for encryption', () => {
  const key = { arn, state: 'Enabled', usage: 'ENCRYPT_DECRYPT', spec: 'SYMMETRIC_DEFAULT' };
  const judged = (lookup: Parameters<typeof judgeKmsKey>[2], name: string | undefined = 'alias/images') => {
    const finding = judgeKmsKey(region, name, lookup, { check: 'KMS key', region });
    return [finding.is, 'found' in finding ? finding.found : '', 'todo' in finding ? finding.todo : ''];
  };

  it('must be enabled, symmetric, and exist', () => {
    expect(judged(okLookup(key))[0]).toBe('ok');
    expect(judged(okLookup(undefined))).toEqual([
      'refused',
      'alias/images, which us-east-1 does not have',
      expect.stringContaining('aws kms list-aliases --region us-east-1'),
    ]);
    expect(judged(denied)[0]).toBe('unknown');
  });

  it.each([
    ['Disabled', `aws kms enable-key --region us-east-1 --key-id ${id}`],
    ['PendingDeletion', `aws kms cancel-key-deletion --region us-east-1 --key-id ${id}`],
    ['Unavailable', 'Use another key'],
  ])('must not be %s', (state, todo) => {
    expect(judged(okLookup({ ...key, state }))).toEqual([
      'refused',
      `alias/images (${arn}), which is ${state}`,
      expect.stringContaining(todo),
    ]);
  });

  it('must not be a signing key', () => {
    const found = okLookup({ ...key, usage: 'SIGN_VERIFY', spec: 'RSA_2048' });
    expect(judged(found)[1]).toBe(`alias/images (${arn}), a key of RSA_2048 for SIGN_VERIFY`);
  });
});

describe('the keys of a target', () => {
  const of = (more: Partial<Target>, mappings: object[] = []) =>
    keysOf({
      ...target,
      packer: { ...target.packer, options: { launch_block_device_mappings: mappings as never } },
      ...more,
    }).map(({ name, option, byCopy = false }) => [name, option.join('.'), byCopy]);
  const encrypted = { device_name: '/dev/sda1', encrypted: true };
  const copy = { from: 'eu-west-1-a', region: 'eu-west-1' };

  it.each<[string, ReturnType<typeof of>, ReturnType<typeof of>]>([
    ['nothing', of({}), []],
    ['a mapping without a key', of({}, [encrypted]), []],
    [
      'a mapping with a key',
      of({}, [{}, { ...encrypted, kms_key_id: 'alias/a' }]),
      [['alias/a', 'launch_block_device_mappings.1.kms_key_id', false]],
    ],
    ['encryption', of({ encryption: {} }), [[undefined, 'encryption', false]]],
    [
      'encryption before its mappings',
      of({ encryption: { kmsKey: 'alias/b' } }, [{ ...encrypted, kms_key_id: 'alias/b' }]),
      [['alias/b', 'encryption', false]],
    ],
    [
      'a copy of volumes that a mapping encrypts',
      of({ copy }, [{ ...encrypted, kms_key_id: 'alias/a' }]),
      [[undefined, 'launch_block_device_mappings.0.encrypted', true]],
    ],
    ['a copy of unencrypted volumes', of({ copy }, [{ device_name: '/dev/sda1' }]), []],
  ])('are those of %s', (_, keys, expected) => expect(keys).toEqual(expected));
});

type Statement = Record<string, unknown>;

const allowing: Statement = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${friend}:root` },
  Action: ['kms:DescribeKey', 'kms:CreateGrant', 'kms:Decrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  Resource: '*',
};
const policy = (...Statement: Statement[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const all = ['kms:DescribeKey', 'kms:CreateGrant', 'kms:Decrypt', 'kms:ReEncryptFrom'];
const condition = (operator: string, key: string, value: unknown) => ({
  Condition: { [operator]: { [key]: value } },
});

describe('a key policy', () => {
  it.each<[string, string, { denied?: string[]; unclear?: string[] }]>([
    ['that names the account', policy(allowing), {}],
    ['that names it by its number', policy({ ...allowing, Principal: { AWS: [owner, friend] } }), {}],
    [
      'that names a role of it',
      policy({ ...allowing, Principal: { AWS: `arn:aws:iam::${friend}:role/x` } }),
      {},
    ],
    ['for everybody', policy({ ...allowing, Principal: '*', Action: 'KMS:*' }), {}],
    ['of one statement', JSON.stringify({ Statement: allowing }), {}],
    [
      'only for EC2',
      policy({ ...allowing, ...condition('StringEquals', 'kms:ViaService', `ec2.${region}.amazonaws.com`) }),
      {},
    ],
    [
      'for EC2 of all regions',
      policy({ ...allowing, ...condition('StringLike', 'kms:ViaService', 'ec2.*.amazonaws.com') }),
      {},
    ],
    [
      'only for RDS',
      policy({ ...allowing, ...condition('StringEquals', 'kms:ViaService', `rds.${region}.amazonaws.com`) }),
      { denied: all },
    ],
    [
      'only for grants to AWS',
      policy({ ...allowing, ...condition('Bool', 'kms:GrantIsForAWSResource', true) }),
      {},
    ],
    [
      'for another caller',
      policy({ ...allowing, ...condition('StringEquals', 'kms:CallerAccount', owner) }),
      { denied: all },
    ],
    [
      'for an organization',
      policy({
        ...allowing,
        Principal: '*',
        ...condition('StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'),
      }),
      { unclear: all },
    ],
    [
      'that names only the owner',
      policy({ ...allowing, Principal: { AWS: `arn:aws:iam::${owner}:root` } }),
      { denied: all },
    ],
    [
      'that only allows it to decrypt',
      policy({ ...allowing, Action: 'kms:Decrypt' }),
      { denied: ['kms:DescribeKey', 'kms:CreateGrant', 'kms:ReEncryptFrom'] },
    ],
    [
      'that partly denies',
      policy(allowing, { ...allowing, Effect: 'Deny', Principal: '*', Action: 'kms:Create*' }),
      { denied: ['kms:CreateGrant'] },
    ],
    [
      'that may partly deny',
      policy(allowing, {
        ...allowing,
        Effect: 'Deny',
        Action: 'kms:Decrypt',
        ...condition('Null', 'aws:SourceIp', 'true'),
      }),
      { unclear: ['kms:Decrypt'] },
    ],
    [
      'with other words',
      policy({ Effect: 'Allow', NotPrincipal: { AWS: owner }, Action: 'kms:*' }),
      { unclear: all },
    ],
    ['that is none', 'nonsense', { unclear: all }],
  ])('%s', (_, text, { denied: no = [], unclear = [] }) => {
    expect(lackingActions(text, friend, region)).toEqual({ denied: no, unclear });
  });

  it('names an organization in a condition', () => {
    const organization = 'arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5';
    const unit = 'arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/ou-ab12-12345678';
    const naming = policy({
      ...allowing,
      ...condition('StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'),
    });
    expect([namesOrganization(naming, organization), namesOrganization(naming, unit)]).toEqual([true, true]);
    expect(namesOrganization(policy(allowing), organization)).toBe(false);
  });
});

describe('the key of a shared AMI', () => {
  const sharing = { public: false, accounts: [friend], organizations: [], snapshots: true };
  const key = { arn, account: owner, awsManaged: false };
  const judged = (
    more: Partial<typeof key>,
    text: Parameters<typeof judgeSharedKey>[2]['policy'],
    grants: Parameters<typeof judgeSharedKey>[2]['grants'] = okLookup([]),
  ) =>
    judgeSharedKey(
      { region, sharing },
      { ...key, ...more },
      { policy: text, grants },
      { check: 'KMS key', region },
    );

  it.each([
    ['one that its policy lets them use', judged({}, okLookup(policy(allowing))), 'ok', 'sharing'],
    ["AWS's own", judged({ awsManaged: true, arn: 'alias/aws/ebs' }, undefined), 'refused', 'building'],
    ['one of another account', judged({ account: friend }, undefined), 'not-checked', 'sharing'],
    ['one whose policy may not be read', judged({}, denied), 'unknown', 'sharing'],
    ['one whose grants may not be read', judged({}, okLookup(policy()), denied), 'unknown', 'sharing'],
    [
      'one that they may use by a grant',
      judged({}, okLookup(policy()), okLookup([`arn:aws:iam::${friend}:role/x`])),
      'warning',
      'sharing',
    ],
    [
      'one by a grant to others',
      judged({}, okLookup(policy()), okLookup(['ec2.amazonaws.com'])),
      'refused',
      'sharing',
    ],
  ])('is judged as %s', (_, finding, is, stops) => {
    expect([finding.is, finding.stops]).toEqual([is, stops]);
  });

  it('lacks a statement that is shown completely', () => {
    const finding = judged({}, okLookup(policy({ ...allowing, Action: 'kms:Decrypt' })));
    expect(finding).toMatchObject({
      is: 'refused',
      code: 'kms-key-not-shared',
      found: `${arn}, whose policy does not allow ${friend} kms:DescribeKey, kms:CreateGrant, kms:ReEncryptFrom`,
      command: `aws kms get-key-policy --region ${region} --key-id ${id} --policy-name default`,
    });
    const [, statement = ''] = ('todo' in finding ? finding.todo : '').match(/policy: (\{.*\}); its/) ?? [];
    expect(lackingActions(policy(JSON.parse(statement)), friend, region)).toEqual({
      denied: [],
      unclear: [],
    });
  });
});

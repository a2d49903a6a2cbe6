import { readFile, writeFile } from 'node:fs/promises';
import { CreateKeyPairCommand, CreateTagsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newProject, type Project, type Run, type RunningSandbox } from './project.ts';

const region = 'us-east-1';
const account = '123456789012';
const person = `arn:aws:iam::${account}:user/alice`;
const secret = 'correct horse battery staple';
const key = '1234abcd-12ab-34cd-56ef-1234567890ab';
const golden = 'ami-0aaaaaaaaaaaaaaaa';
const subnet = 'subnet-0aaaaaaaaaaaaaaaa';

/** Amazon Inspector's findings in the base image. */
const scan = {
  scannedAt: '2026-11-20T00:00:00.000Z',
  findings: [
    {
      title: 'CVE-2026-0001 - openssl',
      severity: 'high' as const,
      score: 7.5,
      firstObservedAt: '2026-11-02T00:00:00.000Z',
      fixAvailableSince: '2026-11-01T00:00:00.000Z',
      paths: ['usr/lib64/libssl.so'],
    },
    {
      title: 'CVE-2026-0003 - bash',
      severity: 'medium' as const,
      score: 4,
      firstObservedAt: '2026-11-20T00:00:00.000Z',
    },
  ],
};

/** An account unlike any new one: no default VPC, a full quota, somebody else's base image, a taken name. */
const peculiar = {
  accounts: [
    { account, instanceProfiles: [{ name: 'bare', role: false }, 'other'] },
    {
      account,
      region,
      defaultVpc: false,
      declarativePolicies: ['image_block_public_access' as const],
      metadataTokensEnforced: true,
      quotas: { 'L-1216C47A': 33, 'L-0E3CBAB9': 7 },
      instanceTypes: { 't3.large': ['a', 'b'] },
      // The account may use the base image only because of its scan.
      allowedImages: {
        state: 'enabled' as const,
        criteria: [
          { ImageProviders: ['amazon', '210987654321'] },
          {
            ScanResultCondition: {
              MaximumSeverityLabel: 'high' as const,
              MaxDaysSinceHighFixAvailable: 10_000,
            },
          },
        ],
      },
      kmsKeys: [
        {
          id: key,
          alias: 'alias/images',
          policy: {
            Statement: [{ Effect: 'Allow', Principal: { AWS: person }, Action: 'kms:*', Resource: '*' }],
          },
        },
      ],
      vpcs: [
        {
          id: 'vpc-0aaaaaaaaaaaaaaaa',
          cidr: '10.0.0.0/16',
          otherCidrs: ['10.7.0.0/16'],
          tags: { Owner: person },
          subnets: [
            {
              id: subnet,
              zone: 'a',
              cidr: '10.0.1.0/24',
              public: true,
              mapPublicIpOnLaunch: true,
              tags: { tier: 'build', Owner: 'alice' },
            },
            { zone: 'b', cidr: '10.7.2.0/24', tags: { tier: 'private' } },
          ],
          securityGroups: [
            {
              id: 'sg-0aaaaaaaaaaaaaaaa',
              name: 'ssh',
              description: `for ${person}`,
              ingress: [
                { port: 22, cidr: '10.0.0.0/8', description: 'alice at home' },
                { protocol: '-1' as const, group: 'ssh' },
              ],
              egress: [{ port: 443 }, { protocol: 'icmp' as const, cidr: '0.0.0.0/0' }],
            },
          ],
        },
      ],
      images: [
        {
          id: golden,
          owner: '444455556666',
          name: 'golden 1.0',
          rootDeviceName: '/dev/xvda',
          watermarks: ['444455556666:approved'],
          unsupportedInstanceTypes: ['p3.*'],
          tags: { made: person },
          scan,
        },
        { id: 'ami-0bbbbbbbbbbbbbbbb', owner: '210987654321', name: 'rehearsed 1.0.0 golden' },
      ],
      parameters: [
        { name: '/golden/latest', value: golden, version: 4, tags: { Owner: person } },
        { name: '/rehearsed/golden', value: secret, type: 'SecureString' as const },
      ],
    },
    { account, region: 'eu-west-1', imageBlockPublicAccess: 'unblocked' as const, encryptionByDefault: true },
  ],
};

const config = {
  version: '1.0.0',
  amiName: 'rehearsed {version} {image}',
  regions: { [region]: { subnet_filter: { filters: { 'tag:tier': 'build' } } }, 'eu-west-1': {} },
  share: { public: true },
  parameters: ['/rehearsed/{image}'],
  images: [
    { name: 'golden', base: { ssm: '/golden/latest' } },
    { name: '2404', base: { ubuntu: '2404' } },
  ].map((image) => ({
    ...image,
    builder: {
      instance_type: 't3.large',
      ssh_username: 'admin',
      iam_instance_profile: 'bare',
      ssh_keypair_name: 'builder',
      ssh_agent_auth: true,
      security_group_id: 'sg-0aaaaaaaaaaaaaaaa',
    },
  })),
  provisioners: [{ type: 'shell', inline: ['true'] }],
};

/** The same in a region that has neither the parameter nor the subnet. */
const only = ['--only', region];

let origin: Project;
let fresh: Project;
let sandbox: RunningSandbox;

const configured = async (project: Project, regions: object = { [region]: config.regions[region] }) => {
  await project.config('rehearsed', (whole) => {
    for (const one of Object.keys(whole)) delete whole[one];
    Object.assign(whole, { ...config, regions });
  });
};

beforeAll(async () => {
  [origin, fresh] = await Promise.all([newProject(), newProject()]);
  await Promise.all([configured(origin), configured(fresh)]);
  sandbox = await origin.sandbox([], peculiar);
  const ec2 = sandbox.clients.ec2(region);
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'builder', KeyType: 'ed25519' }));
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: golden,
      InstanceType: 'm5.8xlarge',
      SubnetId: subnet,
      MinCount: 1,
      MaxCount: 1,
      MetadataOptions: { HttpTokens: 'required' },
      UserData: Buffer.from(`password: ${secret}`).toString('base64'),
    }),
  );
  const tag = { Key: 'Owner', Value: person };
  await ec2.send(new CreateTagsCommand({ Resources: [Instances?.[0]?.InstanceId ?? ''], Tags: [tag] }));
  await sandbox.clients
    .ssm(region)
    .send(new PutParameterCommand({ Name: '/other/secret', Value: secret, Type: 'SecureString' }));
});
afterAll(() => Promise.all([origin.remove(), fresh.remove()]));

/** The output of a command, without parts that differ between sandboxes. */
function said({ stdout, exit }: Run): unknown {
  const { createdAt: _, endpoint: __, saved: ___, ...rest } = JSON.parse(stdout);
  return { exit, ...rest };
}

describe('doctor --save', () => {
  it('writes the account as a file with which plan and doctor have the same output', async () => {
    const before = (await sandbox.calls()).length;
    const run = await origin.run(['doctor', 'rehearsed', '--sandbox', '--json', '--save', 'account.json']);
    const changing =
      /^(?:Create|Run|Modify|Put|Delete|Terminate|Enable|Disable|Register|Copy|Import|Authorize|Add)/;
    const made = (await sandbox.calls()).slice(before).map(({ operation }) => operation);
    expect(made.filter((operation) => changing.test(operation))).toEqual([]);
    expect(JSON.parse(run.stdout).saved).toEqual({
      file: 'account.json',
      complete: true,
      failedCalls: [],
      leftOut: [],
    });
    expect(run.stderr).toContain(
      'account.json is written. To rehearse in it: gopackgo publish rehearsed --sandbox --sandbox-account account.json',
    );
    const schema = JSON.parse(
      await readFile(new URL('../../docs/output.schema.json', import.meta.url), 'utf8'),
    );
    const validate = new Ajv({ allowUnionTypes: true })
      .addSchema(schema, 'output')
      .getSchema('output#/definitions/doctorOutput');
    expect(validate?.(JSON.parse(run.stdout)), JSON.stringify(validate?.errors)).toBe(true);

    await writeFile(fresh.path('account.json'), await readFile(origin.path('account.json')));
    const rehearsed = await fresh.run(['doctor', 'rehearsed', '--json', '--sandbox-account', 'account.json']);
    expect(said(rehearsed)).toEqual(said(run));
    expect(run.exit, 'a full quota and public AMIs are refused').toBe(4);
    const codes = JSON.parse(run.stdout)
      .checks.filter(({ is }: { is: string }) => is === 'refused')
      .map(({ code }: { code: string }) => code);
    expect(codes).toEqual(
      expect.arrayContaining(['image-block-public-access', 'vcpu-quota', 'base-image-watermarked']),
    );

    const plan = ['plan', 'rehearsed', '--sandbox', '--json'];
    const [planned, again] = await Promise.all([origin.run(plan), fresh.run(plan)]);
    expect(said(again)).toEqual(said(planned));
    expect(planned.exit).toBe(4);
    expect(again.stderr).toBe(planned.stderr);
    const published = await fresh.run(['publish', 'rehearsed', '--sandbox', '--yes']);
    expect(published.exit).toBe(4);
    expect(published.stderr).toContain('33 vCPUs in use');
  });

  it('writes no names and no secrets; with --with-names it writes names, but still no secrets', async () => {
    const anonymous = await readFile(origin.path('account.json'), 'utf8');
    expect(anonymous).not.toMatch(/alice/);
    expect(anonymous).not.toContain(secret);
    const saved = JSON.parse(anonymous).accounts[1];
    expect(saved.images.find(({ id }: { id: string }) => id === golden).scan).toEqual(scan);
    expect(saved).toMatchObject({
      vpcs: [{ subnets: [{ tags: { tier: 'build' } }, { tags: { tier: 'private' } }] }],
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: '/rehearsed/golden', type: 'SecureString', value: 'not saved' }),
      ]),
    });
    const words = ['doctor', 'rehearsed', '--sandbox', '--save', 'named.json', '--with-names'];
    const run = await origin.run(words);
    expect(run.stderr).toContain('named.json is written.');
    const named = await readFile(origin.path('named.json'), 'utf8');
    expect(named).toContain(person);
    expect(named).toContain('alice at home');
    expect(named).not.toContain(secret);
    expect(named).not.toContain('userData');
  });

  it('does not replace a file without --overwrite, and makes no call before it refuses (2)', async () => {
    await writeFile(origin.path('mine.json'), '{}');
    const before = (await sandbox.calls()).length;
    const save = ['doctor', 'rehearsed', '--sandbox', '--save', 'mine.json', ...only];
    const refused = await origin.run([...save, '--json']);
    expect(refused.exit).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'file-exists', place: '--save mine.json' });
    expect(await readFile(origin.path('mine.json'), 'utf8')).toBe('{}');
    expect((await sandbox.calls()).length).toBe(before);
    expect((await origin.run([...save, '--overwrite'])).exit).toBe(4);
    expect(JSON.parse(await readFile(origin.path('mine.json'), 'utf8'))).toHaveProperty('accounts');
    const alone = await origin.run(['doctor', 'rehearsed', '--sandbox', '--with-names']);
    expect(alone).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--with-names: expected --save beside it, found none'),
    });
  });

  it('names a failed lookup, and writes neither "absent" nor a default for it (1)', async () => {
    const denied = { error: 'UnauthorizedOperation' };
    await sandbox.addFaults([
      { on: 'ec2:DescribeVpcs', times: 1, does: denied },
      {
        on: 'servicequotas:GetServiceQuota',
        input: 'L-0E3CBAB9',
        times: 1,
        does: { error: 'AccessDeniedException' },
      },
    ]);
    const run = await origin.run(['doctor', 'rehearsed', '--sandbox', '--json', '--save', 'partly.json']);
    expect(run.exit).toBe(1);
    const { saved } = JSON.parse(run.stdout);
    expect(saved).toMatchObject({
      complete: false,
      failedCalls: expect.arrayContaining([
        expect.objectContaining({ operation: 'ec2:DescribeVpcs', code: 'UnauthorizedOperation', region }),
        expect.objectContaining({ operation: 'servicequotas:GetServiceQuota' }),
      ]),
    });
    expect(run.stderr).toContain(
      'partly.json: not saved, since the lookup failed: ec2:DescribeVpcs in us-east-1',
    );
    const [, rule] = JSON.parse(await readFile(origin.path('partly.json'), 'utf8')).accounts;
    expect(rule).not.toHaveProperty('vpcs');
    expect(rule).not.toHaveProperty('defaultVpc');
    expect(rule.quotas).toEqual({ 'L-1216C47A': 33 });
    expect(rule['//']).toContain('Not known: ');
  });

  it('also saves an account that lacks a base image, so that this can be rehearsed', async () => {
    await configured(origin, { 'eu-west-1': {} });
    await configured(fresh, { 'eu-west-1': {} });
    const run = await origin.run(['doctor', 'rehearsed', '--sandbox', '--save', 'missing.json']);
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain('missing.json is written.');
    await writeFile(fresh.path('missing.json'), await readFile(origin.path('missing.json')));
    const rehearsed = await fresh.run(['doctor', 'rehearsed', '--sandbox-account', 'missing.json']);
    expect(rehearsed.exit).toBe(4);
    const problem = run.stderr.split('\n').find((line) => line.includes('/golden/latest'));
    expect(problem).toBeDefined();
    expect(rehearsed.stderr).toContain(problem);
  });
});

import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blocksOf, sectionOf, textOf } from '../house/markdown.ts';
import { type Call, newProject, type Project } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** Operations whose permission has another name ("Actions, resources, and condition keys for Amazon S3"). */
const otherNames: Record<string, string[]> = {
  's3:CreateBucket': ['s3:CreateBucket', 's3:PutBucketOwnershipControls'],
  's3:DeleteObjects': ['s3:DeleteObject'],
  's3:GetPublicAccessBlock': ['s3:GetBucketPublicAccessBlock'],
  's3:ListBuckets': ['s3:ListAllMyBuckets'],
  's3:ListMultipartUploads': ['s3:ListBucketMultipartUploads'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  'sts:GetCallerIdentity': [],
  /** What EC2 looks up on behalf of the caller ("Identify your resources referencing specified AMIs"). */
  'ec2:DescribeImageReferences': [
    'ec2:DescribeImageReferences',
    'ec2:DescribeInstances',
    'ec2:DescribeLaunchTemplates',
    'ec2:DescribeLaunchTemplateVersions',
    'imagebuilder:GetContainerRecipe',
    'imagebuilder:ListContainerRecipes',
    'imagebuilder:ListImageRecipes',
    'ssm:DescribeParameters',
    'ssm:GetParameters',
  ],
};

/** The permissions that calls need. The AMI tools on a builder have their own role. */
function neededFor(calls: readonly Call[]): Set<string> {
  const own = calls.filter(({ userAgent }) => !userAgent.includes('ec2-ami-tools'));
  return new Set(
    own.flatMap(({ service, operation, input }) => {
      const action = `${service}:${operation}`;
      const passing = 'IamInstanceProfile' in input ? ['iam:PassRole'] : [];
      return [...(otherNames[action] ?? [action]), ...passing];
    }),
  );
}

const lacking = (needed: ReadonlySet<string>, allowed: readonly string[]): string[] =>
  [...needed]
    .filter((action) => !allowed.some((one) => new RegExp(`^${one.replaceAll('*', '.*')}$`).test(action)))
    .sort();

/** The actions that a text names in backticks; those without a service are S3's. */
const namedIn = (text: string): string[] =>
  [...text.matchAll(/`((?:\w+:)?[A-Z][\w*]+)`/g)].map(([, action = '']) =>
    action.includes(':') ? action : `s3:${action}`,
  );

const ofFirstRun = (): string[] =>
  blocksOf('docs/first-real-run.md').flatMap(({ info, text }) =>
    info === 'json' ? (JSON.parse(text).Statement[0].Action as string[]) : [],
  );

/** What the page on permissions names, and the tables that it refers to. */
const onPages = (): string[] => [
  ...namedIn(textOf('docs/permissions.md')),
  ...namedIn(sectionOf('docs/cleanup.md', '## Permissions')),
];

const done = async (...commands: string[][]) => {
  for (const words of commands) {
    const run = await project.run([...words, '--sandbox']);
    expect(run.exit, run.stderr).toBe(0);
  }
};

/** The tags in a call or a dry run, by resource type. The id of an attempt is not known beforehand. */
const taggedBy = ({ input }: Call): Record<string, Record<string, string>> => {
  const { TagSpecifications = [] } = input as {
    TagSpecifications?: { ResourceType: string; Tags: { Key: string; Value: string }[] }[];
  };
  const settled = ({ Key, Value }: { Key: string; Value: string }) =>
    Key === 'gopackgo:attempt' ? 'some' : Value;
  return Object.fromEntries(
    TagSpecifications.map(({ ResourceType, Tags }) => [
      ResourceType,
      Object.fromEntries(Tags.map((tag) => [tag.Key, settled(tag)])),
    ]),
  );
};

/** Whether Packer made this call with these tags. */
const asksLikePacker = (dryRun: Call, calls: readonly Call[]): boolean =>
  calls.some(
    (call) => call.operation === dryRun.operation && isDeepStrictEqual(taggedBy(call), taggedBy(dryRun)),
  );

it('the policy of the first run allows every call, from the plan to undoing it', async () => {
  const sandbox = await project.sandbox();
  await done(
    ['plan', 'test-ebs'],
    ['publish', 'test-ebs', '--yes'],
    ['status', 'test-ebs'],
    ['cleanup', 'test-ebs@1.0.0', '--yes'],
    ['cleanup', 'test-ebs', '--leftovers', '--yes'],
  );
  const calls = await sandbox.calls();
  const dryRuns = await sandbox.dryRuns();
  const needed = neededFor([...calls, ...dryRuns]);
  expect(lacking(needed, ofFirstRun())).toEqual([]);
  const asked = dryRuns.filter(({ operation }) => /^(?:Create|Run)/.test(operation));
  expect(new Set(asked.map(({ operation }) => operation))).toEqual(
    new Set(['CreateKeyPair', 'CreateSecurityGroup', 'RunInstances']),
  );
  expect(asked.filter((dryRun) => !asksLikePacker(dryRun, calls)).map(taggedBy)).toEqual([]);
  expect(lacking(needed, onPages())).toEqual([]);
  await done(['doctor', 'test-ebs', '--save', 'account.json']);
  const saving = neededFor((await sandbox.calls()).slice(calls.length));
  expect(saving).toContain('ec2:ListImagesInRecycleBin');
  expect(lacking(saving, onPages())).toEqual([]);
});

it('the page names every call to KMS', async () => {
  const sandbox = await project.sandbox([], {
    accounts: [{ defaultKmsKey: 'alias/images', kmsKeys: ['alias/images'] }],
  });
  await project.config('sealed', (config) => {
    config.share = { accounts: ['210987654321'] };
    config.encryption = true;
  });
  const run = await project.run(['plan', 'sealed', '--sandbox']);
  expect(run.stdout, run.stderr).toContain('whose policy does not allow 210987654321');
  const needed = neededFor([...(await sandbox.calls()), ...(await sandbox.dryRuns())]);
  expect([...needed]).toEqual(
    expect.arrayContaining([
      'ec2:GetEbsDefaultKmsKeyId',
      'kms:DescribeKey',
      'kms:GetKeyPolicy',
      'kms:ListGrants',
    ]),
  );
  expect(lacking(needed, onPages())).toEqual([]);
});

it('the pages on instance-store and cleanup name all further permissions that these need', async () => {
  const sandbox = await project.sandbox([], { accounts: [{ instanceProfiles: ['gopackgo-bundler'] }] });
  await done(['publish', 'test-instance', '--yes'], ['cleanup', 'test-instance@1.0.0', '--yes']);
  const profile = sectionOf('docs/instance-store.md', '## The instance profile');
  const publishing = /^To publish, you need[\s\S]*?\n\n/m.exec(profile)?.[0] ?? '';
  const cleaning = sectionOf('docs/cleanup.md', '## Permissions');
  const allowed = [...ofFirstRun(), ...namedIn(publishing), ...namedIn(cleaning)];
  const needed = neededFor([...(await sandbox.calls()), ...(await sandbox.dryRuns())]);
  expect(needed).toContain('iam:PassRole');
  expect(needed).toContain('s3:DeleteObject');
  expect(lacking(needed, allowed)).toEqual([]);
});

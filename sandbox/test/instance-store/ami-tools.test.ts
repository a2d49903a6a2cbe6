import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RegisterImageCommand } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  GetObjectAclCommand,
  ListObjectsV2Command,
  type ObjectOwnership,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeAll, expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../../model/accounts.ts';
import { runAmiTools } from '../../server/ami-tools/run-tools.ts';
import { instanceFiles } from '../../server/instance-files.ts';
import { uploadedFiles } from '../../server/uploaded-files.ts';
import { describe } from '../../testing/images.ts';
import { s3Of } from '../../testing/s3-client.ts';
import { createWorld, temporaryFolder } from '../../testing/world.ts';
import { readManifest } from '../../wire/bundle-manifest.ts';
import { machineWith } from '../server/ssh-client.ts';
import { signingPair } from './signing-pair.ts';

let pair: { certificate: string; key: string };
beforeAll(async () => {
  pair = await signingPair();
});

/** An instance with a certificate and a key in `/tmp`, in a world with a bucket. */
const instance = async (
  given: { metadata?: { answers: boolean; hasRole: boolean }; ownership?: ObjectOwnership } = {},
) => {
  const world = createWorld();
  const s3 = s3Of(world);
  const { ownership = 'BucketOwnerPreferred' } = given;
  await s3.send(new CreateBucketCommand({ Bucket: 'bundles', ObjectOwnership: ownership }));
  const folder = temporaryFolder();
  const uploaded = uploadedFiles(folder);
  const { metadata = { answers: true, hasRole: true } } = given;
  const machine = machineWith('', { account: defaultAccount.id, metadata });
  const put = (path: string, text: string) => {
    mkdirSync(join(folder, 'files', 'tmp'), { recursive: true });
    writeFileSync(join(folder, 'files', path), text);
  };
  put('/tmp/cert.pem', pair.certificate);
  put('/tmp/key.pem', pair.key);
  const files = instanceFiles({ uploaded, given: undefined, canned: {} });
  const run = async (command: string, user = 'root') => {
    const { handle } = world.aws;
    const answer = await runAmiTools(command, { machine, user, files, uploaded, handle });
    return { stdout: '', stderr: '', ...answer };
  };
  const keys = async (Bucket = 'bundles') => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key = '' }) => Key);
  };
  const read = (path: string) => readFileSync(join(folder, 'files', path), 'utf8');
  return { world, s3, run, keys, put, read, machine };
};

const volume =
  'ec2-bundle-vol -k /tmp/key.pem -u 1234-5678-9012 -c /tmp/cert.pem -r x86_64 -e "/tmp/*" -d /tmp -p image --partition mbr --batch --no-filter';
const upload =
  'ec2-upload-bundle -b bundles/a/b -m /tmp/image.manifest.xml -d /tmp --region us-east-1 --batch --retry';

const ofBundle = ['image.manifest.xml', 'image.part.00', 'image.part.01', 'image.part.02'];

test('a volume is bundled, uploaded with an ACL for EC2, and registered', async () => {
  const { world, s3, run, keys, read, machine } = await instance();
  expect(await run(`sudo -n bash -c '${volume}'`, 'ubuntu')).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('Bundle manifest is /tmp/image.manifest.xml'),
    stderr: '',
  });
  expect(readManifest(read('/tmp/image.manifest.xml'))).toMatchObject({
    name: 'image',
    user: '123456789012',
    architecture: 'x86_64',
    rootDevice: '/dev/sda1',
    ancestors: [machine.image],
    parts: ofBundle
      .slice(1)
      .map((filename) => ({ filename, digest: expect.stringMatching(/^[0-9a-f]{40}$/) })),
  });
  expect(await run(upload)).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('Manifest uploaded to: bundles/a/b/image.manifest.xml'),
  });
  expect(await keys()).toEqual(ofBundle.map((name) => `a/b/${name}`));
  for (const Key of await keys()) {
    const { Grants } = await s3.send(new GetObjectAclCommand({ Bucket: 'bundles', Key }));
    expect(Grants?.map(({ Permission }) => Permission)).toEqual(['FULL_CONTROL', 'READ']);
  }
  const ImageLocation = 'bundles/a/b/image.manifest.xml';
  const { ImageId = '' } = await world
    .ec2()
    .send(new RegisterImageCommand({ Name: 'bundled', ImageLocation, VirtualizationType: 'hvm' }));
  expect(await describe(world, ImageId)).toMatchObject({ ImageLocation, Architecture: 'x86_64' });
  const puts = world.aws.calls().filter(({ operation }) => operation === 'PutObject');
  expect(puts.map(({ userAgent }) => userAgent.includes('ec2-ami-tools'))).toEqual(ofBundle.map(() => true));
});

test.each([
  ['-k /tmp/key.pem', '-k /tmp/none.pem', 1, "--privatekey has invalid value '/tmp/none.pem'"],
  ['-c /tmp/cert.pem', '-c /tmp/none.pem', 1, "--cert has invalid value '/tmp/none.pem'"],
  ['-c /tmp/cert.pem', '', 1, 'missing mandatory parameter: --cert'],
  ['-c /tmp/cert.pem', '-c /tmp/key.pem', 254, 'ERROR: /tmp/key.pem is not the PEM certificate'],
  ['-k /tmp/key.pem', '-k /tmp/cert.pem', 254, 'ERROR: /tmp/cert.pem is not an RSA private key'],
  ['-u 1234-5678-9012', '-u AKIASANDBOX000000001', 1, 'the user ID should consist of 12 digits'],
  ['-d /tmp', '-d /nowhere', 1, "--destination has invalid value '/nowhere'"],
  ['-p image', '-p a/image', 1, "'/' character not allowed."],
  ['--partition mbr', '--partition dos', 1, 'invalid argument: --partition dos'],
  ['--batch', '--fast', 1, "invalid option: --fast\nTry 'ec2-bundle-vol --help'"],
  ['--batch', '--size 20000', 254, 'ERROR: the specified size 20000MB is too large'],
  ['--batch', '--clone-only', 254, 'The sandbox does not support --clone-only.'],
  ['--batch', '| tee log', 1, 'does not support a command that runs them with |'],
])('bundling with %s replaced by %j fails with %i', async (given, replaced, exit, stderr) => {
  const { run } = await instance();
  const answer = await run(volume.replace(given, replaced));
  expect(answer).toMatchObject({ exit, stderr: expect.stringContaining(stderr) });
  expect((await run(upload)).exit).toBe(1);
});

test('bundling needs root, an RSA certificate and metadata that old tools can read, and works once', async () => {
  const { run, put } = await instance();
  expect(await run(volume, 'ubuntu')).toMatchObject({ exit: 254, stderr: expect.stringContaining('root') });
  put('/tmp/cert.pem', (await signingPair('ec')).certificate);
  expect(await run(volume)).toMatchObject({ exit: 254, stderr: expect.stringContaining('RSA key') });
  put('/tmp/cert.pem', pair.certificate);
  expect((await run(volume)).exit).toBe(0);
  expect(await run(volume)).toMatchObject({ exit: 254, stderr: expect.stringContaining('already exists') });
  const strict = await instance({ metadata: { answers: false, hasRole: true } });
  expect((await strict.run(volume)).exit).toBe(12);
  expect((await strict.run(`${volume} --no-inherit`)).exit).toBe(0);
  expect(await strict.run(upload)).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('missing mandatory parameter: --access-key'),
  });
});

const keysOf = ({ accessKeyId, secretAccessKey }: typeof defaultAccount) =>
  `-a ${accessKeyId} -s ${secretAccessKey}`;

test('without a role the upload needs keys, which are the account’s', async () => {
  const { run, keys } = await instance({ metadata: { answers: true, hasRole: false } });
  await run(volume);
  expect((await run(upload)).stderr).toContain('missing mandatory parameter: --access-key');
  expect(await run(`${upload} -a AKIASANDBOX000000001 -s wrong`)).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining('SignatureDoesNotMatch'),
  });
  expect(await run(`${upload} ${keysOf(otherAccount)}`)).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining('AccessDenied'),
  });
  expect(await keys()).toEqual([]);
  expect((await run(`${upload} ${keysOf(defaultAccount)}`)).exit).toBe(0);
});

test('session keys need their token, and a user’s own keys are refused with one', async () => {
  const { world, run, keys } = await instance();
  world.aws.settings.change({ accounts: [{ roles: [{ name: 'publisher' }] }] });
  await run(volume);
  const RoleArn = `arn:aws:iam::${defaultAccount.id}:role/publisher`;
  const { Credentials } = await world
    .sts()
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'bundles' }));
  const session = `-a ${Credentials?.AccessKeyId} -s ${Credentials?.SecretAccessKey}`;
  expect((await run(`${upload} ${session}`)).exit).toBe(3);
  expect((await run(`${upload} ${keysOf(defaultAccount)} -t ${Credentials?.SessionToken}`)).exit).toBe(3);
  expect(await keys()).toEqual([]);
  expect(await run(`${upload} ${session} -t ${Credentials?.SessionToken}`)).toMatchObject({ exit: 0 });
});

test('a bucket that refuses ACLs refuses the bundle, with --retry five times', async () => {
  const { world, run, keys } = await instance({ ownership: 'BucketOwnerEnforced' });
  await run(volume);
  expect(await run(upload)).toMatchObject({
    exit: 3,
    stderr: expect.stringMatching(
      /^(Failed to upload "\/tmp\/image\.part\.00": Server\.AccessControlListNotSupported\(400\): .*\n){5}ERROR: Failed/m,
    ),
  });
  expect(world.aws.calls().filter(({ operation }) => operation === 'PutObject')).toHaveLength(5);
  expect(await keys()).toEqual([]);
});

test('a missing bucket is created, and, being new, refuses ACLs', async () => {
  const { world, run, keys } = await instance();
  await run(volume);
  expect(await run(upload.replace('-b bundles/a/b', '-b forgotten'))).toMatchObject({
    exit: 3,
    stdout: expect.stringContaining('Creating bucket...'),
    stderr: expect.stringContaining('AccessControlListNotSupported'),
  });
  expect(await keys('forgotten')).toEqual([]);
  expect(world.aws.calls().map(({ operation }) => operation)).toContain('CreateBucket');
});

test('an upload to a bucket in another region than the given one fails', async () => {
  const { run, keys } = await instance();
  await run(volume);
  expect(await run(upload.replace('us-east-1', 'us-west-2'))).toMatchObject({
    exit: 10,
    stderr: expect.stringContaining('Bucket "bundles" already exists in "us-east-1" and "us-west-2"'),
  });
  expect(await keys()).toEqual([]);
});

test('an upload that fails for a while succeeds with --retry', async () => {
  const { world, run, keys } = await instance();
  await run(volume);
  world.faults.add([
    { on: 's3:PutObject', userAgent: 'ec2-ami-tools', times: 2, does: { error: 'SlowDown' } },
  ]);
  expect(await run(upload)).toMatchObject({ exit: 0, stdout: expect.stringContaining('Retrying in 5s ...') });
  expect(await keys()).toHaveLength(4);
});

test('parts can be left out, and a file that is no manifest is not uploaded', async () => {
  const { run, keys, put } = await instance();
  await run(volume);
  expect((await run(`${upload} --part 2 --skipmanifest`)).exit).toBe(0);
  expect(await keys()).toEqual(['a/b/image.part.02']);
  put('/tmp/image.manifest.xml', '<html/>');
  expect(await run(upload)).toMatchObject({
    exit: 254,
    stderr: expect.stringContaining('is not a manifest'),
  });
});

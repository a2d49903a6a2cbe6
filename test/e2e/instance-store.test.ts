import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  GetObjectAclCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/index.ts';
import { makePair } from '../../src/instance-store/make-pair.ts';
import { eventsOfType, resultOf } from './events.ts';
import { packerOfTests } from './packer.ts';
import { cleanEnvironment, newProject, type Project, type RunningSandbox, until } from './project.ts';
import { stateOf } from './state.ts';

const [pv, hvm] = ['us-east-1-1404-pv', 'us-east-1-1404-hvm'] as const;
const bucket = 'gopackgo-123456789012-test-instance-1-0-0-us-east-1';
const day = 24 * 60 * 60_000;

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** A sandbox whose account has the instance profile that the config names. */
const sandboxWith = (...faults: Fault[]): Promise<RunningSandbox> =>
  project.sandbox(faults, { accounts: [{ instanceProfiles: ['gopackgo-bundler'] }] });

const publish = (...more: string[]) =>
  project.run(['publish', 'test-instance', '--sandbox', '--yes', '--json', ...more]);

/** Changes a key of an image of `test-instance`. */
async function configure(change: (image: Record<string, unknown>) => void): Promise<void> {
  const { parse } = await import('jsonc-parser');
  const file = project.path('configs/test-instance.json');
  const config = parse(await readFile(file, 'utf8'), [], { allowTrailingComma: true });
  change(config.images[0]);
  await writeFile(file, JSON.stringify(config));
}

async function keysIn(sandbox: RunningSandbox): Promise<string[]> {
  const s3 = await sandbox.clients.s3('us-east-1');
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = '' }) => Key);
}

const called = async (sandbox: RunningSandbox, ...operations: string[]) =>
  (await sandbox.calls()).map(({ operation }) => operation).filter((name) => operations.includes(name));

/** The commands that the builders got, from the sandbox's own record. */
async function commands(): Promise<string[]> {
  const folder = project.path('.gopackgo/sandbox/state/instances');
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name, 'commands.ndjson'), 'utf8')),
  );
  return texts.flatMap((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line): string => JSON.parse(line).command),
  );
}

async function textsUnder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

describe('two instance-store images, pv and hvm', () => {
  it('are bundled, uploaded so that EC2 can read them, registered where the plan says, and found again from AWS alone', async () => {
    const sandbox = await sandboxWith();
    const run = await publish();
    expect(run.exit, run.stderr).toBe(0);
    expect(resultOf(run).targets).toMatchObject([
      { name: pv, status: 'verified', attempts: 1, snapshots: [] },
      { name: hvm, status: 'verified', attempts: 1, snapshots: [] },
    ]);
    const { Images = [] } = await sandbox.clients
      .ec2('us-east-1')
      .send(new DescribeImagesCommand({ Owners: ['self'] }));
    const made = Images.map(({ ImageLocation, VirtualizationType, RootDeviceType }) => [
      ImageLocation,
      VirtualizationType,
      RootDeviceType,
    ]);
    expect(made.sort()).toEqual([
      [`${bucket}/1404-hvm.manifest.xml`, 'hvm', 'instance-store'],
      [`${bucket}/1404-pv.manifest.xml`, 'paravirtual', 'instance-store'],
    ]);
    const s3 = await sandbox.clients.s3('us-east-1');
    for (const Key of await keysIn(sandbox)) {
      const { Grants = [] } = await s3.send(new GetObjectAclCommand({ Bucket: bucket, Key }));
      expect(Grants.map(({ Permission }) => Permission).sort()).toEqual(['FULL_CONTROL', 'READ']);
    }
    expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);

    const said = await commands();
    const volumes = said.filter((command) => command.includes('ec2-bundle-vol'));
    expect(
      volumes.map((command) => [/-p (\S+)/.exec(command)?.[1], / --partition mbr /.test(command)]).sort(),
    ).toEqual([
      ['1404-hvm', true],
      ['1404-pv', false],
    ]);
    for (const command of volumes) expect(command).toContain(' -e "/tmp/*" ');
    expect(said.filter((command) => / -[ast] /.test(command))).toEqual([]);

    await rm(project.path('.gopackgo/sandbox/releases'), { recursive: true });
    const again = await publish();
    expect(again.exit, again.stderr).toBe(0);
    expect(eventsOfType(again, 'attempt-started')).toEqual([]);
  });

  it('leave nothing of a failed upload, and the next run makes only that image', async () => {
    // The tool tries each file five times.
    const sandbox = await sandboxWith({
      on: 's3:PutObject',
      userAgent: 'ec2-ami-tools',
      input: '1404-hvm.manifest.xml',
      times: 5,
      does: { error: 'InternalError', status: 500 },
    });
    const run = await publish();
    expect(run.exit).toBe(1);
    const [good, bad] = resultOf(run).targets;
    expect([good?.status, bad?.status]).toEqual(['verified', 'failed']);
    expect(bad).toMatchObject({ attempts: 1, error: { kind: 'other' } });
    expect(eventsOfType(run, 'removed').map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      `bundle ${bucket}/1404-hvm`,
    ]);
    expect((await keysIn(sandbox)).filter((key) => !key.startsWith('1404-pv.'))).toEqual([]);
    expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);

    const again = await publish();
    expect(again.exit, again.stderr).toBe(0);
    expect(eventsOfType(again, 'attempt-started').map(({ target }) => target)).toEqual([hvm]);
    expect(resultOf(again).targets[0]?.ami).toBe(good?.ami);
  });

  it('leave no bucket if the run is interrupted before anything is uploaded, and the next run makes both', async () => {
    const sandbox = await sandboxWith({ on: 'ssh', command: 'script_', times: 0, does: { delay: 60_000 } });
    const running = project.start(['publish', 'test-instance', '--sandbox', '--yes', '--json']);
    await until('a builder', async () => (await called(sandbox, 'RunInstances')).length > 0);
    running.child.kill('SIGINT');
    const run = await running.ended;
    expect(run.exit, run.stderr).toBe(130);
    expect(eventsOfType(run, 'removed').at(-1)).toMatchObject({ kind: 'bucket', id: bucket });
    expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
    await sandbox.ask('faults', { method: 'DELETE' });
    const again = await publish();
    expect(again.exit, again.stderr).toBe(0);
    expect((await stateOf(sandbox.clients)).amis).toHaveLength(2);
  });

  it('have keys on the command line only if the config says so, and no file of the run contains them', async () => {
    const sandbox = await sandboxWith();
    await configure((image) => {
      image.bundle = { credentials: 'command-line', bucket: 'my-{version}-{region}' };
      delete (image.builder as Record<string, unknown>).iam_instance_profile;
    });
    const run = await publish('--verbose', '--only', pv);
    expect(run.exit, run.stderr).toBe(0);
    const { AWS_SECRET_ACCESS_KEY: secret = '' } = sandbox.environment;
    const { Images = [] } = await sandbox.clients
      .ec2('us-east-1')
      .send(new DescribeImagesCommand({ Owners: ['self'] }));
    expect(Images.map(({ ImageLocation }) => ImageLocation)).toEqual([
      'my-1-0-0-us-east-1/1404-pv.manifest.xml',
    ]);
    const debug = join('attempts', pv, '1', 'debug.log');
    const release = project.path('.gopackgo/sandbox/releases/test-instance@1.0.0');
    expect(await readFile(join(release, debug), 'utf8')).toContain(`-s ${secret}`);
    await rm(join(release, debug));
    for (const text of [run.stdout, run.stderr, await textsUnder(release)])
      expect(text).not.toContain(secret);
  });
});

it('passes on the session token of temporary keys, in a template that has none', async () => {
  const sandbox = await project.sandbox([], { accounts: [{ roles: [{ name: 'publisher' }] }] });
  await configure((image) => {
    image.bundle = { credentials: 'command-line' };
    delete (image.builder as Record<string, unknown>).iam_instance_profile;
  });
  const sts = sandbox.clients.sts('us-east-1');
  const RoleArn = 'arn:aws:iam::123456789012:role/publisher';
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
  const s3 = await sandbox.clients.s3('us-east-1');
  await s3.send(new CreateBucketCommand({ Bucket: bucket, ObjectOwnership: 'BucketOwnerPreferred' }));
  const generated = await project.run(['generate', 'test-instance', '--sandbox', '--out', 'templates']);
  expect(generated.exit, generated.stderr).toBe(0);
  const pair = await makePair(Date.now());
  await writeFile(project.path('cert.pem'), pair.certificate);
  await writeFile(project.path('key.pem'), pair.privateKey);
  const { path } = await packerOfTests();
  const built = promisify(execFile)(
    path,
    ['build', `-only=amazon-instance.${pv}`, project.path('templates/us-east-1.pkr.json')],
    {
      cwd: project.path('configs'),
      env: {
        ...cleanEnvironment(project.folder),
        ...sandbox.environment,
        AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
        AWS_SESSION_TOKEN: Credentials?.SessionToken,
        PKR_VAR_x509_cert: project.path('cert.pem'),
        PKR_VAR_x509_key: project.path('key.pem'),
      },
    },
  );
  // S3 accepts the upload only with these keys and this token.
  expect((await built).stdout).toMatch(/^us-east-1: ami-[0-9a-f]+$/m);
  const key = Credentials?.AccessKeyId ?? '';
  const uploads = (await sandbox.calls()).filter(({ operation }) => operation === 'PutObject');
  expect(uploads).toHaveLength(4);
  expect(
    (await commands()).filter((command) => command.includes(` -a ${key} `) && / -t \S+/.test(command)),
  ).toHaveLength(1);
});

describe('before anything is built, gopackgo', () => {
  const untouched = ['RunInstances', 'CreateBucket', 'CreateKeyPair'];

  async function ownPair(certificate: string, privateKey: string): Promise<void> {
    await writeFile(project.path('configs/cert.pem'), certificate);
    await writeFile(project.path('configs/key.pem'), privateKey);
    const settings = { certificate: 'cert.pem', privateKey: 'key.pem' };
    await writeFile(project.path('configs/local.json'), JSON.stringify(settings));
  }

  it("refuses a certificate that has expired, and another certificate's key", async () => {
    const sandbox = await sandboxWith();
    const now = Date.now();
    const [good, other, old] = await Promise.all([makePair(now), makePair(now), makePair(now - 400 * day)]);
    await ownPair(old.certificate, old.privateKey);
    const expired = await publish();
    expect(expired.exit).toBe(4);
    expect(expired.stderr).toMatch(
      /^configs\/local\.json: certificate: expected one that is valid, found one that expired/m,
    );
    await ownPair(good.certificate, other.privateKey);
    const mismatch = await publish();
    expect(mismatch.exit).toBe(4);
    expect(mismatch.stderr).toContain(
      'configs/local.json: privateKey: expected the private key of the certificate, found another one',
    );
    for (const { stdout, stderr } of [expired, mismatch]) expect(stdout + stderr).not.toContain('BEGIN');
    expect(await called(sandbox, ...untouched)).toEqual([]);
  });

  it("accepts the user's own pair, bundles with it, and warns if it expires soon", async () => {
    await sandboxWith();
    const pair = await makePair(Date.now() - 350 * day);
    await ownPair(pair.certificate, pair.privateKey);
    const run = await publish('--only', pv);
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'warning').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^configs\/local\.json: certificate: .*cert\.pem expires on /),
    ]);
    const release = project.path('.gopackgo/sandbox/releases/test-instance@1.0.0');
    expect(await textsUnder(release)).not.toContain('PRIVATE KEY');
    const [instance = ''] = await readdir(project.path('.gopackgo/sandbox/state/instances'));
    const uploaded = project.path('.gopackgo/sandbox/state/instances', instance, 'files/tmp/cert.pem');
    expect(await readFile(uploaded, 'utf8')).toBe(pair.certificate);
  });

  it('refuses a bucket that keeps versions', async () => {
    const sandbox = await sandboxWith();
    expect((await publish('--only', pv)).exit).toBe(0);
    const s3 = await sandbox.clients.s3('us-east-1');
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const before = (await called(sandbox, 'RunInstances')).length;
    const run = await publish();
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain(`bucket ${bucket}: expected one without versioning, found it enabled`);
    expect(await called(sandbox, 'RunInstances')).toHaveLength(before);
  });

  it('needs neither certificate nor bucket to plan, or to write templates', async () => {
    const sandbox = await sandboxWith();
    await writeFile(
      project.path('configs/local.json'),
      JSON.stringify({ certificate: 'absent.pem', privateKey: 'absent.key' }),
    );
    expect((await project.run(['plan', 'test-instance', '--sandbox'])).exit).toBe(0);
    expect((await project.run(['generate', 'test-instance', '--sandbox', '--out', 'templates'])).exit).toBe(
      0,
    );
    expect(await called(sandbox, ...untouched)).toEqual([]);
  });
});

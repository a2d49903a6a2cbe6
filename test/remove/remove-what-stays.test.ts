import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeregisterImageCommand,
  DisableImageCommand,
  EnableImageDeregistrationProtectionCommand,
} from '@aws-sdk/client-ec2';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createWorld, manifestOf, putBundle, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { launchPermission } from '../../src/aws/images.ts';
import { deleteObjects } from '../../src/aws/s3/stored-objects.ts';
import { lookUpInterrupted } from '../../src/cleanup/interrupted-cleanup.ts';
import { lookUpLeftovers } from '../../src/cleanup/leftovers.ts';
import type { Removal } from '../../src/model/resource.ts';
import { type RemovalRecords, removalRecordsIn } from '../../src/remove/removal-records.ts';
import { removeRegion } from '../../src/remove/remove-region.ts';
import { clientsOf, plan, region, worldOn } from '../support/embedded.ts';
import {
  everything,
  foreignBucket,
  friend,
  imageOf,
  type Made,
  release,
  smallWorld,
  snapshotsOf,
} from '../support/removal-world.ts';
import * as stored from '../support/stored.ts';

const { account } = plan;
const unwritten: RemovalRecords = { write: async () => undefined };

const removal = async (sandbox: Sandbox, ami: string, more: Partial<Removal> = {}): Promise<Removal> => ({
  ami,
  amiName: '-',
  region,
  release,
  target: `${region}-plain`,
  snapshots: await snapshotsOf(sandbox, ami),
  ...more,
});

const removeAll = (
  sandbox: Sandbox,
  removals: Removal[],
  { records = unwritten, stop = new AbortController().signal } = {},
) => removeRegion({ region, removals }, { account, records }, { ...worldOn(sandbox), stop });

const changes = (sandbox: Sandbox) =>
  sandbox.aws.calls().filter(({ operation }) => !/^(Describe|Get|List|Head)/.test(operation)).length;

describe('nothing is deleted', () => {
  it('if it cannot be written down', async () => {
    const sandbox = createWorld();
    const one = await removal(sandbox, await imageOf(sandbox, 'web 1.0.0 plain'));
    const calls = sandbox.aws.calls().length;
    const records = { write: async () => Promise.reject(new Error('no space left on device')) };
    const { removals } = await removeAll(sandbox, [one], { records });
    expect(removals).toMatchObject([
      {
        removal: one,
        outcome: 'remains',
        why: 'the record of what is deleted could not be written: no space left on device',
        parts: [],
      },
    ]);
    expect(sandbox.aws.calls()).toHaveLength(calls);
  });

  it('after the run was stopped', async () => {
    const sandbox = createWorld();
    const one = await removal(sandbox, await imageOf(sandbox, 'web 1.0.0 plain'));
    const made = changes(sandbox);
    const { removals } = await removeAll(sandbox, [one], { stop: AbortSignal.abort() });
    expect(removals).toEqual([]);
    expect(changes(sandbox)).toBe(made);
  });

  it('of a protected AMI; the others are deleted', async () => {
    const sandbox = createWorld();
    const ids = [await imageOf(sandbox, 'web 1.0.0 a'), await imageOf(sandbox, 'web 1.0.0 b')];
    const removals = await Promise.all(ids.map((id) => removal(sandbox, id)));
    await sandbox.ec2().send(new EnableImageDeregistrationProtectionCommand({ ImageId: ids[0] }));
    const { removals: done } = await removeAll(sandbox, removals);
    expect(done).toMatchObject([
      { outcome: 'remains', parts: [] },
      { outcome: 'removed', parts: [{ kind: 'snapshot', outcome: 'removed' }] },
    ]);
    expect(await snapshotsOf(sandbox, ids[0] ?? '')).toEqual(removals[0]?.snapshots);
  });
});

it('an AMI that may not be deregistered is kept, and others may use it as before', async () => {
  const sandbox = createWorld();
  const { volumes } = await smallWorld(sandbox);
  const one = await removal(sandbox, volumes);
  const before = [await everything(sandbox), await launchPermission(clientsOf(sandbox), region, volumes)];
  sandbox.faults.add([{ on: 'ec2:DeregisterImage', times: 0, does: { error: 'UnauthorizedOperation' } }]);
  const { removals } = await removeAll(sandbox, [one]);
  expect(removals).toMatchObject([
    { outcome: 'remains', why: expect.stringContaining('UnauthorizedOperation'), parts: [] },
  ]);
  const after = [await everything(sandbox), await launchPermission(clientsOf(sandbox), region, volumes)];
  expect(after).toEqual(before);
  expect(after[1]).toMatchObject({ ok: true, value: { accounts: [friend] } });
});

describe('a snapshot is kept', () => {
  it('if the AMIs that use it cannot be looked up after its AMI is gone, and deleted by the next run', async () => {
    const sandbox = createWorld();
    const one = await removal(sandbox, await imageOf(sandbox, 'web 1.0.0 plain'));
    sandbox.faults.add([{ on: 'ec2:DescribeImages', skip: 2, does: { error: 'UnauthorizedOperation' } }]);
    const { removals } = await removeAll(sandbox, [one]);
    const why = expect.stringContaining('UnauthorizedOperation');
    expect(removals).toMatchObject([
      { outcome: 'removed', parts: [{ kind: 'snapshot', outcome: 'remains', why }] },
    ]);
    const again = await removeAll(sandbox, [one]);
    expect(again.removals[0]?.parts).toMatchObject([{ kind: 'snapshot', outcome: 'removed' }]);
    expect(await everything(sandbox)).toEqual([]);
  });

  it('if a disabled AMI uses it', async () => {
    const sandbox = createWorld();
    const made: Made = await smallWorld(sandbox);
    await sandbox.ec2().send(new DisableImageCommand({ ImageId: made.stays }));
    const { removals } = await removeAll(sandbox, [await removal(sandbox, made.volumes)]);
    expect(removals[0]?.parts).toContainEqual({
      kind: 'snapshot',
      id: made.needed,
      outcome: 'kept',
      why: `${made.stays} uses it`,
    });
    expect(await snapshotsOf(sandbox, made.stays)).toEqual([made.needed]);
  });
});

describe('a bundle', () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = createWorld();
  });
  const location = `${stored.bucket}/${stored.prefix}.manifest.xml`;
  const upload = async () => {
    await stored.madeBucket(sandbox);
    await stored.uploadBundle(sandbox);
  };
  const removeStored = async (ami: string) => {
    const { removals, buckets } = await removeAll(sandbox, [await removal(sandbox, ami, { location })]);
    return removals.flatMap(({ outcome, parts }) => [
      { kind: 'AMI', id: ami, outcome },
      ...parts,
      ...buckets,
    ]);
  };

  it('is kept with everything in it if another AMI was registered from it', async () => {
    await upload();
    const one = await stored.register(sandbox);
    const other = await stored.register(sandbox, 'under another name');
    const before = await everything(sandbox);
    expect(await removeStored(one)).toMatchObject([
      { kind: 'AMI', outcome: 'removed' },
      { kind: 'bundle', outcome: 'kept', why: `${other} points to it` },
      { kind: 'bucket', outcome: 'kept' },
    ]);
    expect(await everything(sandbox)).toEqual(before.filter((line) => line !== one));
  });

  describe('whose manifest somebody copied under another name', () => {
    const copied = 'prod.manifest.xml';
    const upToCopy = async (manifest: string | undefined) => {
      await upload();
      const one = await stored.register(sandbox);
      const s3 = await stored.s3Of(sandbox);
      const parts = [{ filename: `${stored.prefix}.part.0`, digest: '00'.repeat(20) }];
      await putBundle(s3, stored.bucket, { [copied]: manifestOf({ name: 'prod', parts }) });
      const other = await stored.register(sandbox, 'of the copy', `${stored.bucket}/${copied}`);
      if (manifest !== undefined) await putBundle(s3, stored.bucket, { [copied]: manifest });
      return { one, other };
    };

    it.each([
      ['stays with all its parts', undefined, 'has parts of it'],
      [
        'stays if that copy cannot be read',
        '<manifest>',
        'may have parts of it: its manifest cannot be read: ',
      ],
    ])('%s', async (_, manifest, why) => {
      const { one, other } = await upToCopy(manifest);
      const before = await everything(sandbox);
      expect(await removeStored(one)).toMatchObject([
        { kind: 'AMI', outcome: 'removed' },
        { kind: 'bundle', outcome: 'kept', why: expect.stringContaining(`${other} ${why}`) },
        { kind: 'bucket', outcome: 'kept' },
      ]);
      expect(await everything(sandbox)).toEqual(before.filter((line) => line !== one));
    });

    it('is no leftover', async () => {
      const { one } = await upToCopy(undefined);
      await sandbox.ec2().send(new DeregisterImageCommand({ ImageId: one }));
      const times = {
        now: Date.now() + 7 * 3_600_000,
        atWork: new Set<string>(),
        orphanAge: 0,
        includingShared: false,
      };
      const left = await lookUpLeftovers('web', region, { account, ...times }, worldOn(sandbox));
      expect(left).toEqual({ ok: true, value: [] });
    });

    it('is deleted if that copy is gone: nothing starts from an AMI without it', async () => {
      const { one } = await upToCopy(undefined);
      const s3 = await stored.s3Of(sandbox);
      await s3.send(new DeleteObjectCommand({ Bucket: stored.bucket, Key: copied }));
      expect(await removeStored(one)).toContainEqual({
        kind: 'bundle',
        id: `${stored.bucket}/${stored.prefix}`,
        outcome: 'removed',
      });
    });
  });

  it.each([
    [
      'is missing',
      async () =>
        (await stored.s3Of(sandbox)).send(
          new DeleteObjectCommand({ Bucket: stored.bucket, Key: `${stored.prefix}.manifest.xml` }),
        ),
    ],
    ['cannot be read', () => stored.putObjects(sandbox, `${stored.prefix}.manifest.xml`)],
  ])(
    'of ours is deleted by the names of its parts if its manifest %s, and its bucket with it',
    async (_, spoil) => {
      await upload();
      const ami = await stored.register(sandbox);
      await spoil();
      expect(await removeStored(ami)).toMatchObject([
        { kind: 'AMI', outcome: 'removed' },
        { kind: 'bundle', id: `${stored.bucket}/${stored.prefix}`, outcome: 'removed' },
        { kind: 'bucket', id: stored.bucket, outcome: 'removed' },
      ]);
      expect(await everything(sandbox)).toEqual([]);
    },
  );

  it("in somebody's bucket is kept if its manifest cannot be read, and the result says so", async () => {
    const { old } = await smallWorld(sandbox);
    const s3 = await stored.s3Of(sandbox);
    const manifest = '0.9.0/image.manifest.xml';
    await s3.send(new PutObjectCommand({ Bucket: foreignBucket, Key: manifest, Body: '<manifest><image>' }));
    const before = await everything(sandbox);
    const one = await removal(sandbox, old, { location: `${foreignBucket}/${manifest}` });
    const { removals, buckets } = await removeAll(sandbox, [one]);
    const why = expect.stringMatching(/^its manifest cannot be read: /);
    expect(removals).toMatchObject([
      { outcome: 'removed', parts: [{ kind: 'bundle', outcome: 'kept', why }] },
    ]);
    expect(buckets).toEqual([]);
    expect(await everything(sandbox)).toEqual(before.filter((line) => line !== old));
  });

  it.each([
    ['plain', false],
    ['with versions', true],
  ])(
    'keeps its manifest until all parts are gone: the next run deletes a part that was refused, %s',
    async (_, versions) => {
      await upload();
      const s3 = await stored.s3Of(sandbox);
      if (versions) {
        const VersioningConfiguration = { Status: 'Enabled' as const };
        await s3.send(new PutBucketVersioningCommand({ Bucket: stored.bucket, VersioningConfiguration }));
        await stored.uploadBundle(sandbox);
      }
      const ami = await stored.register(sandbox);
      const part = `${stored.prefix}.part.0`;
      const clients = clientsOf(sandbox);
      const refusing = { ...clients, s3: async () => refusingToDelete(part, s3) };
      const removals = [await removal(sandbox, ami, { location })];
      const world = { ...worldOn(sandbox), clients: refusing };
      const done = await removeRegion({ region, removals }, { account, records: unwritten }, world);
      const why = expect.stringContaining('AccessDenied');
      expect(done.removals).toMatchObject([
        { outcome: 'removed', parts: [{ kind: 'bundle', outcome: 'remains', why }] },
      ]);
      expect(await stored.contentOf(sandbox)).toEqual([`${stored.prefix}.manifest.xml`, part]);

      const unfinished = await lookUpInterrupted(
        'web',
        region,
        { account, includingShared: false },
        { clients },
      );
      expect(unfinished).toMatchObject({ ok: true, value: { removals: [{ ami, location }] } });
      const again = await removeAll(sandbox, unfinished.ok ? unfinished.value.removals : []);
      expect(again.removals[0]?.parts).toMatchObject([{ kind: 'bundle', outcome: 'removed' }]);
      expect(await everything(sandbox)).toEqual([]);
    },
  );

  it('is deleted in batches of a thousand, in order, until one object is not deleted', async () => {
    const sent: string[][] = [];
    const client = {
      async send({ input }: { input: { Delete: { Objects: { Key: string }[] } } }) {
        sent.push(input.Delete.Objects.map(({ Key }) => Key));
        return sent.length === 2 ? { Errors: [{ Key: 'b', Code: 'AccessDenied', Message: 'no' }] } : {};
      },
    };
    const clients = { ...clientsOf(sandbox), s3: async () => client as never };
    const objects = Array.from({ length: 2500 }, (_, at) => ({ key: `a.part.${at}` }));
    const done = await deleteObjects(clients, { name: 'a', region }, { objects, uploads: [] });
    expect(done).toMatchObject({ ok: false, error: { code: 'AccessDenied', message: 'a/b: no (1 stayed)' } });
    expect(sent.map((keys) => [keys.length, keys[0]])).toEqual([
      [1000, 'a.part.0'],
      [1000, 'a.part.1000'],
    ]);
  });
});

/** S3's answer if a policy lets nobody delete one key: it deletes the others of the call. */
function refusingToDelete(key: string, s3: S3Client): S3Client {
  const send = async (command: unknown) => {
    if (!(command instanceof DeleteObjectsCommand)) return s3.send(command as never);
    const { Delete, ...bucket } = command.input;
    const others = (Delete?.Objects ?? []).filter(({ Key }) => Key !== key);
    if (others.length > 0)
      await s3.send(new DeleteObjectsCommand({ ...bucket, Delete: { Objects: others } }));
    const isRefused = others.length < (Delete?.Objects ?? []).length;
    return isRefused ? { Errors: [{ Key: key, Code: 'AccessDenied', Message: 'Access Denied' }] } : {};
  };
  return Object.assign(Object.create(s3), { send });
}

it('writes down what it deletes, separately for each release, and never overwrites that', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'removal-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let minute = 0;
  const now = () => new Date(Date.UTC(2026, 10, 21, 12, minute++));
  const records = removalRecordsIn(folder, { account, endpoint: 'aws', now });
  const one: Removal = {
    ami: 'ami-1',
    region,
    release,
    target: 't',
    snapshots: ['snap-1'],
    location: 'a/b.manifest.xml',
  };
  await records.write(region, [one, { ...one, ami: 'ami-2', release: 'web@2.0.0' }]);
  await records.write(region, [one]);
  await records.write(region, [{ ...one, release: 'web@../../3.0.0' }]);
  expect(readdirSync(join(folder, 'web@2.0.0', 'cleanup'))).toHaveLength(1);
  expect(readdirSync(join(folder, 'web@..%2F..%2F3.0.0', 'cleanup'))).toHaveLength(1);
  const files = readdirSync(join(folder, release, 'cleanup'));
  expect(files).toHaveLength(2);
  expect(JSON.parse(readFileSync(join(folder, release, 'cleanup', files[0] ?? ''), 'utf8'))).toMatchObject({
    format: 1,
    release,
    account,
    region,
    removals: [one],
  });
});

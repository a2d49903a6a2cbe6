import {
  CopyImageCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  EnableImageDeprecationCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { callsOf, copiedPlan, imagesIn, snapshotsIn, sourceRegion, tagOf } from '../support/copied.ts';
import { makeAmi } from '../support/held-builds.ts';
import { published } from '../support/publishing.ts';

const friend = '210987654321';
const [first, second] = ['eu-west-1', 'sa-east-1'] as const;
const source = `${sourceRegion}-a`;

type Done = Awaited<ReturnType<typeof published>>;

const statuses = ({ result }: Done) =>
  Object.fromEntries((result?.targets ?? []).map(({ name, status }) => [name, status]));

const errorsOf = ({ result }: Done) =>
  Object.fromEntries(
    (result?.targets ?? []).flatMap(({ name, error }) => (error ? [[name, error] as const] : [])),
  );

const all = (status: string) => ({
  'us-east-1-a': status,
  'eu-west-1-a': status,
  'sa-east-1-a': status,
});

/** Expects one AMI in each region, whose snapshots are the only ones. */
async function expectOneEach(sandbox: Sandbox, regions: readonly string[]): Promise<void> {
  for (const region of regions) {
    const images = await imagesIn(sandbox, region);
    expect(
      images.map(({ State }) => State),
      region,
    ).toEqual(['available']);
    const mapped = images.flatMap(({ BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
    );
    expect((await snapshotsIn(sandbox, region)).map(({ SnapshotId }) => SnapshotId).sort()).toEqual(
      mapped.sort(),
    );
  }
}

describe('a release that is built once and copied', () => {
  it('builds in one region, copies to the others, and shares all of them', async () => {
    const sandbox = createWorld({ behaviour: { speed: { copy: 600 } } });
    const plan = copiedPlan([first, second], { sharedWith: [friend] });
    const done = await published(sandbox, plan);
    expect(done.exit, JSON.stringify(done.result ?? done.refusal)).toBe(0);
    expect(done.started).toEqual([source]);
    expect(statuses(done)).toEqual(all('shared'));
    const [original] = await imagesIn(sandbox, sourceRegion);
    for (const region of [first, second]) {
      const [copy] = await imagesIn(sandbox, region);
      expect(copy).toMatchObject({ SourceImageId: original?.ImageId, SourceImageRegion: sourceRegion });
      for (const one of [copy ?? {}, ...(await snapshotsIn(sandbox, region))]) {
        expect(tagOf(one, 'gopackgo:target')).toBe(`${region}-a`);
        expect(tagOf(one, 'gopackgo:recipe')).toBe('sha256:copy');
        expect(tagOf(one, 'gopackgo:source')).toBe(original?.ImageId);
      }
    }
    await expectOneEach(sandbox, [sourceRegion, first, second]);
    const asked = [callsOf(sandbox, 'CopyImage').length, callsOf(sandbox, 'CreateImage').length];
    expect(asked).toEqual([2, 1]);
    expect(done.events.filter(({ type }) => type === 'copy-started')).toHaveLength(2);

    const again = await published(sandbox, plan);
    expect(again.exit).toBe(0);
    expect(callsOf(sandbox, 'CopyImage')).toHaveLength(2);
  });

  it('copies nothing before its source is verified, and copies the user’s tags', async () => {
    const sandbox = createWorld();
    const plan = copiedPlan([first]);
    const [, copied] = plan.targets;
    const [original] = plan.targets;
    if (!original || !copied) throw new Error('no target');
    const id = await makeAmi(sandbox, original, { Team: 'images', 'gopackgo:base': 'x/y' });
    const { exit } = await published(sandbox, plan);
    expect(exit).toBe(0);
    const [copy = {}] = await imagesIn(sandbox, first);
    const [snapshot = {}] = await snapshotsIn(sandbox, first);
    expect([tagOf(copy, 'Team'), tagOf(snapshot, 'Team')]).toEqual(['images', 'images']);
    expect([tagOf(copy, 'gopackgo:source'), tagOf(copy, 'gopackgo:base')]).toEqual([
      id,
      '099720109477/ubuntu-22.04',
    ]);
  });

  it('copies nothing if the source fails, and the result says why', async () => {
    const sandbox = createWorld();
    const done = await published(sandbox, copiedPlan([first, second]), { ends: () => 'provisioner' });
    expect(done.exit).toBe(1);
    expect(statuses(done)).toEqual(all('failed'));
    expect(errorsOf(done)).toMatchObject({
      'us-east-1-a': { kind: 'provisioner' },
      'eu-west-1-a': {
        kind: 'blocked',
        message: 'not copied: us-east-1-a, its source, is absent',
      },
      'sa-east-1-a': { kind: 'blocked' },
    });
    expect(callsOf(sandbox, 'CopyImage')).toEqual([]);
  });

  it.each([
    [
      'a required region',
      [],
      1,
      { 'us-east-1-a': 'verified', 'eu-west-1-a': 'verified', 'sa-east-1-a': 'failed' },
    ],
    [
      'a best-effort region',
      [second],
      3,
      { 'us-east-1-a': 'shared', 'eu-west-1-a': 'shared', 'sa-east-1-a': 'failed' },
    ],
  ])('affects only the region that refuses the copy: %s', async (_, bestEffort, exit, expected) => {
    const sandbox = createWorld();
    sandbox.faults.add([
      {
        on: 'ec2:CopyImage',
        region: second,
        times: 0,
        does: { error: 'UnauthorizedOperation', status: 403 },
      },
    ]);
    const plan = copiedPlan([first, second], { sharedWith: [friend], bestEffort });
    const done = await published(sandbox, plan);
    expect([done.exit, statuses(done)]).toEqual([exit, expected]);
    expect(errorsOf(done)[`${second}-a`]).toMatchObject({
      kind: 'other',
      message: expect.stringContaining('ec2:CopyImage in sa-east-1: UnauthorizedOperation'),
    });
    sandbox.faults.clear();
    const again = await published(sandbox, plan);
    expect([again.exit, statuses(again)]).toEqual([0, all('shared')]);
    await expectOneEach(sandbox, [sourceRegion, first, second]);
  });

  it('removes a copy that fails on AWS’s side, and makes it again with another token', async () => {
    const sandbox = createWorld({ behaviour: { speed: { copy: 60 } } });
    sandbox.faults.add([{ on: 'ec2:CopyImage', region: first, does: { becomes: 'failed' } }]);
    const done = await published(sandbox, copiedPlan([first, second]));
    expect([done.exit, statuses(done)]).toEqual([0, all('verified')]);
    await expectOneEach(sandbox, [sourceRegion, first, second]);
    expect(done.result?.targets.map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
  });

  it('gives up on a copy that AWS fails every time, and leaves nothing behind; the next run makes it', async () => {
    const sandbox = createWorld();
    sandbox.faults.add([{ on: 'ec2:CopyImage', region: first, times: 0, does: { becomes: 'failed' } }]);
    const plan = copiedPlan([first, second]);
    const done = await published(sandbox, plan);
    expect([done.exit, statuses(done)]).toEqual([1, { ...all('verified'), 'eu-west-1-a': 'failed' }]);
    expect(errorsOf(done)['eu-west-1-a']).toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('Server.InternalError'),
    });
    expect([await imagesIn(sandbox, first), await snapshotsIn(sandbox, first)]).toEqual([[], []]);
    sandbox.faults.clear();
    const again = await published(sandbox, plan);
    expect([again.exit, statuses(again)]).toEqual([0, all('verified')]);
    await expectOneEach(sandbox, [sourceRegion, first, second]);
  });

  it('waits for a copy that another run started, whatever its outcome', async () => {
    const sandbox = createWorld({ behaviour: { speed: { copy: 3_000 } } });
    const plan = copiedPlan([first]);
    const stop = new AbortController();
    const stopped = await published(sandbox, plan, {
      stop: stop.signal,
      handle(request) {
        const answer = sandbox.aws.handle(request);
        if (/^Action=CopyImage&/.test(request.body.toString())) stop.abort();
        return answer;
      },
    });
    expect([stopped.exit, statuses(stopped)]).toEqual([
      130,
      { 'us-east-1-a': 'verified', 'eu-west-1-a': 'pending' },
    ]);
    const again = await published(sandbox, plan);
    expect([again.exit, statuses(again)]).toEqual([
      0,
      { 'us-east-1-a': 'verified', 'eu-west-1-a': 'verified' },
    ]);
    expect(callsOf(sandbox, 'CopyImage')).toHaveLength(1);
  });

  it('makes a deregistered copy again, although its token was used', async () => {
    const sandbox = createWorld();
    const plan = copiedPlan([first]);
    await published(sandbox, plan);
    for (let times = 0; times < 2; times++) {
      const ec2 = sandbox.ec2({ region: first });
      const [{ ImageId } = {}] = await imagesIn(sandbox, first);
      await ec2.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true }));
      const again = await published(sandbox, plan);
      expect(again.exit, JSON.stringify(again.result)).toBe(0);
      expect((await imagesIn(sandbox, first)).map((image) => image.ImageId)).not.toContain(ImageId);
      await expectOneEach(sandbox, [sourceRegion, first]);
    }
  });

  it('is not misled by AMIs that EC2 shows late', async () => {
    const consistency = { hiddenReads: 3, flaps: 1, kinds: ['image', 'snapshot'] as const };
    const sandbox = createWorld({ behaviour: { consistency } });
    const done = await published(sandbox, copiedPlan([first, second], { sharedWith: [friend] }));
    expect(done.exit, JSON.stringify(done.result ?? done.refusal)).toBe(0);
    for (const region of [first, second]) {
      const { Images = [] } = await sandbox
        .ec2({ region })
        .send(new DescribeImagesCommand({ Owners: ['self'] }));
      expect(Images).toHaveLength(1);
    }
  });

  it.each([
    [
      'of another AMI',
      { 'gopackgo:recipe': 'sha256:copy' },
      /is a copy of ami-\w+, and the AMI of us-east-1-a is ami-/,
    ],
    ['of another recipe', { 'gopackgo:recipe': 'sha256:old' }, /was not copied from the current us-east-1-a/],
    ['without our tags', undefined, /nothing shows that gopackgo built it/],
  ])('has a conflict with a copy %s under the same name, and makes nothing', async (_, tags, why) => {
    const sandbox = createWorld();
    const plan = copiedPlan([first]);
    const [original, copied] = plan.targets;
    if (!original || !copied) throw new Error('no target');
    await makeAmi(sandbox, original);
    const stranger = await makeAmi(sandbox, { ...original, name: 'stranger', amiName: 'of somebody else' });
    const ec2 = sandbox.ec2({ region: first });
    const order = { Name: copied.amiName, SourceImageId: stranger, SourceRegion: sourceRegion };
    const { ImageId = '' } = await ec2.send(new CopyImageCommand(order));
    const own = { 'gopackgo:release': 'web@1.0.0', 'gopackgo:target': copied.name, ...tags };
    const Tags = Object.entries(own).map(([Key, Value]) => ({ Key, Value }));
    if (tags) await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
    const done = await published(sandbox, plan);
    expect(done.exit).toBe(4);
    expect(done.refusal).toMatch(why);
    expect(callsOf(sandbox, 'CopyImage')).toHaveLength(1);
  });

  it('does not build a missing source again beside its copies', async () => {
    const sandbox = createWorld();
    const plan = copiedPlan([first]);
    await published(sandbox, plan);
    const [{ ImageId } = {}] = await imagesIn(sandbox, sourceRegion);
    await sandbox.ec2().send(new DeregisterImageCommand({ ImageId }));
    const done = await published(sandbox, plan);
    expect([done.exit, done.started]).toEqual([4, []]);
    expect(done.refusal).toMatch(/us-east-1-a no longer has an AMI/);
  });

  it('gives a copy the deprecation date of its source, now and when it changes', async () => {
    const sandbox = createWorld();
    const plan = copiedPlan([first]);
    const [original] = plan.targets;
    if (!original) throw new Error('no target');
    const id = await makeAmi(sandbox, original);
    for (const years of [1, 2]) {
      const at = new Date(Date.now() + years * 365 * 86_400_000);
      await sandbox.ec2().send(new EnableImageDeprecationCommand({ ImageId: id, DeprecateAt: at }));
      const done = await published(sandbox, plan);
      expect(done.exit, JSON.stringify(done.result)).toBe(0);
      const [[was], [copy]] = [await imagesIn(sandbox, sourceRegion), await imagesIn(sandbox, first)];
      expect(copy?.DeprecationTime).toBe(was?.DeprecationTime);
      expect(copy?.DeprecationTime).toBeDefined();
    }
  });

  it('copies nothing if the source is missing and not selected', async () => {
    const sandbox = createWorld();
    const done = await published(sandbox, copiedPlan([first]), { chosen: [`${first}-a`] });
    expect([done.exit, done.started]).toEqual([1, []]);
    expect(errorsOf(done)[`${first}-a`]).toMatchObject({
      kind: 'blocked',
      message: expect.stringContaining('and this run does not build it'),
    });
  });

  it('with --fail-fast starts no copy after a failure', async () => {
    const sandbox = createWorld();
    const plan = copiedPlan([first], { images: ['a', 'b'] });
    const done = await published(sandbox, plan, {
      ends: ({ name }) => (name === 'us-east-1-a' ? 'provisioner' : 'made'),
      takes: ({ name }) => (name === 'us-east-1-a' ? 1 : 400),
      options: { limits: { parallel: 4, parallelPerRegion: 2, attempts: 2, failFast: true } },
    });
    expect(done.exit).toBe(1);
    expect(callsOf(sandbox, 'CopyImage')).toEqual([]);
    expect(errorsOf(done)['eu-west-1-b']).toMatchObject({
      kind: 'stopped',
      message: 'not started: us-east-1-a failed (--fail-fast)',
    });
  });

  it('with one build at a time still gets its copies', async () => {
    const sandbox = createWorld();
    const plan = copiedPlan([first], { images: ['a', 'b'] });
    const targets = plan.targets.toReversed();
    const options = { limits: { parallel: 1, parallelPerRegion: 1, attempts: 1 } };
    const done = await published(sandbox, { ...plan, targets }, { options });
    expect([done.exit, done.started]).toEqual([0, ['us-east-1-b', 'us-east-1-a']]);
  });

  it('requests a timed copy once, if the config does', async () => {
    const sandbox = createWorld();
    const plain = copiedPlan([first]);
    const targets = plain.targets.map((one) =>
      one.copy ? { ...one, copy: { ...one.copy, within: 30 } } : one,
    );
    const done = await published(sandbox, { ...plain, targets });
    expect(done.exit, JSON.stringify(done.result)).toBe(0);
    expect(done.events[0]).toMatchObject({
      toBuild: 1,
      toCopy: 1,
      targets: [{ name: source }, { copyFrom: source, copyWithin: 30 }],
    });
    expect(await snapshotsIn(sandbox, first)).toMatchObject([
      { TransferType: 'time-based', CompletionDurationMinutes: 30 },
    ]);
  });
});

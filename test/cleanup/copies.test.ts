import {
  CopyImageCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { decide } from '../../src/cleanup/decide.ts';
import { lookUpRegion } from '../../src/cleanup/inventory.ts';
import { lookUpLeftovers } from '../../src/cleanup/leftovers.ts';
import { copiedPlan, imagesIn, snapshotsIn } from '../support/copied.ts';
import { clientsOf, plan, region, worldOn } from '../support/embedded.ts';
import { published } from '../support/publishing.ts';
import { imageOf, web } from '../support/removal-world.ts';

const tagsOf = (version: string) => [
  { Key: 'gopackgo:release', Value: `web@${version}` },
  { Key: 'gopackgo:target', Value: `${region}-plain` },
];

it("somebody's copy with the tags of its source is not ours, is kept, and does not count among the newest", async () => {
  const sandbox = createWorld();
  const ec2 = sandbox.ec2();
  const ids: string[] = [];
  for (const version of ['1.0.0', '1.1.0']) {
    const id = await imageOf(sandbox, `web ${version} plain`);
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagsOf(version) }));
    ids.push(id);
    sandbox.aws.settings.advance(60);
  }
  const [old = '', newest = ''] = ids;
  const copy = { SourceImageId: old, SourceRegion: region, CopyImageTags: true };
  const { ImageId = '' } = await ec2.send(new CopyImageCommand({ ...copy, Name: 'web 1.0.0 of mine' }));
  const lookup = await lookUpRegion(web, region, { clients: clientsOf(sandbox) });
  if (!lookup.ok) throw new Error(lookup.error.message);
  expect(lookup.value.amis.find(({ ami }) => ami.id === ImageId)?.ami.tags).toEqual(
    Object.fromEntries(tagsOf('1.0.0').map(({ Key, Value }) => [Key, Value])),
  );

  const decisions = decide(
    lookup.value.amis.map((one) => ({ ...one, references: [], unknownReferences: [] })),
    {
      chosen: { olderThan: 0 },
      keepLast: 1,
      adopt: true,
      includingShared: false,
      guardPeriod: 0,
      maxDeletions: 50,
      maxShare: 0.5,
      recorded: new Set(),
      keepTag: 'gopackgo:keep',
      now: Date.now() + 86_400_000,
    },
  );
  const reasons = decisions.map(({ considered, keep }) => [considered.ami.id, keep]);
  expect(Object.fromEntries(reasons)).toEqual({
    [old]: [],
    [newest]: [{ reason: 'among the newest', said: 'number 1 of the newest 1, which are kept' }],
    [ImageId]: [{ reason: 'not ours', said: `it is a manual copy of ${old}, whatever its tags say` }],
  });
});

it('a failed copy by somebody else is no leftover', async () => {
  const sandbox = createWorld();
  const ec2 = sandbox.ec2();
  const source = await imageOf(sandbox, 'web 1.0.0 plain');
  await ec2.send(new CreateTagsCommand({ Resources: [source], Tags: tagsOf('1.0.0') }));
  const copy = { SourceImageId: source, SourceRegion: region, CopyImageTags: true };
  const failing = { Encrypted: true, KmsKeyId: 'alias/of-nobody', Name: 'failing' };
  await ec2.send(new CopyImageCommand({ ...copy, ...failing }));
  const { Images } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
  expect(Images?.map(({ State }) => State)).toContain('failed');
  const times = {
    now: Date.now() + 7 * 3_600_000,
    atWork: new Set<string>(),
    orphanAge: 86_400_000,
    includingShared: false,
  };
  const lookup = await lookUpLeftovers('web', region, { account: plan.account, ...times }, worldOn(sandbox));
  expect(lookup).toEqual({ ok: true, value: [] });
});

describe('copies made by publish', () => {
  const there = 'eu-west-1';
  const made = async (behaviour = {}) => {
    const sandbox = createWorld({ behaviour });
    const copied = copiedPlan([there]);
    const done = await published(sandbox, copied);
    return { sandbox, copied, done };
  };
  const options = {
    now: Date.now() + 7 * 3_600_000,
    atWork: new Set<string>(),
    orphanAge: 86_400_000,
    includingShared: false,
    account: plan.account,
  };

  it("belong to the release, but somebody's copy of them with all their tags does not", async () => {
    const { sandbox } = await made();
    const [own] = await imagesIn(sandbox, there);
    const copy = { SourceImageId: own?.ImageId, SourceRegion: there, CopyImageTags: true, Name: 'of mine' };
    const { ImageId } = await sandbox.ec2({ region: there }).send(new CopyImageCommand(copy));
    const lookup = await lookUpRegion(web, there, { clients: clientsOf(sandbox) });
    if (!lookup.ok) throw new Error(lookup.error.message);
    const origins = lookup.value.amis.map(({ ami, origin }) => [ami.id, origin?.target]);
    expect(Object.fromEntries(origins)).toEqual({
      [own?.ImageId ?? '']: 'eu-west-1-a',
      [ImageId ?? '']: undefined,
    });
  });

  it('are leftovers if they failed, as are snapshots of copies whose AMI is gone, but nobody else’s', async () => {
    const { sandbox, copied } = await made();
    const ec2 = sandbox.ec2({ region: there });
    const [own] = await imagesIn(sandbox, there);
    const [loose] = await snapshotsIn(sandbox, there);
    await ec2.send(new DeregisterImageCommand({ ImageId: own?.ImageId }));
    const [source] = await imagesIn(sandbox, 'us-east-1');
    const foreign = { SourceImageId: source?.ImageId, SourceRegion: 'us-east-1', CopyImageTags: true };
    await ec2.send(new CopyImageCommand({ ...foreign, Name: 'of mine' }));
    sandbox.faults.add([{ on: 'ec2:CopyImage', times: 0, does: { becomes: 'failed' } }]);
    await ec2.send(new CopyImageCommand({ ...foreign, Name: 'of mine that failed' }));
    const ofOthers = (await snapshotsIn(sandbox, there)).map(({ SnapshotId }) => SnapshotId);

    const first = await lookUpLeftovers('web', there, options, worldOn(sandbox));
    expect(first).toMatchObject({ ok: true, value: [{ kind: 'snapshot', id: loose?.SnapshotId }] });

    sandbox.faults.clear();
    const again = await published(sandbox, copied);
    expect(again.exit, JSON.stringify(again.result)).toBe(0);
    const left = (await snapshotsIn(sandbox, there)).map(({ SnapshotId }) => SnapshotId);
    expect(left).toEqual(expect.arrayContaining(ofOthers.filter((id) => id !== loose?.SnapshotId)));
    expect(left).not.toContain(loose?.SnapshotId);
  });

  it('are no leftovers while EC2 copies them', async () => {
    const stop = new AbortController();
    const sandbox = createWorld({ behaviour: { speed: { copy: 100_000 } } });
    await published(sandbox, copiedPlan([there]), {
      stop: stop.signal,
      handle(request) {
        if (/^Action=CopyImage&/.test(request.body.toString())) stop.abort();
        return sandbox.aws.handle(request);
      },
    });
    const lookup = await lookUpLeftovers('web', there, { ...options, now: Date.now() }, worldOn(sandbox));
    expect(lookup).toEqual({ ok: true, value: [] });
    expect((await imagesIn(sandbox, there)).map(({ State }) => State)).toEqual(['pending']);
  });
});

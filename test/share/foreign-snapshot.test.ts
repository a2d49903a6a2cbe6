import {
  CopySnapshotCommand,
  CreateImageCommand,
  CreateTagsCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, unblocked } from '../../sandbox/testing/index.ts';
import { findImages } from '../../src/aws/images.ts';
import { createVolumePermission } from '../../src/aws/snapshots.ts';
import type { Sharing } from '../../src/model/publication.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import { build, planIn } from '../support/built.ts';
import { baseImage, clientsOf, region } from '../support/embedded.ts';
import { published } from '../support/publishing.ts';

const friend = '210987654321';

/** An AMI whose block devices name a snapshot of the user's own, which that account may use. */
async function withForeignSnapshot() {
  const sandbox = createWorld({ behaviour: unblocked });
  const ec2 = sandbox.ec2();
  const plan = planIn([region], {});
  const [target] = plan.targets;
  if (!target) throw new Error('no target');
  const elsewhere = planIn([region], {});
  const source = await build(sandbox, {
    ...elsewhere,
    targets: [{ ...target, name: 'other', amiName: 'data' }],
  });
  const clients = clientsOf(sandbox);
  const images = await findImages(clients, region, { owner: 'self', ids: Object.values(source) });
  const { SnapshotId: own = '' } = await ec2.send(
    new CopySnapshotCommand({
      SourceRegion: region,
      SourceSnapshotId: images.ok ? images.value[0]?.snapshots[0] : '',
      Description: 'data of ours',
    }),
  );
  sandbox.aws.settings.advance(3600);
  await ec2.send(
    new ModifySnapshotAttributeCommand({
      SnapshotId: own,
      Attribute: 'createVolumePermission',
      CreateVolumePermission: { Add: [{ UserId: friend }] },
    }),
  );
  const launched = await ec2.send(
    new RunInstancesCommand({
      ImageId: baseImage(region),
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 't3.micro',
    }),
  );
  const InstanceId = launched.Instances?.[0]?.InstanceId ?? '';
  const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId: own } }];
  const { ImageId = '' } = await ec2.send(
    new CreateImageCommand({ InstanceId, Name: target.amiName, BlockDeviceMappings }),
  );
  // Packer tags every snapshot that the AMI names.
  const Tags = Object.entries(ownTags(plan, target)).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(new CreateTagsCommand({ Resources: [ImageId, own], Tags }));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  const publish = (sharing: Partial<Sharing>) => published(sandbox, planIn([region], sharing));
  const permission = async () => createVolumePermission(clients, region, own);
  return { own, publish, permission };
}

const asBefore = { ok: true, value: { public: false, accounts: [friend], others: [] } };

describe("a snapshot of the user's own that the AMI's block devices name", () => {
  it('keeps its permissions while the AMI is private, and does not count as shared', async () => {
    const { publish, permission } = await withForeignSnapshot();
    const { exit, result } = await publish({});
    expect(exit).toBe(0);
    expect(await permission()).toEqual(asBefore);
    expect(result?.targets[0]).not.toHaveProperty('openSnapshots');
  });

  it('keeps them when everything becomes public and private again; a warning names it', async () => {
    const { own, publish, permission } = await withForeignSnapshot();
    const { exit, result, events } = await publish({ public: true });
    expect([exit, result?.shared]).toEqual([0, true]);
    expect(result?.targets[0]?.snapshots).toContain(own);
    expect(await permission()).toEqual(asBefore);
    expect(events.filter(({ type }) => type === 'warning')).toEqual([
      expect.objectContaining({
        text: expect.stringContaining(`${own} is in the block device mapping of ami-`),
      }),
    ]);
    expect((await publish({})).exit).toBe(0);
    expect(await permission()).toEqual(asBefore);
  });

  it('causes no warning if everybody who gets the AMI may use it', async () => {
    const { publish } = await withForeignSnapshot();
    const { exit, events } = await publish({ accounts: [friend] });
    expect(exit).toBe(0);
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
  });
});

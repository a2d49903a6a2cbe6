import { CreateImageCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { Outcome, Resource } from '../../src/model/resource.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import { observe } from '../../src/observe/observe.ts';
import { removeLeftovers } from '../../src/remove/remove-leftovers.ts';
import { stateOf } from '../e2e/state.ts';
import { clientsOf, makeImage, plan, startBuild, target, terminate, worldOn } from '../support/embedded.ts';
import { imageOf, snapshotsOf } from '../support/removal-world.ts';

async function leftovers(sandbox: Sandbox): Promise<Resource[]> {
  const [sighting] = await observe(plan, [target], worldOn(sandbox));
  if (!sighting?.leftovers.ok) throw new Error('could not look');
  return sighting.leftovers.value;
}

const remaining = (outcomes: readonly (Resource & Outcome)[]) =>
  outcomes.filter(({ outcome }) => outcome === 'remains');

/** Fails if the snapshot does not exist. */
const tagsOf = async (sandbox: Sandbox, id: string) =>
  (await sandbox.ec2().send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }))).Snapshots?.[0]?.Tags;

const failedBuild = async (sandbox: Sandbox) => {
  const { instance } = await startBuild(sandbox);
  sandbox.faults.add([{ on: 'ec2:CreateImage', does: { becomes: 'failed' } }]);
  await makeImage(sandbox, instance);
};

describe('removing the leftovers of a build', () => {
  it('leaves nothing, and reports what it removed', async () => {
    const sandbox = createWorld();
    await failedBuild(sandbox);
    const world = worldOn(sandbox);
    const found = await leftovers(sandbox);
    const cleared = await removeLeftovers(found, world);
    expect(new Set(cleared)).toEqual(new Set(found.map((one) => ({ ...one, outcome: 'removed' }))));
    expect(world.events).toHaveLength(found.length);
    expect(await stateOf(clientsOf(sandbox))).toEqual({ amis: [], leftovers: [] });
  });

  it("keeps a snapshot of the user's own that a failed AMI's mapping names", async () => {
    const sandbox = createWorld();
    const data = (await snapshotsOf(sandbox, await imageOf(sandbox, "the user's own")))[0] ?? '';
    const { instance } = await startBuild(sandbox);
    sandbox.faults.add([{ on: 'ec2:CreateImage', does: { becomes: 'failed' } }]);
    await sandbox.ec2().send(
      new CreateImageCommand({
        InstanceId: instance,
        Name: target.amiName,
        BlockDeviceMappings: [{ DeviceName: '/dev/sdp', Ebs: { SnapshotId: data } }],
        TagSpecifications: ['image' as const, 'snapshot' as const].map((ResourceType) => ({
          ResourceType,
          Tags: Object.entries(ownTags(plan, target)).map(([Key, Value]) => ({ Key, Value })),
        })),
      }),
    );
    const found = await leftovers(sandbox);
    const before = await tagsOf(sandbox, data);
    const cleared = await removeLeftovers(found, worldOn(sandbox));
    expect(cleared.map(({ kind }) => kind)).toContain('AMI');
    expect(cleared.map(({ id }) => id)).not.toContain(data);
    expect(await tagsOf(sandbox, data)).toEqual(before);
    expect(await leftovers(sandbox)).toEqual([]);
  });

  it('keeps a snapshot of an AMI that EC2 does not show yet', async () => {
    const sandbox = createWorld({ behaviour: { consistency: { hiddenReads: 50, kinds: ['image'] } } });
    const { instance } = await startBuild(sandbox);
    await makeImage(sandbox, instance);
    await terminate(sandbox, instance);
    const found = await leftovers(sandbox);
    const kinds = (resources: Resource[]) => resources.map(({ kind }) => kind).sort();
    expect(kinds(found)).toEqual(['key pair', 'snapshot']);
    const cleared = await removeLeftovers(found, worldOn(sandbox));
    expect(cleared).toMatchObject([{ kind: 'key pair', outcome: 'removed' }]);
  });

  it('killed at any call and run again, leaves nothing', async () => {
    const whole = createWorld();
    await failedBuild(whole);
    const before = whole.aws.calls().length;
    await removeLeftovers(await leftovers(whole), worldOn(whole));
    const changes = whole.aws
      .calls()
      .slice(before)
      .filter(({ operation }) => !operation.startsWith('Describe'));
    expect(changes.length).toBeGreaterThan(5);

    for (let killedAt = 0; killedAt < changes.length; killedAt++) {
      const sandbox = createWorld();
      await failedBuild(sandbox);
      await killAfter(sandbox, killedAt);
      expect(await stateOf(clientsOf(sandbox)), `killed before change ${killedAt}`).not.toEqual({
        amis: [],
        leftovers: [],
      });
      await removeLeftovers(await leftovers(sandbox), worldOn(sandbox));
      expect(await stateOf(clientsOf(sandbox)), `killed before change ${killedAt}`).toEqual({
        amis: [],
        leftovers: [],
      });
    }
  });

  it('keeps all dependents of an instance that cannot be terminated', async () => {
    const sandbox = createWorld();
    const { group } = await startBuild(sandbox);
    sandbox.faults.add([
      { on: 'ec2:TerminateInstances', times: 0, does: { error: 'UnauthorizedOperation' } },
    ]);
    const cleared = await removeLeftovers(await leftovers(sandbox), worldOn(sandbox));
    expect(cleared).toMatchObject([
      { kind: 'instance', outcome: 'remains', why: expect.stringContaining('UnauthorizedOperation') },
    ]);
    expect((await leftovers(sandbox)).map(({ id }) => id)).toContain(group);
  });

  it('waits for a security group that is still in use, and finally gives up', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    const found = await leftovers(sandbox);
    await terminate(sandbox, instance);
    sandbox.faults.add([{ on: 'ec2:DeleteSecurityGroup', times: 3, does: { error: 'DependencyViolation' } }]);
    expect(remaining(await removeLeftovers(found, worldOn(sandbox)))).toEqual([]);

    const stuck = createWorld();
    await startBuild(stuck);
    stuck.faults.add([{ on: 'ec2:DeleteSecurityGroup', times: 0, does: { error: 'DependencyViolation' } }]);
    const cleared = await removeLeftovers(await leftovers(stuck), worldOn(stuck));
    expect(remaining(cleared)).toMatchObject([
      { kind: 'security group', why: expect.stringContaining('DependencyViolation') },
    ]);
  });
});

/** Removes until so many changes were made, like a process that is killed then: no further call goes out. */
async function killAfter(sandbox: Sandbox, changes: number): Promise<void> {
  const clients = clientsOf(sandbox);
  let made = 0;
  clients.ec2('us-east-1').middlewareStack.add(
    (next, context) => (args) => {
      const isChange = !context.commandName?.startsWith('Describe');
      if (made === changes && isChange) return new Promise(() => undefined);
      if (isChange) made++;
      return next(args);
    },
    { step: 'initialize' },
  );
  const found = await leftovers(sandbox);
  const killed = new Promise((resolve) => setTimeout(resolve, 100));
  await Promise.race([removeLeftovers(found, worldOn(sandbox, { clients })), killed]);
}

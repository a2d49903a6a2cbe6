import { ModifyImageAttributeCommand, ModifySnapshotAttributeCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { createWorld, otherAccount, seedState, temporaryFolder } from '../../sandbox/testing/index.ts';
import { clientsOf, worldOn } from '../support/embedded.ts';
import { cleanUp } from './at-size/clean-up.ts';
import { describeAmis } from './at-size/described.ts';
import { everything, expectedPlan, goingBy } from './at-size/expected-plan.ts';
import { expectedState } from './at-size/expected-state.ts';
import { seededWorld } from './at-size/seeded.ts';
import { differences, storedState } from './at-size/stored-state.ts';

/** No call waits. */
const unpaced = { acquire: async () => undefined, refused: () => undefined };
const now = Date.parse('2026-11-21T12:00:00Z');
const amis = describeAmis().filter(
  ({ region, is, traits }) =>
    region === 'us-east-1' && is?.image === 'medium' && is.by === 'tag' && traits.length === 0,
);
const going = [...goingBy(expectedPlan(amis, everything))];
const [launched = '', copied = ''] = going;
const Add = [{ UserId: otherAccount.id }];

test.each([
  ['stays, as it is', false, [launched, copied]],
  ['goes where shared ones are asked for', true, []],
])('an AMI that is shared while somebody reads the plan %s', async (_, includingShared, stay) => {
  const folder = temporaryFolder();
  seedState(folder, seededWorld(amis, now), new Date(now));
  const sandbox = createWorld({ folder, now: () => new Date(now), behaviour: { requestRates: 'off' } });
  const asked = { ...everything, includingShared };
  let before = storedState(folder);
  const meanwhile = async () => {
    const ec2 = sandbox.ec2();
    await ec2.send(new ModifyImageAttributeCommand({ ImageId: launched, LaunchPermission: { Add } }));
    const SnapshotId = amis.find(({ id }) => id === copied)?.snapshots[1];
    await ec2.send(
      new ModifySnapshotAttributeCommand({
        SnapshotId,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Add },
      }),
    );
    before = storedState(folder);
  };
  const { result } = await cleanUp(
    { asked, recorded: new Set(), now, apply: true, meanwhile },
    worldOn(sandbox, { clients: clientsOf(sandbox, unpaced) }),
  );
  const gone = new Set(going.filter((id) => !stay.includes(id)));
  expect(gone.size).toBe(going.length - stay.length);
  expect(differences(storedState(folder), expectedState(before, amis, gone))).toEqual([]);
  const kept = result.amis.filter(({ outcome }) => outcome !== 'removed');
  expect(kept.map(({ ami, outcome, why }) => [ami, outcome, why])).toEqual(
    stay.map((ami) => [ami, 'kept', 'it was shared after the plan was made']),
  );
  expect(result.exit).toBe(stay.length > 0 ? 1 : 0);
});

test('an AMI whose permissions cannot be read again is kept', async () => {
  const folder = temporaryFolder();
  seedState(folder, seededWorld(amis, now), new Date(now));
  const sandbox = createWorld({ folder, now: () => new Date(now), behaviour: { requestRates: 'off' } });
  const meanwhile = async () => {
    sandbox.faults.add([
      {
        on: 'ec2:DescribeImageAttribute',
        times: 0,
        does: { error: 'UnauthorizedOperation', status: 403 },
      },
    ]);
  };
  const { result } = await cleanUp(
    { asked: everything, recorded: new Set(), now, apply: true, meanwhile },
    worldOn(sandbox, { clients: clientsOf(sandbox, unpaced) }),
  );
  expect(result.removed).toMatchObject({ amis: 0, snapshots: 0 });
  expect(result.exit).toBe(1);
});

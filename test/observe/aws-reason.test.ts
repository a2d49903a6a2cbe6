import { expect, it } from 'vitest';
import { stateReasonText } from '../../src/aws/state-reason.ts';
import type { Ami } from '../../src/model/ami.ts';
import type { BuildFailure } from '../../src/model/builds.ts';
import type { Instance } from '../../src/model/instance.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { awsReasons, withAwsReason } from '../../src/observe/aws-reason.ts';
import { targetOf } from '../packer/plan.ts';

const target = targetOf('us-east-1-2204-hvm');
const tags = { 'gopackgo:target': target.name, 'gopackgo:attempt': 'a1.4711' };
const ami = {
  id: 'ami-1',
  state: 'failed',
  stateReason: 'Server.InternalError: no disk',
  tags,
} as unknown as Ami;
const instance = (state: string, stateReason?: string, more = tags) =>
  ({ id: 'i-1', state, stateReason, tags: more }) as unknown as Instance;
const snapshot = {
  id: 'snap-1',
  state: 'error',
  stateMessage: 'the key is disabled',
  tags,
} as unknown as Snapshot;
const waited: BuildFailure = { kind: 'other', message: 'Error waiting for AMI: it failed.' };

it.each([
  [{ Code: 'Server.InternalError', Message: 'no disk' }, 'Server.InternalError: no disk'],
  [
    { Code: 'Server.InternalError', Message: 'Server.InternalError: no disk' },
    'Server.InternalError: no disk',
  ],
  [{ Code: 'Server.InternalError' }, 'Server.InternalError'],
  [{ Message: 'no disk' }, 'no disk'],
  [{}, undefined],
  [undefined, undefined],
])('writes %o as one text', (reason, text) => {
  expect(stateReasonText(reason)).toBe(text);
});

it("adds AWS's reason for the AMI, and tries again if AWS calls it transient", () => {
  const reasons = awsReasons(
    target,
    [{ ami }],
    [instance('terminated', 'Client.UserInitiatedShutdown: User')],
    [],
  );
  expect(withAwsReason(waited, reasons, 'a1')).toEqual({
    kind: 'transient',
    message:
      "Error waiting for AMI: it failed. AWS's reason for AMI ami-1 (failed): Server.InternalError: no disk",
  });
});

it('gives each reason once', () => {
  const said = { ...waited, message: 'x: { Message: "Server.InternalError: no disk" }' };
  expect(withAwsReason(said, awsReasons(target, [{ ami }], [], []), 'a1').message).toBe(said.message);
});

it('ignores AMIs of another target, and attempts that the user stopped', () => {
  expect(
    awsReasons(target, [{ ami, belongsTo: { name: 'other@1 x', toTellApart: '{publication}' } }], [], []),
  ).toEqual([]);
  const other = { ...tags, 'gopackgo:target': 'us-east-1-2404-hvm' };
  expect(awsReasons(target, [], [instance('terminated', 'Server.InternalError: x', other)], [])).toEqual([]);
  const stopped: BuildFailure = { kind: 'stopped', message: 'stopped as asked' };
  expect(withAwsReason(stopped, awsReasons(target, [{ ami }], [], []), 'a1')).toBe(stopped);
});

it.each([
  ['Server.InsufficientInstanceCapacity: no room', 'transient'],
  ['Server.InternalError', 'transient'],
  ['Server.SpotInstanceTermination: Spot', 'other'],
  ['Client.InternalError: Client error on launch', 'other'],
])('for an instance that AWS terminated, %s is %s', (why, kind) => {
  const reasons = awsReasons(target, [], [instance('terminated', why)], []);
  const failure = withAwsReason(waited, reasons, 'a1');
  expect(failure).toMatchObject({
    kind,
    message: expect.stringContaining(`instance i-1 (terminated): ${why}`),
  });
  expect(withAwsReason(waited, reasons, 'another attempt')).toEqual(waited);
});

it('gives no reason for a running instance', () => {
  expect(awsReasons(target, [], [instance('pending', 'pending'), instance('running', 'x')], [])).toEqual([]);
});

it('adds why a snapshot could not be made', () => {
  const reasons = awsReasons(target, [], [], [snapshot]);
  expect(withAwsReason(waited, reasons, 'a1')).toMatchObject({
    kind: 'other',
    message: expect.stringContaining('snapshot snap-1 (error): the key is disabled'),
  });
});

import { GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { beforeEach, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { CleanupPlan } from '../../src/model/events.ts';
import { parameterTags } from '../../src/parameters/decide.ts';
import { cleanUp } from '../support/cleaning-up.ts';
import { region } from '../support/embedded.ts';
import { imageOf, release, snapshotsOf, tagged } from '../support/removal-world.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createWorld();
});

/** An AMI of the release. */
async function madeImage(image: string): Promise<string> {
  const ami = await imageOf(sandbox, `web 1.0.0 ${image}`);
  const tags = { 'gopackgo:release': release, 'gopackgo:target': `${region}-${image}` };
  await tagged(sandbox, [ami, ...(await snapshotsOf(sandbox, ami))], tags);
  return ami;
}

/** A parameter as publish writes it. */
async function parameter(Name: string, Value: string, newest: boolean): Promise<void> {
  const tags = parameterTags({ release }, { target: `${region}-a`, newest });
  const Tags = Object.entries(tags).map(([Key, tag]) => ({ Key, Value: tag }));
  const put = { Name, Value, Type: 'String', DataType: 'aws:ec2:image', Tags } as const;
  await sandbox.ssm().send(new PutParameterCommand(put));
}

const left = async (...Names: string[]) =>
  ((await sandbox.ssm().send(new GetParametersCommand({ Names }))).Parameters ?? []).map(({ Name }) => Name);

async function cleaned() {
  const plans: CleanupPlan[] = [];
  const emit = (event: { type: string }) => {
    if (event.type === 'cleanup-planned') plans.push(event as unknown as CleanupPlan);
  };
  const result = await cleanUp(sandbox, { asked: { olderThan: 0 }, more: { emit } });
  return { result, plan: plans[0] };
}

it('parameters with the version in their name are deleted with the AMI, before it is deregistered', async () => {
  const ami = await madeImage('a');
  await parameter('/web/1.0.0/a', ami, false);
  const { result, plan } = await cleaned();
  expect(plan?.amis).toMatchObject([{ ami, verdict: 'delete', parameters: ['/web/1.0.0/a'] }]);
  expect(result).toMatchObject({ exit: 0, removed: { amis: 1 } });
  expect(result.amis[0]?.parts).toContainEqual({ kind: 'parameter', id: '/web/1.0.0/a', outcome: 'removed' });
  expect(await left('/web/1.0.0/a')).toEqual([]);
  const calls = sandbox.aws.calls().map(({ operation }) => operation);
  expect(calls.indexOf('DeregisterImage')).toBeGreaterThan(calls.indexOf('DeleteParameter'));
  expect(calls).toContain('DeleteParameter');
});

it('a parameter that follows the newest release keeps the AMI, and all its parameters are kept', async () => {
  const ami = await madeImage('a');
  await parameter('/web/1.0.0/a', ami, false);
  await parameter('/web/latest/a', ami, true);
  const { plan } = await cleaned();
  expect(plan?.amis).toMatchObject([
    { verdict: 'keep', reasons: [{ reason: 'referenced', said: 'in use by SSM parameter /web/latest/a' }] },
  ]);
  expect(await left('/web/1.0.0/a', '/web/latest/a')).toHaveLength(2);
});

it('if the AMI cannot be deregistered after that, the next run deletes it', async () => {
  const ami = await madeImage('a');
  await parameter('/web/1.0.0/a', ami, false);
  sandbox.faults.add([{ on: 'ec2:DeregisterImage', times: 1, does: { error: 'UnauthorizedOperation' } }]);
  const first = await cleaned();
  expect(first.result).toMatchObject({ exit: 1, amis: [{ outcome: 'remains' }] });
  const second = await cleaned();
  expect(second.result).toMatchObject({ exit: 0, removed: { amis: 1, snapshots: 1 } });
});

it('if the parameters cannot be deleted, the AMI is kept', async () => {
  const ami = await madeImage('a');
  await parameter('/web/1.0.0/a', ami, false);
  sandbox.faults.add([{ on: 'ssm:DeleteParameter', times: 1, does: { error: 'AccessDeniedException' } }]);
  const { result } = await cleaned();
  expect(result.amis).toMatchObject([
    { ami, outcome: 'remains', why: expect.stringContaining('DeleteParameter') },
  ]);
  expect(sandbox.aws.calls().map(({ operation }) => operation)).not.toContain('DeregisterImage');
});

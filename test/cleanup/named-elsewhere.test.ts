import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { CleanupPlan } from '../../src/model/events.ts';
import { cleanUp } from '../support/cleaning-up.ts';
import { region } from '../support/embedded.ts';
import { everything, imageOf, release, snapshotsOf, tagged } from '../support/removal-world.ts';

const elsewhere = 'eu-west-1';
const regions = [region, elsewhere];

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createWorld();
});

/** An AMI of the release, with its snapshot. */
async function madeImage(image: string): Promise<string> {
  const ami = await imageOf(sandbox, `web 1.0.0 ${image}`);
  const tags = { 'gopackgo:release': release, 'gopackgo:target': `${region}-${image}` };
  await tagged(sandbox, [ami, ...(await snapshotsOf(sandbox, ami))], tags);
  return ami;
}

const parameter = (Name: string, Value: string, of = elsewhere) =>
  sandbox.ssm({ region: of }).send(new PutParameterCommand({ Name, Value, Type: 'String' }));

/** A cleanup of everything in both regions, or in one of a config of both. */
async function cleaned({ only, meanwhile }: { only?: string; meanwhile?: () => Promise<unknown> } = {}) {
  const plans: CleanupPlan[] = [];
  const result = await cleanUp(sandbox, {
    asked: { olderThan: 0 },
    ...(meanwhile ? { meanwhile } : {}),
    more: {
      regions: only === undefined ? regions : [only],
      everyRegion: regions,
      emit: (event) => void (event.type === 'cleanup-planned' && plans.push(event)),
    },
  });
  const [plan] = plans;
  const reasons = new Map(
    plan?.amis.map(({ ami, reasons: all }) => [ami, all.map(({ said }) => said).join('; ')]),
  );
  return { result, plan, reasons };
}

describe('an AMI that a resource in another region names', () => {
  it.each([
    ['a text', (ami: string) => ami],
    ['a list', (ami: string) => `ami-0123456789abcdef0,${ami}`],
    ['JSON', (ami: string) => JSON.stringify({ 'us-east-1': ami, 'eu-west-1': 'ami-0123456789abcdef0' })],
  ])('is kept if a parameter names it in %s, and the plan says which and where', async (_, written) => {
    const [named, unnamed] = [await madeImage('a'), await madeImage('b')];
    await parameter('/prod/x', written(named));
    const { result, reasons } = await cleaned();
    expect(reasons.get(named)).toBe('in use by SSM parameter /prod/x of eu-west-1');
    expect(reasons.get(unnamed)).toBe('');
    expect(result).toMatchObject({ exit: 0, removed: { amis: 1, snapshots: 1 } });
    expect((await everything(sandbox)).join()).toContain(named);
  });

  it('is kept if a launch template names it', async () => {
    const named = await madeImage('a');
    const data = { LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: named } };
    await sandbox.ec2({ region: elsewhere }).send(new CreateLaunchTemplateCommand(data));
    const { reasons } = await cleaned();
    expect(reasons.get(named)).toBe('in use by launch template web version 1 of eu-west-1');
  });

  it('is kept if only its own region is cleaned up', async () => {
    const named = await madeImage('a');
    await parameter('/prod/x', named);
    const { reasons } = await cleaned({ only: region });
    expect(reasons.get(named)).toBe('in use by SSM parameter /prod/x of eu-west-1');
  });

  it('is kept if the resource starts to name it while cleanup asks', async () => {
    const named = await madeImage('a');
    const { result } = await cleaned({ meanwhile: () => parameter('/prod/x', named) });
    expect(result.amis).toMatchObject([
      { outcome: 'remains', why: 'it is kept now: in use by SSM parameter /prod/x of eu-west-1' },
    ]);
    expect((await everything(sandbox)).join()).toContain(named);
  });
});

describe('a region whose parameters cannot be read', () => {
  const refuse = () =>
    sandbox.faults.add([
      {
        on: 'ssm:DescribeParameters',
        region: elsewhere,
        times: 0,
        does: { error: 'AccessDeniedException', status: 400 },
      },
    ]);

  it.each([undefined, region])('keeps every AMI, even if only %s is cleaned up', async (only) => {
    const ami = await madeImage('a');
    const before = await everything(sandbox);
    refuse();
    const { result, reasons, plan } = await cleaned(only === undefined ? {} : { only });
    expect(reasons.get(ami)).toMatch(
      /^the lookup of its uses failed in eu-west-1: ssm:DescribeParameters: AccessDeniedException: /,
    );
    expect(plan?.unseen).toMatchObject([
      { region: elsewhere, why: expect.stringContaining('ssm:DescribeParameters: AccessDeniedException') },
    ]);
    expect(result).toMatchObject({ exit: 1, removed: { amis: 0 } });
    expect(await everything(sandbox)).toEqual(before);
  });

  it('keeps every AMI even if the parameters become unreadable only after the answer', async () => {
    await madeImage('a');
    const before = await everything(sandbox);
    const { result } = await cleaned({ meanwhile: async () => refuse() });
    expect(result).toMatchObject({ exit: 1, removed: { amis: 0 } });
    expect(result.amis).toMatchObject([
      { why: expect.stringContaining('the lookup of its uses failed in eu-west-1') },
    ]);
    expect(await everything(sandbox)).toEqual(before);
  });

  it('is not looked up if there is no AMI of the publication', async () => {
    refuse();
    const { result } = await cleaned();
    expect(result).toMatchObject({ exit: 0, unseen: [] });
  });
});

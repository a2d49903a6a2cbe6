import { CreateTagsCommand, DeregisterImageCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { canonicalIn } from '../../sandbox/canonical.ts';
import { createWorld, type World as Sandbox } from '../../sandbox/test/world.ts';
import { type BaseQuestion, findBases } from '../../src/plan/base-images.ts';
import { ownTags } from '../../src/plan/resource-names.ts';
import { ubuntuParameter } from '../../src/plan/ubuntu.ts';
import { clientsOf, makeImage, plan, startBuild, target } from '../release/embedded.ts';

const question: BaseQuestion = {
  target: target.name,
  image: target.image,
  region: target.region,
  parameter: '/web/base',
  place: 'configs/web.json: images[0].base.ssm',
  expect: target.expect,
};

const published = canonicalIn('us-east-1').map(({ image }) => image);
const [older, newer] = published.filter(
  ({ architecture, name }) => architecture === 'x86_64' && name.includes('22.04'),
);
const arm = published.find(({ architecture }) => architecture === 'arm64');

const put = (sandbox: Sandbox, value = '') =>
  sandbox
    .ssm()
    .send(new PutParameterCommand({ Name: '/web/base', Value: value, Type: 'String', Overwrite: true }));

const ask = (
  sandbox: Sandbox,
  pinned = undefined as typeof plan | undefined,
  more: BaseQuestion[] = [question],
) => findBases(clientsOf(sandbox), plan.release, more, pinned);

describe('the base image', () => {
  it('is what the parameter says now, with name and owner', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    expect(await ask(sandbox)).toEqual([
      {
        question,
        base: { id: newer?.id, name: newer?.name, owner: '099720109477', asked: '/web/base', via: 'ssm' },
      },
    ]);
  });

  it('stays as the plan pinned it, unless the config asks for another one', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    const base = {
      id: older?.id ?? '',
      name: older?.name ?? '',
      owner: '099720109477',
      asked: '/web/base',
      via: 'ssm' as const,
    };
    const pinned = { ...plan, targets: [{ ...target, base }] };
    expect(await ask(sandbox, pinned)).toMatchObject([{ base }]);
    const changed = { ...plan, targets: [{ ...target, base: { ...base, asked: '/another' } }] };
    expect(await ask(sandbox, changed)).toMatchObject([{ base: { id: newer?.id } }]);
  });

  it('stays what the release was begun from, where only AWS remembers it', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    await existingAmi(sandbox, {
      ...target,
      base: { ...target.base, name: older?.name ?? '', owner: '099720109477' },
    });
    expect(await ask(sandbox)).toMatchObject([{ base: { id: older?.id, via: 'tag' } }]);
  });

  it('is the same in a region that is added later, by owner and name', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    await existingAmi(sandbox, {
      ...target,
      base: { ...target.base, name: older?.name ?? '', owner: '099720109477' },
    });
    const there = { ...question, region: 'eu-west-1', target: 'eu-west-1-2204-hvm' };
    const [, answer] = await ask(sandbox, undefined, [question, there]);
    const expected = canonicalIn('eu-west-1').find(({ image }) => image.name === older?.name)?.image.id;
    expect(answer).toMatchObject({ base: { id: expected, name: older?.name, via: 'tag' } });
    expect(expected).not.toBe(older?.id);
  });

  it('is not replaced by another one where the one it was begun from is gone', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    await existingAmi(sandbox, {
      ...target,
      base: { ...target.base, name: 'withdrawn', owner: '099720109477' },
    });
    expect(await ask(sandbox)).toMatchObject([
      { problem: expect.stringMatching(/begun from .*"withdrawn".*no longer/) },
    ]);
  });

  it.each([
    [
      'no such parameter',
      undefined,
      /expected an SSM parameter that exists in us-east-1, found none named \/web\/base/,
    ],
    ['an AMI that is gone', 'ami-0123456789abcdef0', /has no such AMI/],
    ['another architecture', arm?.id, /expected architecture x86_64, found arm64/],
  ])('is refused with its place: %s', async (_, value, says) => {
    const sandbox = createWorld();
    if (value) await put(sandbox, value);
    const [answer] = await ask(sandbox);
    expect(answer).toMatchObject({ problem: expect.stringMatching(says) });
    expect(answer).toMatchObject({
      problem: expect.stringMatching(/^configs\/web\.json: images\[0\]\.base\.ssm: /),
    });
  });

  it.each(['ec2:DescribeImages', 'ssm:GetParameters'])('is not guessed where %s fails', async (on) => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    sandbox.faults.add([{ on, times: 0, does: { error: 'AccessDeniedException' } }]);
    expect(await ask(sandbox)).toMatchObject([
      { problem: expect.stringMatching(/us-east-1: .*failed: AccessDenied/) },
    ]);
  });

  it('asks for ten parameters a call', async () => {
    const sandbox = createWorld();
    const many = Array.from({ length: 23 }, (_, index) => ({
      ...question,
      target: `t${index}`,
      parameter: `/p/${index}`,
    }));
    await ask(sandbox, undefined, many);
    const sizes = sandbox.aws
      .calls()
      .filter(({ operation }) => operation === 'GetParameters')
      .map(({ input }) => (input as { Names: string[] }).Names.length);
    expect(sizes).toEqual([10, 10, 3]);
  });
});

it.each([
  ['2204', 'x86_64', '/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id'],
  ['22.04', 'arm64', '/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id'],
  ['2304', 'x86_64', '/aws/service/canonical/ubuntu/server/23.04/stable/current/amd64/hvm/ebs-gp2/ami-id'],
  ['2310', 'x86_64', '/aws/service/canonical/ubuntu/server/23.10/stable/current/amd64/hvm/ebs-gp3/ami-id'],
  ['2404', 'x86_64', '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id'],
])('Ubuntu %s on %s is at %s', (release, architecture, path) => {
  expect(ubuntuParameter(release, architecture, 'hvm')).toBe(path);
});

async function existingAmi(sandbox: Sandbox, of: typeof target): Promise<void> {
  const { instance } = await startBuild(sandbox);
  const ami = await makeImage(sandbox, instance);
  const Tags = Object.entries(ownTags(plan, of)).map(([Key, Value]) => ({ Key, Value }));
  await sandbox.ec2().send(new CreateTagsCommand({ Resources: [ami], Tags }));
  const [other] = [await makeImage(sandbox, instance, 'unrelated')];
  await sandbox.ec2().send(new DeregisterImageCommand({ ImageId: other }));
}

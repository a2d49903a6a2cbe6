import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import type { Json } from '../../src/model/publication.ts';
import { diffPlans } from '../../src/plan/diff-plans.ts';
import { excludeTargets } from '../../src/plan/exclude-targets.ts';
import { makeReleasePlan, type Where } from '../../src/plan/make-plan.ts';
import { plan as aPlan, baseImage, clientsOf, target } from '../support/embedded.ts';
import { publication, settings } from './a-publication.ts';

const regions = (bestEffort: boolean) => [
  { name: 'us-east-1', bestEffort: false, builder: {} },
  { name: 'eu-west-1', bestEffort, builder: {} },
];

/** A plan for a parameter that only us-east-1 has. */
async function planned(bestEffort: boolean, where: Partial<Where> = {}, builder: Record<string, Json> = {}) {
  const sandbox = createWorld();
  await sandbox
    .ssm()
    .send(new PutParameterCommand({ Name: '/base', Value: baseImage('us-east-1'), Type: 'String' }));
  const image = settings();
  const images = [{ ...image, builder: { ...image.builder, ...builder } }];
  const config = publication({ regions: regions(bestEffort), images });
  const account = { clients: clientsOf(sandbox), account: aPlan.account, endpoint: 'sandbox:test' };
  const plan = await makeReleasePlan(config, { ...account, ...where }, undefined, new Date());
  return { plan, calls: sandbox.aws.calls() };
}

describe('a base image that is not found', () => {
  it('excludes a best-effort target, with the reason, and keeps the others', async () => {
    const { plan } = await planned(true);
    expect(plan.targets.map(({ name, required }) => [name, required])).toEqual([['us-east-1-plain', true]]);
    expect(plan.leftOut).toEqual([
      {
        name: 'eu-west-1-plain',
        region: 'eu-west-1',
        image: 'plain',
        why: expect.stringContaining('expected an SSM parameter that exists in eu-west-1'),
      },
    ]);
  });

  it('refuses the whole plan if the target is required', async () => {
    await expect(planned(false)).rejects.toMatchObject({
      status: 4,
      message: expect.stringContaining('expected an SSM parameter that exists in eu-west-1'),
    });
  });
});

it('Fast Launch is refused for a base image that is not Windows: AWS would do so once the AMI is made', async () => {
  const closed = new Map([['eu-west-1', 'not opted in']]);
  await expect(
    planned(true, { closed }, { fast_launch: { enable_fast_launch: true } }),
  ).rejects.toMatchObject({
    status: 4,
    message: expect.stringMatching(
      /^configs\/web\.json: images\[0\]\.builder\.fast_launch: expected a Windows base image in us-east-1, found ami-\w+/,
    ),
  });
});

it('a region that is not opted in to is excluded, and no call goes there', async () => {
  const { plan, calls } = await planned(true, { closed: new Map([['eu-west-1', 'not opted in']]) });
  expect(plan.leftOut).toMatchObject([{ name: 'eu-west-1-plain', why: 'not opted in' }]);
  expect(calls.filter(({ region }) => region === 'eu-west-1')).toEqual([]);
});

it('a required target is never excluded', () => {
  const { name, region, image } = target;
  expect(() => excludeTargets(aPlan, [{ name, region, image, why: 'no reason' }])).toThrow(/is required/);
});

it('a reviewed plan is not valid if one of its targets is excluded now', () => {
  const other = { ...target, name: 'eu-west-1-2204-hvm', region: 'eu-west-1', required: false };
  const reviewed = { ...aPlan, targets: [target, other], selected: [target.name, other.name], statuses: {} };
  const { name, region, image } = other;
  const now = excludeTargets(reviewed, [{ name, region, image, why: 'not opted in' }]);
  expect(diffPlans(reviewed, now, {})).toEqual([
    'eu-west-1-2204-hvm: was planned, and is skipped now: not opted in',
  ]);
});

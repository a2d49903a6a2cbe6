import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { canonicalIn, createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { BaseSettings, ImageSettings } from '../../src/model/publication.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { makeReleasePlan } from '../../src/plan/make-plan.ts';
import { plan as aPlan, clientsOf } from '../support/embedded.ts';
import { makeAmi } from '../support/held-builds.ts';
import { publication, settings } from './a-publication.ts';

const regions = ['us-east-1', 'eu-west-1'];
const both = (ubuntu: string) => regions.map((region) => ({ region, ubuntu }));
const newest = { owners: ['099720109477'], filters: { name: ['ubuntu/images/*-22.04-amd64-*'] } };
const noble = { owners: ['099720109477'], filters: { name: ['ubuntu/images/*-24.04-amd64-*'] } };

const planned = (sandbox: Sandbox, base: BaseSettings, pinned?: ReleasePlan) =>
  makeReleasePlan(
    publication({
      version: aPlan.version,
      images: [settings({ base })],
    }),
    { clients: clientsOf(sandbox), account: aPlan.account, endpoint: aPlan.endpoint },
    pinned,
    new Date(),
  );

const ubuntuOf = ({ targets }: ReleasePlan) =>
  targets.map(({ region, base }) => ({ region, ubuntu: /-(\d\d\.\d\d)-/.exec(base.name)?.[1] }));

/** Makes the first target's AMI as planned. */
async function begin(sandbox: Sandbox, { targets: [first] }: ReleasePlan): Promise<void> {
  if (first) await makeAmi(sandbox, first);
}

/** Sets the parameter `/base` in both regions to one of Canonical's images of 22.04. */
async function put(sandbox: Sandbox, which: 'older' | 'newer'): Promise<void> {
  for (const region of regions) {
    const all = canonicalIn(region).filter(({ image }) => image.name.includes('-22.04-amd64-'));
    const Value = all[which === 'older' ? 0 : 1]?.image.id;
    await sandbox
      .ssm({ region })
      .send(new PutParameterCommand({ Name: '/base', Value, Type: 'String', Overwrite: true }));
  }
}

it.each<[kind: string, before: BaseSettings, after: BaseSettings]>([
  ['ubuntu', { ubuntu: '2204' }, { ubuntu: '2404' }],
  ['filter', { filter: newest }, { filter: noble }],
  ['ssm', { ssm: '/base' }, { ubuntu: '2404' }],
])(
  'another base in an unchanged version is looked up, with or without .gopackgo/: %s',
  async (_, was, is) => {
    const sandbox = createWorld();
    await put(sandbox, 'older');
    const before = await planned(sandbox, was);
    expect(ubuntuOf(before)).toEqual(both('22.04'));
    await begin(sandbox, before);
    expect(ubuntuOf(await planned(sandbox, is))).toEqual(both('24.04'));
    expect(ubuntuOf(await planned(sandbox, is, before))).toEqual(both('24.04'));
  },
);

it('a started release resumes from its base although AWS has a newer one, with or without .gopackgo/', async () => {
  const sandbox = createWorld();
  await put(sandbox, 'older');
  const before = await planned(sandbox, { ssm: '/base' });
  await begin(sandbox, before);
  await put(sandbox, 'newer');
  const after = await planned(sandbox, { ssm: '/base' });
  expect(after.targets).toMatchObject(
    before.targets.map(({ recipe, base: { id, name } }) => ({ recipe, base: { id, name, via: 'tag' } })),
  );
  expect((await planned(sandbox, { ssm: '/base' }, before)).targets).toEqual(before.targets);
});

it('a former copy that is now built starts from the base image of its own region, not from that of its source', async () => {
  const sandbox = createWorld();
  await put(sandbox, 'newer');
  const make = (copy: Pick<ImageSettings, 'copyFrom'>, pinned?: ReleasePlan) =>
    makeReleasePlan(
      publication({
        version: aPlan.version,
        images: [settings({ base: { ssm: '/base' }, ...copy })],
      }),
      { clients: clientsOf(sandbox), account: aPlan.account, endpoint: aPlan.endpoint },
      pinned,
      new Date(),
    );
  const copying = await make({ copyFrom: { region: 'us-east-1', place: 'copyFrom' } });
  expect(copying.targets.map(({ copy }) => copy?.region)).toEqual([undefined, 'us-east-1']);
  const building = await make({});
  expect(new Set(building.targets.map(({ base }) => base.id)).size).toBe(2);
  expect((await make({}, copying)).targets).toEqual(building.targets);
});

import { readFileSync, renameSync } from 'node:fs';
import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findImages } from '../../src/aws/images.ts';
import { eventsOf } from './events.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/output.schema.json', import.meta.url), 'utf8'));
const isAsTheSchemaSays = new Ajv({ allErrors: true, allowUnionTypes: true })
  .addSchema(schema, 'output')
  .compile({ $ref: 'output#/definitions/plansWithBases' });

const account = '123456789012';
const region = 'us-east-1';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  const image = (base: object) => ({ name: '2404', base, builder: { instance_type: 't3.micro' } });
  await project.config('baseline', (config) => {
    config.images = [image({ ubuntu: '2404' })];
  });
  await project.config('app', (config) => {
    config.images = [image({ publication: 'baseline', image: '2404' })];
  });
  sandbox = await project.sandbox();
});
afterAll(() => project.remove());

const run = (command: string, publication: string, ...words: string[]) =>
  project.run([command, publication, '--sandbox', ...words]);

/** The tags of the AMIs of a release, without their prefix. */
async function tagsOf(release: string): Promise<Record<string, string>[]> {
  const found = await findImages(sandbox.clients, region, {
    owner: 'self',
    tags: { 'gopackgo:release': release },
  });
  if (!found.ok) throw new Error(found.error.message);
  return found.value.map(({ tags }) =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.replace('gopackgo:', ''), value])),
  );
}

it('refuses an app whose baseline is not published, and publishes both in order with real Packer', async () => {
  const refused = await run('plan', 'app');
  expect([refused.exit, refused.stderr]).toEqual([
    4,
    expect.stringContaining(
      'configs/app.json: images[0].base.publication: expected a published release of baseline with the image 2404, found none. ' +
        'Publish it first: gopackgo publish baseline --sandbox, or add --with-bases',
    ),
  ]);
  const planned = await run('plan', 'app', '--with-bases');
  expect(planned.exit, planned.stderr).toBe(0);
  expect(planned.stdout).toMatch(/^baseline@1\.0\.0 · .*1 AMI in 1 region$/m);
  expect(planned.stdout).toContain('app@1.0.0 · 1 AMI in 1 region\n  depends on baseline, published first');
  const inJson = await run('plan', 'app', '--with-bases', '--json');
  expect(inJson.exit, inJson.stderr).toBe(0);
  const plans = JSON.parse(inJson.stdout);
  expect(isAsTheSchemaSays(plans), JSON.stringify(isAsTheSchemaSays.errors)).toBe(true);
  expect(plans).toMatchObject({
    publication: 'app',
    plans: [
      {
        publication: 'baseline',
        release: 'baseline@1.0.0',
        plan: { targets: [{ name: 'us-east-1-2404', status: 'absent' }] },
      },
      { publication: 'app', release: 'app@1.0.0', waitsFor: ['baseline'], targets: ['us-east-1-2404'] },
    ],
  });
  const unasked = await run('publish', 'app', '--with-bases');
  expect([unasked.exit, unasked.stderr]).toEqual([4, expect.stringContaining('depends on baseline')]);

  const published = await run('publish', 'app', '--with-bases', '--yes', '--json');
  expect(published.exit, published.stderr).toBe(0);
  const results = eventsOf(published).filter(({ type }) => type === 'result');
  expect(results).toMatchObject([{ release: 'baseline@1.0.0' }, { release: 'app@1.0.0' }]);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(await tagsOf('baseline@1.0.0')).toMatchObject([{ published: time }]);
  expect(await tagsOf('app@1.0.0')).toMatchObject([
    { published: time, base: `${account}/gopackgo baseline 1.0.0 2404` },
  ]);
  const before = (await sandbox.calls()).filter(({ operation }) => !/^(Describe|Get|List)/.test(operation));
  const again = await run('publish', 'app', '--with-bases', '--yes');
  expect(again.exit, again.stderr).toBe(0);
  const after = (await sandbox.calls()).filter(({ operation }) => !/^(Describe|Get|List)/.test(operation));
  expect(after).toHaveLength(before.length);
});

it("logs in with the user of its baseline, known from the baseline's config or, without it, from the tags of its AMI", async () => {
  const byConfig = await run('plan', 'app@1.1.0');
  expect(byConfig.stdout).toContain('  logs in as  ubuntu (2404), as baseline does\n');
  const file = project.path('configs/baseline.json');
  renameSync(file, `${file}.elsewhere`);
  const byTags = await run('plan', 'app', '--json');
  renameSync(`${file}.elsewhere`, file);
  expect(byTags.exit, byTags.stderr).toBe(0);
  expect(JSON.parse(byTags.stdout).targets).toMatchObject([{ loginUser: 'ubuntu', status: 'verified' }]);
});

it('publishes only if base, recipe or age calls for it, and says which', async () => {
  for (const command of ['plan', 'publish']) {
    const same = await run(command, 'app@1.1.0', '--if-changed', '--json');
    expect(same.exit, same.stderr).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({ release: 'app@1.0.0', changed: false, changes: [] });
  }
  const said = await run('publish', 'app', '--if-changed', '--max-age', '30d');
  expect([said.exit, said.stdout]).toEqual([0, expect.stringContaining('nothing has changed since')]);
  expect(await run('plan', 'app', '--max-age', '30d')).toMatchObject({ exit: 2 });

  const old = JSON.parse(
    (await run('plan', 'app@1.1.0', '--if-changed', '--max-age', '0h', '--json')).stdout,
  );
  expect(old).toMatchObject({ release: 'app@1.1.0', changed: true, changes: [{ is: 'age' }] });
  const both = await run('plan', 'app@1.1.0', '--with-bases', '--if-changed', '--json');
  expect(both.exit, both.stderr).toBe(0);
  const plans = JSON.parse(both.stdout);
  expect(isAsTheSchemaSays(plans), JSON.stringify(isAsTheSchemaSays.errors)).toBe(true);
  expect(plans.plans).toMatchObject([
    { release: 'baseline@1.0.0', unchanged: { changed: false } },
    { release: 'app@1.0.0', unchanged: { changed: false } },
  ]);

  const baseline = await run('publish', 'baseline@1.1.0', '--yes');
  expect(baseline.exit, baseline.stderr).toBe(0);
  const pinned = await run('plan', 'app');
  expect(pinned.stdout).toContain('newer base  baseline@1.1.0 is newer than baseline@1.0.0 (2404)');
  const newer = JSON.parse((await run('plan', 'app@1.1.0', '--if-changed', '--json')).stdout);
  expect(newer.changes).toMatchObject([
    {
      is: 'base',
      targets: ['us-east-1-2404'],
      was: `${account}/gopackgo baseline 1.0.0 2404`,
      now: `${account}/gopackgo baseline 1.1.0 2404`,
    },
  ]);
  expect(newer.targets).toMatchObject([{ base: { release: 'baseline@1.1.0', via: 'release' } }]);
  const sameVersion = await run('publish', 'app', '--if-changed', '--yes');
  expect([sameVersion.exit, sameVersion.stderr]).toEqual([
    4,
    expect.stringContaining('app@1.0.0: expected a version that is not published yet'),
  ]);
});

it('neither starts from a yanked release nor makes it again', async () => {
  const [ami] = await amisOf('baseline@1.1.0');
  const Tags = [{ Key: 'gopackgo:yanked', Value: 'wrong keys' }];
  await sandbox.clients.ec2(region).send(new CreateTagsCommand({ Resources: [ami ?? ''], Tags }));
  const app = JSON.parse((await run('plan', 'app@1.1.0', '--json')).stdout);
  expect(app.targets).toMatchObject([{ base: { release: 'baseline@1.0.0' } }]);
  const baseline = await run('publish', 'baseline@1.2.0', '--if-changed', '--max-age', '0h', '--json');
  expect(JSON.parse(baseline.stdout)).toMatchObject({
    release: 'baseline@1.1.0',
    yanked: 'wrong keys',
    changed: false,
  });
});

it('refuses publications that depend on each other, and names the place', async () => {
  await project.config('circle', (config) => {
    const { images } = config as { images: object[] };
    config.images = [
      { ...images[0], matrix: undefined, name: 'a', base: { publication: 'circle', image: 'a' } },
    ];
  });
  const refused = await run('plan', 'circle');
  expect([refused.exit, refused.stderr]).toEqual([
    2,
    expect.stringContaining(
      'configs/circle.json: images[0].base.publication: expected a publication that does not depend on this one, found "circle": circle depends on circle',
    ),
  ]);
});

async function amisOf(release: string): Promise<string[]> {
  const found = await findImages(sandbox.clients, region, {
    owner: 'self',
    tags: { 'gopackgo:release': release },
  });
  return found.ok ? found.value.map(({ id }) => id) : [];
}

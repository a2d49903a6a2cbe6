import { readdir } from 'node:fs/promises';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
  await project.config('nightly', (config) => {
    config.version = '1.{timestamp}';
    config.amiName = 'nightly {version} {image}';
    const [image] = config.images as { builder: object }[];
    config.images = [{ ...image, builder: { ...image?.builder, tags: { Built: '{timestamp}' } } }];
  });
});
afterAll(() => project.remove());

const gopackgo = (...words: string[]) => project.run([...words, '--sandbox', '--only', '2204-hvm']);

it('each publish is a new release; plan and status find the right one', async () => {
  const unknown = await gopackgo('status', 'nightly');
  expect(unknown).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('expected a release that is known'),
  });

  const planned = await gopackgo('plan', 'nightly', '--out', 'plan.json');
  expect(planned.exit, planned.stderr).toBe(0);
  const [, release = ''] = /^(nightly@1\.\d{8}T\d{6}Z): a new release$/m.exec(planned.stderr) ?? [];
  const applied = await project.run(['publish', 'nightly', '--sandbox', '--plan', 'plan.json']);
  expect(applied.exit, applied.stderr).toBe(0);
  const { amis } = await stateOf(sandbox.clients);
  expect(amis.map(({ name }) => name)).toEqual([`nightly ${release.slice('nightly@'.length)} 2204-hvm`]);
  expect(applied.stderr + applied.stdout).toContain(release);
  const { Images } = await sandbox.clients
    .ec2('us-east-1')
    .send(new DescribeImagesCommand({ Owners: ['self'] }));
  const built = Images?.[0]?.Tags?.find(({ Key }) => Key === 'Built')?.Value;
  expect(built).toBe(release.slice('nightly@1.'.length));

  const status = await gopackgo('status', 'nightly', '--json');
  expect(status.stderr).toContain(`${release}: the newest release`);
  expect(JSON.parse(status.stdout)).toMatchObject({ release, targets: [{ status: 'verified' }] });

  const another = await gopackgo('publish', 'nightly', '--yes');
  expect(another.exit, another.stderr).toBe(0);
  expect(another.stderr).toMatch(/^nightly@1\.\S+: a new release/m);
  expect((await stateOf(sandbox.clients)).amis).toHaveLength(2);

  const named = await project.run(['status', release, '--sandbox', '--json']);
  expect(JSON.parse(named.stdout)).toMatchObject({ release });
  expect(named.stderr).toBe('');
  const folders = await readdir(project.path('.gopackgo/sandbox/releases'));
  expect(folders.filter((name) => name.startsWith('nightly@'))).toHaveLength(2);
});

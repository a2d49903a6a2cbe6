import { readFile, writeFile } from 'node:fs/promises';
import { CopyImageCommand, CreateTagsCommand, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newProject, type Project, type Run, type RunningSandbox } from './project.ts';

/** Clears the screen, moves the cursor, reverses the reading direction. */
const hostile = '\u001b[2J\u009b1;1H\u202e\u2066\u0007';
const control = /(?!\n)[\p{Cc}\p{Bidi_Control}]/u;

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
  const ec2 = sandbox.clients.ec2('us-east-1');
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({
      Owners: ['099720109477'],
      Filters: [{ Name: 'name', Values: ['*hvm-ssd*jammy*'] }],
    }),
  );
  const copy = new CopyImageCommand({
    Name: 'gopackgo test-ebs 1.0.0 2204-hvm',
    SourceImageId: Images[0]?.ImageId,
    SourceRegion: 'us-east-1',
  });
  const { ImageId = '' } = await ec2.send(copy);
  const tags = {
    'gopackgo:recipe': 'sha256:0',
    'gopackgo:release': `o${hostile}@1`,
    'gopackgo:target': `t${hostile}`,
  };
  await ec2.send(
    new CreateTagsCommand({
      Resources: [ImageId],
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
});
afterAll(() => project.remove());

function clean({ stdout, stderr }: Run): void {
  expect(`${stdout}${stderr}`.match(control)).toBeNull();
}

it.each([
  [['status', 'test-ebs', '--sandbox']],
  [['plan', 'test-ebs', '--sandbox']],
  [['publish', 'test-ebs', '--sandbox', '--yes']],
])('%j shows tags of an AMI without control characters', async (words) => {
  const run = await project.run(words);
  clean(run);
  expect(run.stdout + run.stderr).toContain('belongs to o');
});

it.each([['status'], ['plan']])('%s --json escapes control characters', async (command) => {
  const run = await project.run([command, 'test-ebs', '--sandbox', '--json']);
  clean(run);
  expect(run.stdout).toContain(String.raw`\u202e`);
  expect(JSON.stringify(JSON.parse(run.stdout))).toContain('\u202e');
});

it('a refusal with --json escapes control characters, too', async () => {
  const run = await project.run(['publish', 'test-ebs', '--sandbox', '--json', '--yes']);
  clean(run);
  expect(JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ code: 'conflict' });
});

it('a value of a config is shown without control characters', async () => {
  await project.config('value', (config) => {
    config.version = `1${hostile}`;
  });
  const run = await project.run(['plan', 'value', '--sandbox']);
  clean(run);
  expect([run.exit, run.stderr]).toEqual([2, expect.stringContaining('value.json: version: expected')]);
});

it("a file's name is shown without control characters", async () => {
  await project.config(`name${hostile}`, () => undefined);
  const run = await project.run(['plan', 'nmae', '--sandbox']);
  clean(run);
  expect([run.exit, run.stderr]).toEqual([2, expect.stringMatching(/name/)]);
});

it('a plan file that somebody else wrote is shown without control characters', async () => {
  await project.config('fresh', () => undefined);
  await project.run(['plan', 'fresh', '--sandbox', '--out', 'plan.json']);
  const plan = JSON.parse(await readFile(project.path('plan.json'), 'utf8'));
  plan.targets[0].name = `us-east-1-${hostile}`;
  plan.statuses = { [`x${hostile}`]: `absent${hostile}` };
  await writeFile(project.path('plan.json'), JSON.stringify(plan));
  const run = await project.run(['publish', 'fresh', '--sandbox', '--plan', 'plan.json']);
  clean(run);
  expect([run.exit, run.stderr]).toEqual([4, expect.stringContaining('has changed since plan.json')]);
});

import { globSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resultOf } from './events.ts';
import { newProject, type Project } from './project.ts';

let project: Project;
beforeAll(async () => {
  project = await newProject();
  await project.sandbox();
  await project.config('test-ebs', (config) => {
    config.variables = { stage: 'test', commit: null };
    config.provisioners = [{ type: 'shell', inline: ['echo "{var.stage} {var.commit}"'] }];
  });
});
afterAll(() => project.remove());

const run = (...words: string[]) => project.run([...words, '--sandbox']);
/** The scripts that Packer uploaded to instances, oldest first. */
const arrived = () =>
  globSync(project.path('.gopackgo/sandbox/state/instances/*/files/tmp/script_*'))
    .toSorted((one, other) => statSync(one).mtimeMs - statSync(other).mtimeMs)
    .map((file) => readFileSync(file, 'utf8').replace('#!/bin/sh -e\n', ''));

it('a variable without a value is refused before anything else', async () => {
  const refused = await run('publish', 'test-ebs', '--yes');
  expect(refused.stderr).toBe(
    'configs/test-ebs.json: variables.commit: expected a value, found null. Add --var commit=VALUE\n',
  );
  expect(refused.exit).toBe(2);
});

it('a plan contains the value of --var; publish passes it on, and the next command names it', async () => {
  const planned = await run(
    'plan',
    'test-ebs',
    '--only',
    '2404-hvm',
    '--var',
    "commit=it's",
    '--out',
    'plan.json',
  );
  expect(planned.exit, planned.stderr).toBe(0);
  const published = await run('publish', 'test-ebs', '--plan', 'plan.json', '--json');
  expect(published.exit, published.stderr).toBe(0);
  const { next } = resultOf(published);
  expect(next).toEqual([
    expect.stringContaining(
      String.raw`gopackgo publish test-ebs --sandbox --var 'commit=it'\''s'   publishes what was not selected`,
    ),
    expect.stringContaining(String.raw`gopackgo status test-ebs --sandbox --var 'commit=it'\''s'`),
  ]);
});

it('another value is another recipe, refused until the version changes', async () => {
  const status = await run('status', 'test-ebs', '--only', '2404-hvm', '--var', "commit=it's", '--json');
  expect(JSON.parse(status.stdout).targets).toMatchObject([{ status: 'verified' }]);
  const again = await run('publish', 'test-ebs', '--only', '2404-hvm', '--var', 'commit=a1', '--yes');
  expect(again.exit, again.stderr).toBe(4);
  const other = ['--var', 'commit=a1', '--var', 'stage=production'];
  const named = await run('publish', 'test-ebs@1.0.1', '--only', '2404-hvm', ...other, '--yes');
  expect(named.exit, named.stderr).toBe(0);
  expect(arrived()).toEqual([`echo "test it's"\n`, 'echo "production a1"\n']);
});

it('promote, releases and yank require the variables in parameters, the two that share also those in share, yank those in notify, and none the others', async () => {
  await project.config('test-ebs', (config) => {
    config.variables = {
      ...(config.variables as object),
      team: null,
      topic: null,
      friends: { type: 'list' },
    };
    config.parameters = ['/{var.team}/{image}'];
    config.share = { accounts: ['{var.friends}'] };
    config.notify = [{ sns: 'arn:aws:sns:us-east-1:123456789012:{var.topic}' }];
  });
  const lacking = (name: string) =>
    `configs/test-ebs.json: variables.${name}: expected a value, found null. Add --var ${name}=VALUE\n`;
  const friends = ['--var', 'friends=210987654321'];
  const unshared = await run('promote', 'test-ebs@1.0.1', '--var', 'team=web', '--yes');
  expect(unshared.stderr).toContain('variables.friends: expected a value, found none');
  const promoted = await run('promote', 'test-ebs@1.0.1', ...friends, '--yes');
  expect(promoted).toMatchObject({ exit: 2, stderr: lacking('team') });
  const yanked = await run(
    'yank',
    'test-ebs@1.0.1',
    '--reason',
    'wrong',
    '--var',
    'team=web',
    ...friends,
    '--yes',
  );
  expect(yanked).toMatchObject({ exit: 2, stderr: lacking('topic') });
  const releases = await run('releases', 'test-ebs', '--var', 'team=web', '--json');
  expect(releases.exit, releases.stderr).toBe(0);
  expect(JSON.parse(releases.stdout).releases).toMatchObject([
    { release: 'test-ebs@1.0.1' },
    { release: 'test-ebs@1.0.0' },
  ]);
});

it('cleanup runs without a value for any variable of the config', async () => {
  const cleaned = await run('cleanup', 'test-ebs@1.0.1', '--yes');
  expect(cleaned.exit, cleaned.stderr).toBe(0);
});

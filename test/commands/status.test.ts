import { CreateTagsCommand, DescribeImagesCommand, DisableImageCommand } from '@aws-sdk/client-ec2';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { build } from '../support/built.ts';
import { workingFolder } from '../support/command-line.ts';
import { planAt, publishAt, regions, webConfig } from '../support/releases.ts';

it('reports missing own parameters of older releases, but none of an unfinished release', async () => {
  const folder = workingFolder({ web: webConfig('3.0.0') });
  await folder.change(async (sandbox) => {
    await publishAt(sandbox, '1.0.0');
    await publishAt(sandbox, '2.0.0');
    await sandbox.ssm().send(new DeleteParameterCommand({ Name: '/web/1.0.0/2204-hvm' }));
    sandbox.aws.settings.advance(3600);
    const unfinished = planAt('3.0.0');
    await build(sandbox, { ...unfinished, targets: unfinished.targets.slice(0, 1) });
  });
  const shown = await folder.run('status', 'web', '--accept-mixed', '--json');
  expect(shown.exit, shown.stderr).toBe(5);
  const { findings, parameters } = JSON.parse(shown.stdout);
  const about = findings.map(({ code, release, place, todo }: Record<string, string>) => [
    code,
    release,
    place,
    todo,
  ]);
  expect(about).toContainEqual([
    'parameter-missing',
    'web@1.0.0',
    '/web/1.0.0/2204-hvm',
    'gopackgo publish web@1.0.0 --sandbox --accept-mixed writes it.',
  ]);
  expect(about.filter(([code]: string[]) => code?.startsWith('parameter'))).toHaveLength(1);
  expect(parameters.map(({ name }: { name: string }) => name)).toEqual(Array(2).fill('/web/3.0.0/2204-hvm'));
});

it('shows a withdrawn release and its AMIs as yanked, and finds everything in it that can still be used', async () => {
  const folder = workingFolder({ web: webConfig('1.0.0', { parameters: [] }) });
  await folder.change(async (sandbox) => {
    await publishAt(sandbox, '1.0.0');
    for (const region of regions) {
      const ec2 = sandbox.ec2({ region });
      const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
      const [{ ImageId = '' } = {}] = Images;
      const Tags = [{ Key: 'gopackgo:yanked', Value: '2026-11-30T00:00:00.000Z it opens a port' }];
      await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
      if (region === 'eu-west-1') await ec2.send(new DisableImageCommand({ ImageId }));
    }
  });
  const words = ['status', 'web@1.0.0', '--accept-mixed'];
  const shown = await folder.run(...words);
  expect(shown.stdout).toMatch(/us-east-1-2204-hvm +yanked +ami-\w+ +snap-\w+/);
  expect(shown.stdout).toMatch(/0 of 2 verified · 0 shared · 2 yanked/);
  expect([shown.exit, shown.stdout]).toEqual([5, expect.stringContaining('[yank-incomplete]')]);
  expect(shown.stdout.replace(/\s+/g, ' ')).toContain(
    "gopackgo yank web@1.0.0 --sandbox --reason 'it opens a port' withdraws the rest of it; ",
  );
  const withdrawn = await folder.run('yank', 'web@1.0.0', '--reason', 'it', '--promote', 'none', '--yes');
  expect(withdrawn.exit, withdrawn.stderr).toBe(0);
  const whole = await folder.run(...words);
  expect([whole.exit, whole.stdout]).toEqual([0, expect.stringContaining('2 yanked')]);
});

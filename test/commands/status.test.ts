import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { build } from '../support/built.ts';
import { workingFolder } from '../support/command-line.ts';
import { planAt, publishAt, webConfig } from '../support/releases.ts';

it('misses the own parameters of older releases, and no parameter of one that is unfinished', async () => {
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

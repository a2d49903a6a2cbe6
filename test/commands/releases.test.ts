import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { workingFolder } from '../support/command-line.ts';
import { publishAt, webConfig } from '../support/releases.ts';

const next = '/web/next/2204-hvm';

/** The output of `releases` for a release and a candidate before it, which a parameter of candidates names. */
async function statesOf(candidates: object | undefined, version: string) {
  const folder = workingFolder({ web: webConfig(version, candidates === undefined ? {} : { candidates }) });
  await folder.change(async (sandbox) => {
    await publishAt(sandbox, '2.0.0-rc1');
    const { Images } = await sandbox.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
    const parameter = { Name: next, Value: Images?.[0]?.ImageId ?? '', Type: 'String' } as const;
    await sandbox.ssm().send(new PutParameterCommand(parameter));
    await publishAt(sandbox, '2.0.0');
  });
  const { exit, stdout, stderr } = await folder.run('releases', 'web', '--json');
  expect(exit, stderr).toBe(0);
  const { releases } = JSON.parse(stdout);
  return releases.map(({ release, state, records }: Record<string, unknown>) => [release, state, records]);
}

const latest = ['/web/latest/2204-hvm'];

it.each(['2.0.0', '2.0.0-rc2'])(
  'shows a candidate as current only if something follows candidates; the config is at %s',
  async (version) => {
    expect(await statesOf(undefined, version)).toEqual([
      ['web@2.0.0', 'current', latest],
      ['web@2.0.0-rc1', 'published', []],
    ]);
    expect(await statesOf({ parameters: ['/web/next/{image}'] }, version)).toEqual([
      ['web@2.0.0', 'current', latest],
      ['web@2.0.0-rc1', 'current', [next]],
    ]);
  },
);

import { CreateTagsCommand, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { workingFolder } from '../support/command-line.ts';
import { publishAt, regions, webConfig } from '../support/releases.ts';

it('counts AMIs of other publications as such, separately from unknown ones', async () => {
  const folder = workingFolder({ web: webConfig('1.0.0') });
  await folder.change(async (sandbox) => {
    await publishAt(sandbox, '1.0.0');
    await publishAt(sandbox, '2.0.0');
    const tagged = { 'us-east-1': 'shop@2.0.0', 'eu-west-1': '' };
    for (const region of regions) {
      const ec2 = sandbox.ec2({ region });
      const Filters = [{ Name: 'tag:gopackgo:release', Values: ['web@2.0.0'] }];
      const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters }));
      const Resources = Images.map(({ ImageId = '' }) => ImageId);
      const Tags = [{ Key: 'gopackgo:release', Value: tagged[region] }];
      await ec2.send(new CreateTagsCommand({ Resources, Tags }));
    }
  });
  const shown = await folder.run('cleanup', 'web@1.0.0');
  expect(shown.stdout).toContain('  2 more AMIs kept: 1 of other publications and 1 not ours; --json lists');
  const { stdout } = await folder.run('cleanup', 'web@1.0.0', '--json');
  const [planned = ''] = stdout.split('\n');
  expect(JSON.parse(planned).amis).toContainEqual(
    expect.objectContaining({
      otherRelease: 'shop@2.0.0',
      reasons: expect.arrayContaining([{ reason: 'not ours', said: 'it belongs to shop@2.0.0' }]),
    }),
  );
});

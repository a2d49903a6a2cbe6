import {
  CreateKeyPairCommand,
  DeleteTagsCommand,
  DescribeImagesCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newProject, type Project } from '../e2e/project.ts';
import { judge } from './judge.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

it('the judge of the random trials detects errors', async () => {
  const sandbox = await project.sandbox();
  const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--only', '2404-hvm']);
  expect(run.exit, run.stderr).toBe(0);
  const ec2 = sandbox.clients.ec2('us-east-1');
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
  const ImageId = Images[0]?.ImageId ?? '';
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'spare' }));
  await ec2.send(new DeleteTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'gopackgo:recipe' }] }));
  const LaunchPermission = { Add: [{ UserId: '210987654321' }] };
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission }));
  const name = (image: string) => `gopackgo test-ebs 1.0.0 ${image}`;
  const expected = {
    release: 'test-ebs@1.0.0',
    amis: { 'us-east-1': [name('2204-hvm'), name('2404-hvm')] },
    sharedWith: '210987654321',
    maySpareGroups: false,
  };
  expect(await judge(sandbox, await sandbox.calls(), expected)).toEqual([
    `us-east-1: AMIs ["${name('2404-hvm')}"] where ["${name('2204-hvm')}","${name('2404-hvm')}"] are expected`,
    `${name('2404-hvm')} has no recipe tag`,
    expect.stringMatching(/: snap-\w+ is open to \[\]$/),
    'us-east-1: key pair spare is left behind',
    `shared before us-east-1: ${name('2204-hvm')} was made`,
  ]);
});

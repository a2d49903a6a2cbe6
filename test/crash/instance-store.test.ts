import { globSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/index.ts';
import { packersAgent } from '../e2e/faults.ts';
import { newProject, type Project, type RunningSandbox, until } from '../e2e/project.ts';
import { stateOf } from '../e2e/state.ts';
import { calls } from './killed.ts';

const bucket = 'gopackgo-123456789012-test-instance-1-0-0-us-east-1';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

async function endPacker(): Promise<void> {
  const files = globSync(project.path('.gopackgo/sandbox/releases/test-instance@*/attempts/*/*/pid'));
  expect(files).toHaveLength(2);
  for (const file of files) process.kill(-Number(await readFile(file, 'utf8')), 'SIGKILL');
}

const amisOf = async (sandbox: RunningSandbox) => {
  const { Images = [] } = await sandbox.clients
    .ec2('us-east-1')
    .send(new DescribeImagesCommand({ Owners: ['self'] }));
  return Images.map(({ ImageId = '', ImageLocation }) => [ImageLocation, ImageId]).sort();
};

interface Moment {
  when: string;
  fault: Fault;
  reached: string;
  times: number;
  /** Whether the AMIs exist at the time of the kill. */
  built: boolean;
}

const moments: Moment[] = [
  {
    when: 'after Packer registered the AMIs and before it tagged them',
    fault: { on: 'ec2:CreateTags', userAgent: packersAgent, times: 2, does: { delay: 6_000 } },
    reached: 'RegisterImage',
    times: 2,
    built: true,
  },
  {
    when: 'in the middle of the uploads',
    fault: {
      on: 's3:PutObject',
      userAgent: 'ec2-ami-tools',
      input: 'manifest.xml',
      times: 2,
      does: { delay: 6_000 },
    },
    reached: 'PutObject',
    times: 6,
    built: false,
  },
];

it.each(moments)(
  'after a kill with its Packers $when and without .gopackgo/, the same command finishes it, and each AMI has its own bundle',
  async ({ fault, reached, times, built }) => {
    const sandbox = await project.sandbox([fault], {
      accounts: [{ instanceProfiles: ['gopackgo-bundler'] }],
    });
    const words = ['publish', 'test-instance', '--sandbox', '--yes'];
    const first = project.start(words);
    await until('the moment to kill', async () => (await calls(sandbox, reached)).length >= times);
    first.child.kill('SIGKILL');
    await endPacker();
    await first.ended;
    const before = await amisOf(sandbox);
    expect(before).toHaveLength(built ? 2 : 0);
    await rm(project.path('.gopackgo/sandbox/releases'), { recursive: true });

    const again = await project.run(words);
    expect(again.exit, again.stderr).toBe(0);
    const after = await amisOf(sandbox);
    expect(after.map(([location]) => location)).toEqual([
      `${bucket}/1404-hvm.manifest.xml`,
      `${bucket}/1404-pv.manifest.xml`,
    ]);
    if (built) expect(after).toEqual(before);
    const state = await stateOf(sandbox.clients);
    expect(state.leftovers).toEqual([]);
    for (const { tags } of state.amis) expect(tags).toHaveProperty('gopackgo:recipe');
    expect(await calls(sandbox, 'RunInstances')).toHaveLength(built ? 2 : 4);
    const s3 = await sandbox.clients.s3('us-east-1');
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents).toHaveLength(8);
  },
);

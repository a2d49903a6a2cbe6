import { expect, it } from 'vitest';
import { unblocked } from '../../sandbox/testing/index.ts';
import { type Call, newProject } from './project.ts';

/** The operations that take a call for each AMI and snapshot: changing its permission, and reading it back. */
const ofEach = [
  'DescribeImageAttribute',
  'DescribeSnapshotAttribute',
  'ModifyImageAttribute',
  'ModifySnapshotAttribute',
];

/** AMIs that Packer waits for are looked up every 15 seconds, however many there are. */
const isOfWaiting = ({ operation, input }: Call): boolean =>
  operation === 'DescribeImages' &&
  JSON.stringify(input.Owners) === '["self"]' &&
  JSON.stringify(input.Filters).includes('image-id');

/** How often gopackgo itself calls each operation to publish images of these Ubuntu releases in one region, for everybody. */
async function callsFor(releases: readonly string[]): Promise<Record<string, number>> {
  const project = await newProject();
  try {
    const sandbox = await project.sandbox([], unblocked);
    await project.config('test-ebs', (config) => {
      const [image] = config.images as { matrix: object }[];
      const matrix = { ...image?.matrix, ubuntu: releases };
      Object.assign(config, { images: [{ ...image, matrix }], share: { public: true } });
    });
    const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes']);
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stdout).toContain(`${releases.length} of ${releases.length} verified, public`);
    const all = [...(await sandbox.calls()), ...(await sandbox.dryRuns())];
    const own = all.filter((call) => call.userAgent.includes('aws-sdk-js') && !isOfWaiting(call));
    return Object.fromEntries(
      [...Map.groupBy(own, ({ operation }) => operation)]
        .map(([operation, some]): [string, number] => [operation, some.length])
        .sort(),
    );
  } finally {
    await project.remove();
  }
}

it('the number of calls in a region does not grow with its targets, except for permissions of each AMI and snapshot', async () => {
  const [one, three] = await Promise.all([callsFor(['2204']), callsFor(['2004', '2204', '2404'])]);
  for (const operation of ofEach)
    expect([operation, one[operation], three[operation]]).toEqual([operation, 1, 3]);
  const withoutThem = (calls: Record<string, number>) =>
    Object.fromEntries(Object.entries(calls).filter(([operation]) => !ofEach.includes(operation)));
  expect(withoutThem(three)).toEqual(withoutThem(one));
});

import {
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DisableImageBlockPublicAccessCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../../sandbox/testing/index.ts';
import { connect } from '../../src/aws/connection.ts';
import { eventsOf, eventsOfType, resultOf } from './events.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';

/** Each test has its own project folder, so that they run at the same time. */
const it = test.extend<{ project: Project }>({
  project: async ({ task: _ }, use) => {
    const project = await newProject();
    await use(project);
    await project.remove();
  },
});

const publish = (project: Project, ...more: string[]) =>
  project.run(['publish', 'test-ebs', '--sandbox', '--yes', ...more]);

const configure = (project: Project, share: object, regions: object = { 'us-east-1': {} }) =>
  project.config('test-ebs', (config) => {
    Object.assign(config, { share, regions });
  });

const calls = async (sandbox: RunningSandbox, pattern: RegExp) =>
  (await sandbox.calls()).filter(({ operation, error }) => pattern.test(operation) && error === undefined);

/** The AMIs and snapshots that another account sees. */
async function seenByOthers({ environment }: RunningSandbox) {
  const { accessKeyId, secretAccessKey } = otherAccount;
  const stranger = connect({
    endpoint: 'sandbox:test',
    environment: { ...environment, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  }).ec2('us-east-1');
  const owner = '123456789012';
  const { Images = [] } = await stranger.send(new DescribeImagesCommand({ Owners: [owner] }));
  const { Snapshots = [] } = await stranger.send(new DescribeSnapshotsCommand({ OwnerIds: [owner] }));
  return { amis: Images.length, snapshots: Snapshots.length };
}

describe.concurrent('a public release', () => {
  it('is refused in a new account before anything is spent, published once that is fixed, and made private again', async ({
    project,
  }) => {
    const sandbox = await project.sandbox();
    await configure(project, { public: true });
    const refused = await publish(project);
    expect(refused.exit).toBe(4);
    expect(refused.stderr).toContain(
      'us-east-1: block public access for AMIs: expected unblocked, found block-new-sharing',
    );
    expect(refused.stderr).toContain('aws ec2 disable-image-block-public-access --region us-east-1');
    expect(await calls(sandbox, /^(RunInstances|Modify)/)).toEqual([]);
    const plan = await project.run(['plan', 'test-ebs', '--sandbox']);
    expect(plan.exit).toBe(4);
    expect(plan.stdout).toContain('refused: us-east-1: block public access for AMIs');

    await sandbox.clients.ec2('us-east-1').send(new DisableImageBlockPublicAccessCommand({}));
    const run = await publish(project);
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toContain('to make public');
    expect(run.stdout).toContain('2 of 2 verified, public; took');
    expect(await seenByOthers(sandbox)).toEqual({ amis: 2, snapshots: 2 });
    const again = await publish(project, '--json');
    expect(resultOf(again)).toMatchObject({ exit: 0, shared: true });
    expect(eventsOfType(again, 'attempt-started')).toEqual([]);

    await configure(project, {});
    const before = await project.run(['plan', 'test-ebs', '--sandbox', '--out', 'plan.json']);
    expect(before.stdout).toContain('  revokes     access to 2 AMIs from everybody\n');
    const unasked = await project.run(['publish', 'test-ebs', '--sandbox', '--json']);
    expect(eventsOfType(unasked, 'planned')).toMatchObject([
      { targets: Array(2).fill({ takenFrom: { public: true, accounts: [], organizations: [] } }) },
    ]);
    const taken = await publish(project, '--json');
    expect(taken.exit, taken.stderr).toBe(0);
    expect(await seenByOthers(sandbox)).toEqual({ amis: 0, snapshots: 0 });

    expect((await project.run(['plan', 'test-ebs', '--sandbox', '--out', 'plan.json'])).exit).toBe(0);
    const [ami] = eventsOfType(taken, 'shared').map(({ ami: id }) => id);
    const opened = { ImageId: ami, LaunchPermission: { Add: [{ UserId: otherAccount.id }] } };
    await sandbox.clients.ec2('us-east-1').send(new ModifyImageAttributeCommand(opened));
    const late = await project.run(['publish', 'test-ebs', '--sandbox', '--plan', 'plan.json']);
    expect(late.stderr).toContain(
      `was verified ${ami}, is verified ${ami} to be taken from ${otherAccount.id}`,
    );
    expect(late.exit).toBe(4);
  });

  it('beyond the quota of one region is refused everywhere before the first build', async ({ project }) => {
    const sandbox = await project.sandbox([], {
      accounts: [
        { imageBlockPublicAccess: 'unblocked' },
        { region: 'eu-west-1', quotas: { 'L-0E3CBAB9': 1 } },
      ],
    });
    await configure(project, { public: true }, { 'us-east-1': {}, 'eu-west-1': {} });
    const run = await publish(project);
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain(
      'eu-west-1: quota of public AMIs: expected room for 2 more, found 0 public AMIs, and 1 are allowed',
    );
    expect(await calls(sandbox, /^(RunInstances|Modify)/)).toEqual([]);
  });

  it('is published without a best-effort region that blocks it; a later run makes only that region', async ({
    project,
  }) => {
    const sandbox = await project.sandbox([], {
      accounts: [
        { imageBlockPublicAccess: 'unblocked' },
        { region: 'eu-west-1', imageBlockPublicAccess: 'block-new-sharing' },
      ],
    });
    await configure(project, { public: true }, { 'us-east-1': {}, 'eu-west-1': { bestEffort: true } });
    const whole = await publish(project, '--json');
    expect(whole.exit, whole.stderr).toBe(3);
    const { targets } = resultOf(whole);
    expect(targets.filter(({ status }) => status === 'shared').map(({ region }) => region)).toEqual([
      'us-east-1',
      'us-east-1',
    ]);
    expect(JSON.stringify(targets.filter(({ region }) => region === 'eu-west-1'))).toContain(
      'block public access for AMIs',
    );
    await sandbox.clients.ec2('eu-west-1').send(new DisableImageBlockPublicAccessCommand({}));
    const later = await publish(project, '--json');
    expect(later.exit, later.stderr).toBe(0);
    expect(
      eventsOf(later).flatMap((event) => (event.type === 'attempt-started' ? [event.target] : [])),
    ).toEqual(expect.arrayContaining([expect.stringMatching(/^eu-west-1-/)]));
    expect(
      eventsOfType(later, 'attempt-started').every(({ target }) => target.startsWith('eu-west-1-')),
    ).toBe(true);
  });
});

it('does not share with the account itself, and says so', async ({ project }) => {
  await configure(project, { accounts: [defaultAccount.id, otherAccount.id] });
  const plan = await project.run(['plan', 'test-ebs', '--sandbox', '--json']);
  expect(plan.exit, plan.stderr).toBe(0);
  expect(JSON.parse(plan.stdout).sharing.accounts).toEqual([otherAccount.id]);
  expect(plan.stderr).toContain(`share.accounts: ${defaultAccount.id} is skipped`);
});

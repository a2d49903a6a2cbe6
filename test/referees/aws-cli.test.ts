import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { defaultAccount, manifestOf, otherAccount } from '../../sandbox/testing/index.ts';
import { carriedOut, holdExercised } from './exercised.ts';
import { judge, judged } from './judge.ts';
import { type JudgedSandbox, judgedSandbox } from './judged-sandbox.ts';
import { type PythonRun, python } from './python.ts';

const name = 'AWS CLI';
const environment = judge(name);

const canonical = '099720109477';
const path = '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm';

/** A release engineer's day, one command after another. The output is compared with the CLI's documentation. */
describe.skipIf(!environment)('the AWS CLI', () => {
  let judgedOne: JudgedSandbox;
  let commands = 0;
  const ids = { base: '', instance: '', image: '', copy: '', snapshot: '' };

  beforeAll(async () => {
    const accounts = [{ account: defaultAccount.id, instanceProfiles: ['bundler'] }];
    judgedOne = await judgedSandbox({ behaviour: { accounts } });
  });
  afterAll(async () => {
    await judgedOne.close();
    judged(name, `${commands} commands`);
  });

  const aws = async (command: string, more: string[] = []): Promise<PythonRun> => {
    if (!environment) throw new Error('not skipped');
    commands += 1;
    return python(environment, ['-m', 'awscli', ...command.split(' '), ...more], judgedOne.variables);
  };
  /** The output of a command that must succeed. */
  const text = async (command: string, ...more: string[]): Promise<string> => {
    const run = await aws(`${command} --output text`, more);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    return run.stdout;
  };
  const json = async (command: string, ...more: string[]): Promise<unknown> => {
    const run = await aws(command, more);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    return JSON.parse(run.stdout);
  };
  const silent = async (command: string, ...more: string[]): Promise<void> => {
    expect(await aws(command, more)).toEqual({ status: 0, stdout: '', stderr: '' });
  };
  const refused = async (command: string, code: string, operation: string): Promise<void> => {
    const run = await aws(command);
    expect(run).toMatchObject({ status: 255, stdout: '' });
    expect(run.stderr).toContain(`An error occurred (${code}) when calling the ${operation} operation: `);
  };

  it('sts get-caller-identity', async () => {
    const identity = { Account: defaultAccount.id, Arn: `arn:aws:iam::${defaultAccount.id}:user/sandbox` };
    const answer = await json('sts get-caller-identity');
    expect(answer).toEqual({ ...identity, UserId: expect.stringMatching(/^AIDA[A-Z0-9]{17}$/) });
    const { UserId } = answer as { UserId: string };
    expect(await text('sts get-caller-identity')).toBe(`${identity.Account}\t${identity.Arn}\t${UserId}\n`);
  });

  it('ssm get-parameters-by-path', async () => {
    const found = await text(
      `ssm get-parameters-by-path --path ${path} --recursive --query Parameters[].[Name,Type,Value]`,
    );
    const [, id = ''] = /^\/aws\/.*\/ebs-gp3\/ami-id\tString\t(ami-[0-9a-f]{17})\n$/.exec(found) ?? [];
    expect(id, found).not.toBe('');
    ids.base = id;
  });

  it('ec2 describe-images by owner, glob and architecture finds what the parameter names', async () => {
    const newest = await text(
      `ec2 describe-images --owners ${canonical} --query sort_by(Images,&CreationDate)[-1].ImageId --filters`,
      'Name=name,Values=ubuntu/images/hvm-ssd*/ubuntu-*-24.04-amd64-server-*',
      'Name=architecture,Values=x86_64',
      'Name=state,Values=available',
    );
    expect(newest).toBe(`${ids.base}\n`);
    expect(await text(`ec2 describe-images --owners self --query Images[].ImageId`)).toBe('');
  });

  it('ec2 run-instances, wait instance-running', async () => {
    const launched = await text(
      `ec2 run-instances --image-id ${ids.base} --instance-type t3.micro --query Instances[].[InstanceId,State.Name]`,
      '--tag-specifications',
      'ResourceType=instance,Tags=[{Key=Name,Value=a builder}]',
    );
    expect(launched).toMatch(/^i-[0-9a-f]{17}\tpending\n$/);
    ids.instance = launched.split('\t')[0] ?? '';
    await silent(`ec2 wait instance-running --instance-ids ${ids.instance}`);
    expect(
      await text(
        `ec2 describe-instances --instance-ids ${ids.instance} --query Reservations[].Instances[].[State.Name,Tags[0].Value]`,
      ),
    ).toBe('running\ta builder\n');
  });

  it('ec2 create-image, wait image-available', async () => {
    const answer = await json(`ec2 create-image --instance-id ${ids.instance} --name release-1.0`);
    expect(answer).toEqual({ ImageId: expect.stringMatching(/^ami-[0-9a-f]{17}$/) });
    ids.image = (answer as { ImageId: string }).ImageId;
    await silent(`ec2 wait image-available --image-ids ${ids.image}`);
    expect(
      await text(
        'ec2 describe-images --owners self --filters Name=name,Values=release-?.0 --query Images[].[ImageId,Name,State,Public]',
      ),
    ).toBe(`${ids.image}\trelease-1.0\tavailable\tFalse\n`);
    ids.snapshot = (
      await text(
        `ec2 describe-images --image-ids ${ids.image} --query Images[].BlockDeviceMappings[].Ebs.SnapshotId`,
      )
    ).trim();
    await refused(
      `ec2 create-image --instance-id ${ids.instance} --name release-1.0`,
      'InvalidAMIName.Duplicate',
      'CreateImage',
    );
  });

  it('ec2 modify-image-attribute, describe-image-attribute', async () => {
    const its = `--image-id ${ids.image}`;
    await silent(
      `ec2 modify-image-attribute ${its} --launch-permission`,
      `Add=[{UserId=${otherAccount.id}}]`,
    );
    expect(await json(`ec2 describe-image-attribute ${its} --attribute launchPermission`)).toEqual({
      ImageId: ids.image,
      LaunchPermissions: [{ UserId: otherAccount.id }],
    });
    expect(await text(`ec2 describe-image-attribute ${its} --attribute launchPermission`)).toBe(
      `${ids.image}\nLAUNCHPERMISSIONS\t${otherAccount.id}\n`,
    );
    await silent(
      `ec2 modify-snapshot-attribute --snapshot-id ${ids.snapshot} --attribute createVolumePermission --operation-type add --user-ids ${otherAccount.id}`,
    );
    expect(
      await text(
        `ec2 describe-snapshot-attribute --snapshot-id ${ids.snapshot} --attribute createVolumePermission`,
      ),
    ).toBe(`${ids.snapshot}\nCREATEVOLUMEPERMISSIONS\t${otherAccount.id}\n`);
  });

  it('ec2 create-tags, describe-tags', async () => {
    await silent(`ec2 create-tags --resources ${ids.image} ${ids.snapshot} --tags Key=release,Value=1.0`);
    const tags = await text('ec2 describe-tags --filters Name=key,Values=release');
    expect(tags.split('\n').sort()).toEqual([
      '',
      `TAGS\trelease\t${ids.image}\timage\t1.0`,
      `TAGS\trelease\t${ids.snapshot}\tsnapshot\t1.0`,
    ]);
  });

  it('ec2 copy-image', async () => {
    const answer = await json(
      `ec2 copy-image --region eu-west-1 --source-region us-east-1 --source-image-id ${ids.image} --name release-1.0`,
    );
    expect(answer).toEqual({ ImageId: expect.stringMatching(/^ami-[0-9a-f]{17}$/) });
    ids.copy = (answer as { ImageId: string }).ImageId;
    await silent(`ec2 wait image-available --region eu-west-1 --image-ids ${ids.copy}`);
    await refused(`ec2 describe-images --image-ids ${ids.copy}`, 'InvalidAMIID.NotFound', 'DescribeImages');
    expect(
      await text(
        `ec2 describe-image-attribute --region eu-west-1 --image-id ${ids.copy} --attribute launchPermission`,
      ),
    ).toBe(`${ids.copy}\n`);
  });

  it('ec2 deregister-image, delete-snapshot', async () => {
    const snapshot = `ec2 delete-snapshot --snapshot-id ${ids.snapshot}`;
    await refused(
      `ec2 deregister-image --image-id ${ids.image} --dry-run`,
      'DryRunOperation',
      'DeregisterImage',
    );
    await refused(snapshot, 'InvalidSnapshot.InUse', 'DeleteSnapshot');
    expect(await json(`ec2 deregister-image --image-id ${ids.image}`)).toEqual({ Return: true });
    await silent(snapshot);
    await refused(snapshot, 'InvalidSnapshot.NotFound', 'DeleteSnapshot');
    expect(await text('ec2 describe-images --owners self --query Images[].ImageId')).toBe('');
  });

  it('ec2 terminate-instances, wait instance-terminated', async () => {
    const terminate = `ec2 terminate-instances --instance-ids ${ids.instance}`;
    expect(await text(terminate)).toBe(
      `TERMINATINGINSTANCES\t${ids.instance}\nCURRENTSTATE\t32\tshutting-down\nPREVIOUSSTATE\t16\trunning\n`,
    );
    await silent(`ec2 wait instance-terminated --instance-ids ${ids.instance}`);
    expect(await json(terminate)).toEqual({
      TerminatingInstances: [
        {
          InstanceId: ids.instance,
          CurrentState: { Code: 48, Name: 'terminated' },
          PreviousState: { Code: 48, Name: 'terminated' },
        },
      ],
    });
  });

  it('iam get-instance-profile, wait instance-profile-exists', async () => {
    const arn = `arn:aws:iam::${defaultAccount.id}:instance-profile/bundler`;
    await silent('iam wait instance-profile-exists --instance-profile-name bundler');
    expect(await json('iam get-instance-profile --instance-profile-name bundler')).toEqual({
      InstanceProfile: {
        Path: '/',
        InstanceProfileName: 'bundler',
        InstanceProfileId: expect.stringMatching(/^AIPA[0-9A-Z]{17}$/),
        Arn: arn,
        CreateDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        Roles: [
          expect.objectContaining({
            RoleName: 'bundler',
            AssumeRolePolicyDocument: expect.objectContaining({ Version: '2012-10-17' }),
          }),
        ],
      },
    });
    expect(await text('iam list-instance-profiles --query InstanceProfiles[].Arn')).toBe(`${arn}\n`);
    await refused(
      'iam get-instance-profile --instance-profile-name nobody',
      'NoSuchEntity',
      'GetInstanceProfile',
    );
  });

  it('ec2 describe-instance-type-offerings', async () => {
    const offered =
      'ec2 describe-instance-type-offerings --location-type availability-zone --query InstanceTypeOfferings[].Location --filters Name=instance-type,Values=';
    expect(await text(`${offered}m3.medium --region sa-east-1`)).toBe('sa-east-1a\n');
    expect(await text(`${offered}m3.medium --region eu-west-3`)).toBe('');
  });

  it('s3api put-object, ec2 register-image from a bundle, deregister-image', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const create = 's3api create-bucket --bucket bundles --object-ownership BucketOwnerPreferred';
    expect(await text(`${create} --query Location`)).toBe('/bundles\n');
    const register =
      'ec2 register-image --name bundled-1.0 --virtualization-type hvm --image-location bundles/1.0/image.manifest.xml';
    await refused(register, 'InvalidManifest', 'RegisterImage');
    const files = { 'image.manifest.xml': manifestOf(), 'image.part.00': '-', 'image.part.01': '-' };
    for (const [file, content] of Object.entries(files)) {
      writeFileSync(join(folder, file), content);
      const put = `s3api put-object --bucket bundles --acl aws-exec-read --key 1.0/${file} --query ETag --body`;
      expect(await text(put, join(folder, file))).toMatch(/^"[0-9a-f]{32}"\n$/);
    }
    const { ImageId } = (await json(register)) as { ImageId: string };
    expect(
      await text(
        `ec2 describe-images --image-ids ${ImageId} --query Images[].[ImageLocation,RootDeviceType,Architecture,VirtualizationType]`,
      ),
    ).toBe('bundles/1.0/image.manifest.xml\tinstance-store\tx86_64\thvm\n');
    expect(await json(`ec2 deregister-image --image-id ${ImageId}`)).toEqual({ Return: true });
    expect(await text('s3api list-objects-v2 --bucket bundles --query length(Contents)')).toBe('3\n');
  });

  it('uses exactly the recorded operations', () =>
    holdExercised('cli', name, carriedOut(judgedOne.sandbox.calls())));
});

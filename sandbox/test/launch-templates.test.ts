import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type DescribeLaunchTemplateVersionsRequest,
  ModifyLaunchTemplateCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const image = (number: number): string => `ami-${String(number).padStart(17, '0')}`;

const make = async (
  world: World,
  name: string,
  data: RequestLaunchTemplateData = { ImageId: image(1), InstanceType: 't3.micro' },
): Promise<string> => {
  const { LaunchTemplate } = await world.ec2().send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: data,
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'web' }] }],
    }),
  );
  return LaunchTemplate?.LaunchTemplateId ?? '';
};

const addVersion = (world: World, id: string, data: RequestLaunchTemplateData, SourceVersion?: string) =>
  world.ec2().send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId: id,
      LaunchTemplateData: data,
      SourceVersion,
    }),
  );

/** Versions as `number image`, the default version with a star. */
const shown = async (world: World, input: DescribeLaunchTemplateVersionsRequest): Promise<string[]> => {
  const { LaunchTemplateVersions = [] } = await world
    .ec2()
    .send(new DescribeLaunchTemplateVersionsCommand(input));
  return LaunchTemplateVersions.map(
    ({ VersionNumber, DefaultVersion, LaunchTemplateData }) =>
      `${VersionNumber}${DefaultVersion ? '*' : ''} ${LaunchTemplateData?.ImageId}`,
  );
};

describe('a launch template', () => {
  test('is shown with its versions, newest first, and after a restart', async () => {
    const world = createWorld();
    const id = await make(world, 'web');
    await addVersion(world, id, { ImageId: image(2) }, '1');
    await addVersion(world, id, { ImageId: image(3) });
    await world
      .ec2()
      .send(new ModifyLaunchTemplateCommand({ LaunchTemplateName: 'web', DefaultVersion: '2' }));
    await world.aws.close();
    const again = createWorld({ folder: world.folder });
    const { LaunchTemplates } = await again
      .ec2()
      .send(new DescribeLaunchTemplatesCommand({ Filters: [{ Name: 'tag:team', Values: ['web'] }] }));
    expect(LaunchTemplates).toMatchObject([
      { LaunchTemplateId: id, LaunchTemplateName: 'web', DefaultVersionNumber: 2, LatestVersionNumber: 3 },
    ]);
    expect(await shown(again, { LaunchTemplateId: id })).toEqual([
      `3 ${image(3)}`,
      `2* ${image(2)}`,
      `1 ${image(1)}`,
    ]);
    expect(await shown(again, { LaunchTemplateId: id, Versions: ['$Default', '$Latest'] })).toEqual([
      `3 ${image(3)}`,
      `2* ${image(2)}`,
    ]);
    const { LaunchTemplateVersions } = await again
      .ec2()
      .send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ['2', '3'] }));
    expect(LaunchTemplateVersions?.map(({ LaunchTemplateData }) => LaunchTemplateData?.InstanceType)).toEqual(
      [undefined, 't3.micro'],
    );
  });

  test('inherits no snapshot from the version it is based on', async () => {
    const world = createWorld();
    const root = { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 9, SnapshotId: 'snap-00000000000000001' } };
    const id = await make(world, 'web', { BlockDeviceMappings: [root] });
    const { LaunchTemplateVersion } = await addVersion(world, id, { ImageId: image(2) }, '$Latest');
    expect(LaunchTemplateVersion?.LaunchTemplateData?.BlockDeviceMappings).toEqual([
      { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 9 } },
    ]);
  });

  test('shows the id in its parameter only on request', async () => {
    const world = createWorld();
    await world.ssm().send(new PutParameterCommand({ Name: '/golden', Value: image(7), Type: 'String' }));
    const id = await make(world, 'web', { ImageId: 'resolve:ssm:/golden' });
    expect(await shown(world, { LaunchTemplateId: id })).toEqual(['1* resolve:ssm:/golden']);
    expect(await shown(world, { LaunchTemplateId: id, ResolveAlias: true })).toEqual([`1* ${image(7)}`]);
  });

  test('comes in pages, across all templates if only latest and default versions are requested', async () => {
    const world = createWorld();
    for (let number = 1; number <= 7; number += 1) {
      const id = await make(world, `web-${number}`, { ImageId: image(number) });
      await addVersion(world, id, { ImageId: image(number + 10) });
    }
    const seen: string[] = [];
    let NextToken: string | undefined;
    for (let page = 0; page < 10; page += 1) {
      const answer = await world.ec2().send(
        new DescribeLaunchTemplateVersionsCommand({
          Versions: ['$Latest', '$Default'],
          MaxResults: 3,
          NextToken,
        }),
      );
      seen.push(...(answer.LaunchTemplateVersions ?? []).map((one) => one.LaunchTemplateData?.ImageId ?? ''));
      NextToken = answer.NextToken;
      if (NextToken === undefined) break;
    }
    const numbers = [1, 2, 3, 4, 5, 6, 7];
    expect(seen.sort()).toEqual(numbers.flatMap((number) => [image(number), image(number + 10)]).sort());
  });

  test('is gone with its versions, and its name is free again', async () => {
    const world = createWorld();
    const id = await make(world, 'web');
    await addVersion(world, id, { ImageId: image(2) });
    await world.ec2().send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: 'web' }));
    expect(await errorOf(shown(world, { LaunchTemplateId: id }))).toBe('InvalidLaunchTemplateId.NotFound');
    expect(await shown(world, { Versions: ['$Latest'] })).toEqual([]);
    expect(await make(world, 'web')).not.toBe(id);
  });

  test('keeps its default version and its version numbers', async () => {
    const world = createWorld();
    const id = await make(world, 'web');
    await addVersion(world, id, { ImageId: image(2) });
    const answer = await world
      .ec2()
      .send(new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ['1', '2', '9'] }));
    expect(answer.SuccessfullyDeletedLaunchTemplateVersions?.map((one) => one.VersionNumber)).toEqual([2]);
    expect(
      answer.UnsuccessfullyDeletedLaunchTemplateVersions?.map((one) => [
        one.VersionNumber,
        one.ResponseError?.Code,
      ]),
    ).toEqual([
      [1, 'unexpectedError'],
      [9, 'launchTemplateVersionDoesNotExist'],
    ]);
    const { LaunchTemplateVersion } = await addVersion(world, id, { ImageId: image(3) });
    expect(LaunchTemplateVersion?.VersionNumber).toBe(3);
  });

  test('is refused with AWS’s error codes', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const id = await make(world, 'web');
    const versions = (input: DescribeLaunchTemplateVersionsRequest) => errorOf(shown(world, input));
    expect(await errorOf(make(world, 'web'))).toBe('InvalidLaunchTemplateName.AlreadyExistsException');
    expect(await errorOf(make(world, 'my web'))).toBe('InvalidLaunchTemplateName.MalformedException');
    expect(await errorOf(make(world, 'other', { ImageId: 'ubuntu' }))).toBe('InvalidAMIID.Malformed');
    expect(await errorOf(make(world, 'other', { SecurityGroupIds: ['web'] }))).toBe(
      'InvalidGroupId.Malformed',
    );
    const type = 't99.huge' as 't3.micro';
    expect(await errorOf(make(world, 'other', { InstanceType: type }))).toBe('InvalidParameterValue');
    expect(await errorOf(make(world, 'other', { KernelId: 'aki-1' }))).toBe('NotImplementedBySandbox');
    expect(await versions({})).toBe('MissingParameter');
    expect(await versions({ Versions: ['1'] })).toBe('InvalidParameterValue');
    expect(await versions({ LaunchTemplateId: id, LaunchTemplateName: 'web' })).toBe(
      'InvalidParameterCombination',
    );
    expect(await versions({ LaunchTemplateId: 'lt-1' })).toBe('InvalidLaunchTemplateId.Malformed');
    expect(await versions({ LaunchTemplateName: 'none' })).toBe(
      'InvalidLaunchTemplateName.NotFoundException',
    );
    expect(await versions({ LaunchTemplateId: id, Versions: ['3'] })).toBe(
      'InvalidLaunchTemplateId.VersionNotFound',
    );
    expect(await versions({ LaunchTemplateId: id, MaxResults: 201 })).toBe('InvalidParameterValue');
    expect(
      await errorOf(ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: '2' }))),
    ).toBe('InvalidLaunchTemplateId.VersionNotFound');
    expect(
      await errorOf(ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ['web', 'none'] }))),
    ).toBe('InvalidLaunchTemplateName.NotFoundException');
  });

  /** github-aws-runners/terraform-aws-github-runner#3700; "Tag restrictions", EC2 User Guide. */
  test('accepts at most 16 KiB of user data, and only tags that a launch may set', async () => {
    const world = createWorld();
    const userData = (bytes: number) => Buffer.alloc(bytes, 'u').toString('base64');
    const tagged = (Tags: { Key: string; Value: string }[]): RequestLaunchTemplateData => ({
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    });
    expect(await errorOf(make(world, 'web-a', { UserData: userData(16_384) }))).toBe('no error');
    expect(await errorOf(make(world, 'web-b', { UserData: userData(16_385) }))).toBe(
      'InvalidUserData.Malformed',
    );
    const version = addVersion(world, await make(world, 'web-c', { ImageId: image(1) }), {
      UserData: userData(16_385),
    });
    expect(await errorOf(version)).toBe('InvalidUserData.Malformed');
    const wrong = [
      [{ Key: '', Value: 'v' }],
      [{ Key: 'k'.repeat(129), Value: 'v' }],
      [{ Key: 'k', Value: 'v'.repeat(257) }],
    ];
    for (const tags of wrong) {
      expect(await errorOf(make(world, 'web-d', tagged(tags)))).toBe('InvalidParameterValue');
    }
    const tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    expect(await errorOf(make(world, 'web-d', tagged(tags)))).toBe('TagLimitExceeded');
  });

  test('is created once by a call that is sent twice', async () => {
    const world = createWorld();
    const call = {
      LaunchTemplateName: 'web',
      LaunchTemplateData: { ImageId: image(1) },
      ClientToken: 'once',
    };
    const first = await world.ec2().send(new CreateLaunchTemplateCommand(call));
    const second = await world.ec2().send(new CreateLaunchTemplateCommand(call));
    expect(second.LaunchTemplate).toEqual(first.LaunchTemplate);
  });
});

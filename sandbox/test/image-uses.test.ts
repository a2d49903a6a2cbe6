import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImageReferencesCommand,
  type DescribeImageReferencesRequest,
  DescribeInstancesCommand,
  DisableImageCommand,
  ListImagesInRecycleBinCommand,
  RunInstancesCommand,
  type RunInstancesRequest,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, describe as group, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { describe, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const start = async (world: World, input: Partial<RunInstancesRequest>): Promise<string> => {
  const { Instances } = await world
    .ec2()
    .send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', ...input }));
  return Instances?.[0]?.InstanceId ?? '';
};

const template = async (world: World, name: string, images: string[]): Promise<string> => {
  const [first, ...later] = images;
  const { LaunchTemplate } = await world.ec2().send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: { ImageId: first, InstanceType: 't3.small' },
    }),
  );
  for (const ImageId of later) {
    const LaunchTemplateData = { ImageId };
    await world
      .ec2()
      .send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: name, LaunchTemplateData }));
  }
  return LaunchTemplate?.LaunchTemplateId ?? '';
};

const parameter = (world: World, Name: string, Value: string, DataType: string) =>
  world.ssm().send(new PutParameterCommand({ Name, Value, DataType, Type: 'String' }));

const references = async (world: World, input: Partial<DescribeImageReferencesRequest>) => {
  const { ImageReferences = [], NextToken } = await world
    .ec2()
    .send(new DescribeImageReferencesCommand({ ImageIds: [], IncludeAllResourceTypes: true, ...input }));
  return { arns: ImageReferences.map(({ Arn = '' }) => Arn.split(':').slice(2).join(':')), NextToken };
};

group('references to an image', () => {
  test('include instances in any state, templates and parameters of AMIs', async () => {
    const world = createWorld();
    const { id } = await makeImage(world, 'web');
    const stopped = await start(world, { ImageId: id });
    const ended = await start(world, { ImageId: id });
    await world.ec2().send(new StopInstancesCommand({ InstanceIds: [stopped] }));
    await world.ec2().send(new TerminateInstancesCommand({ InstanceIds: [ended] }));
    const lt = await template(world, 'web', [id]);
    await parameter(world, '/web/ami', id, 'aws:ec2:image');
    await parameter(world, '/web/text', id, 'text');
    const place = 'us-east-1:123456789012';
    const all = [
      `ec2:${place}:instance/${stopped}`,
      `ec2:${place}:instance/${ended}`,
      `ec2:${place}:launch-template/${lt}`,
      `ssm:${place}:parameter/web/ami`,
    ];
    expect((await references(world, { ImageIds: [id] })).arns.sort()).toEqual(all.sort());
    const { arns } = await references(world, {
      ImageIds: [id],
      IncludeAllResourceTypes: false,
      ResourceTypes: [
        {
          ResourceType: 'ec2:Instance',
          ResourceTypeOptions: [{ OptionName: 'state-name', OptionValues: ['stopped'] }],
        },
      ],
    });
    expect(arns).toEqual([`ec2:${place}:instance/${stopped}`]);
    await world.ec2().send(new DeregisterImageCommand({ ImageId: id }));
    expect((await references(world, { ImageIds: [id] })).arns.sort()).toEqual(all);
  });

  test('are searched in the ten newest versions of a template unless more are requested', async () => {
    const world = createWorld();
    const { id } = await makeImage(world, 'web');
    const other = 'ami-00000000000000001';
    await template(world, 'web', [id, ...Array.from({ length: 10 }, () => other)]);
    expect((await references(world, { ImageIds: [id] })).arns).toEqual([]);
    const depth = (value: string): Partial<DescribeImageReferencesRequest> => ({
      ImageIds: [id],
      ResourceTypes: [
        {
          ResourceType: 'ec2:LaunchTemplate',
          ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [value] }],
        },
      ],
    });
    expect((await references(world, depth('11'))).arns).toHaveLength(1);
    expect(await errorOf(references(world, depth('10001')))).toBe('InvalidParameterValue');
  });

  test('come in pages that have each reference once', async () => {
    const world = createWorld();
    const { id } = await makeImage(world, 'web');
    for (const name of ['/a', '/b', '/c', '/d', '/e', '/f', '/g'])
      await parameter(world, name, id, 'aws:ec2:image');
    const first = await references(world, { ImageIds: [id], MaxResults: 5 });
    const second = await references(world, { ImageIds: [id], MaxResults: 5, NextToken: first.NextToken });
    expect([first.arns.length, second.arns.length, second.NextToken]).toEqual([5, 2, undefined]);
  });

  test('can be requested for at most ten images, and only for visible ones', async () => {
    const world = createWorld();
    const { id } = await makeImage(world, 'web');
    const refused = (input: Partial<DescribeImageReferencesRequest>) => errorOf(references(world, input));
    expect(await refused({ ImageIds: [] })).toBe('MissingParameter');
    expect(await refused({ ImageIds: Array.from({ length: 11 }, () => id) })).toBe('InvalidParameterValue');
    expect(await refused({ ImageIds: [id], IncludeAllResourceTypes: false })).toBe('MissingParameter');
    expect(await refused({ ImageIds: [id, 'ami-00000000000000001'] })).toBe('InvalidAMIID.NotFound');
    const asOther = world.ec2({ account: otherAccount });
    const ask = new DescribeImageReferencesCommand({ ImageIds: [id], IncludeAllResourceTypes: true });
    expect(await errorOf(asOther.send(ask))).toBe('InvalidAMIID.NotFound');
  });
});

group('an image', () => {
  test('shows the time of its last launch a day later', async () => {
    const world = createWorld();
    const { id } = await makeImage(world, 'web');
    const told = async () => (await describe(world, id)).LastLaunchedTime;
    await start(world, { ImageId: id });
    const first = new Date(world.aws.settings.show().now).getTime();
    world.aws.settings.advance(12 * 3600);
    await start(world, { ImageId: id });
    expect(await told()).toBeUndefined();
    world.aws.settings.advance(12 * 3600);
    const reported = new Date((await told()) ?? '').getTime();
    expect(Math.abs(reported - first)).toBeLessThan(60_000);
    world.aws.settings.advance(12 * 3600);
    const { LastLaunchedTime } = await world
      .ec2()
      .send(new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'lastLaunchedTime' }));
    expect(new Date(LastLaunchedTime?.Value ?? '').getTime() - reported).toBeGreaterThan(11 * 3_600_000);
  });

  test('that is disabled still uses its snapshots', async () => {
    const world = createWorld();
    const { id, snapshot } = await makeImage(world, 'web');
    const remove = () => errorOf(world.ec2().send(new DeleteSnapshotCommand({ SnapshotId: snapshot })));
    await world.ec2().send(new DisableImageCommand({ ImageId: id }));
    expect(await remove()).toBe('InvalidSnapshot.InUse');
    await world.ec2().send(new DeregisterImageCommand({ ImageId: id }));
    expect(await remove()).toBe('no error');
  });

  test('that is deregistered is not in the Recycle Bin, since there is no retention rule', async () => {
    const world = createWorld();
    const { id } = await makeImage(world, 'web');
    await world.ec2().send(new DeregisterImageCommand({ ImageId: id }));
    const { Images } = await world.ec2().send(new ListImagesInRecycleBinCommand({}));
    expect(Images).toEqual([]);
    const asked = new ListImagesInRecycleBinCommand({ ImageIds: [id] });
    expect(await errorOf(world.ec2().send(asked))).toBe('InvalidAMIID.NotFound');
  });
});

group('a launch from a template', () => {
  test('uses the default version for everything that the request does not set, and says so in tags', async () => {
    const world = createWorld();
    const { id } = await makeImage(world, 'web');
    const other = await makeImage(world, 'other');
    const lt = await template(world, 'web', [id, other.id]);
    const LaunchTemplate = { LaunchTemplateName: 'web' };
    const plain = await start(world, { LaunchTemplate, InstanceType: undefined });
    const latest = await start(world, { LaunchTemplate: { ...LaunchTemplate, Version: '$Latest' } });
    const { Reservations = [] } = await world
      .ec2()
      .send(new DescribeInstancesCommand({ InstanceIds: [plain, latest] }));
    const shown = Reservations.flatMap(({ Instances = [] }) => Instances).map((one) => ({
      id: one.InstanceId,
      image: one.ImageId,
      type: one.InstanceType,
      tags: Object.fromEntries((one.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    }));
    const tags = (version: string) => ({
      'aws:ec2launchtemplate:id': lt,
      'aws:ec2launchtemplate:version': version,
    });
    expect(shown.find((one) => one.id === plain)).toMatchObject({
      image: id,
      type: 't3.small',
      tags: tags('1'),
    });
    expect(shown.find((one) => one.id === latest)).toMatchObject({
      image: other.id,
      type: 't3.micro',
      tags: tags('2'),
    });
  });

  test('is refused if the version does not exist', async () => {
    const world = createWorld();
    const { id } = await makeImage(world, 'web');
    await template(world, 'web', [id]);
    const from = (LaunchTemplate: RunInstancesRequest['LaunchTemplate']) =>
      errorOf(start(world, { LaunchTemplate }));
    expect(await from({ LaunchTemplateName: 'web', Version: '2' })).toBe(
      'InvalidLaunchTemplateId.VersionNotFound',
    );
    expect(await from({ LaunchTemplateName: 'none' })).toBe('InvalidLaunchTemplateName.NotFoundException');
  });
});

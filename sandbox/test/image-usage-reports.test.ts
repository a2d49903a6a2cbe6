import {
  CreateImageUsageReportCommand,
  type CreateImageUsageReportRequest,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteImageUsageReportCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../model/accounts.ts';
import { launch, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, temporaryFolder, type World } from '../testing/world.ts';

const everything = [{ ResourceType: 'ec2:Instance' }, { ResourceType: 'ec2:LaunchTemplate' }];

const create = async (world: World, input: Partial<CreateImageUsageReportRequest>) =>
  (
    await world
      .ec2()
      .send(new CreateImageUsageReportCommand({ ImageId: '', ResourceTypes: everything, ...input }))
  ).ReportId ?? '';

const entriesOf = async (world: World, input: object = {}) => {
  const { ImageUsageReportEntries = [] } = await world
    .ec2()
    .send(new DescribeImageUsageReportEntriesCommand(input));
  return ImageUsageReportEntries.map((one) => `${one.AccountId} ${one.ResourceType} ${one.UsageCount}`);
};

const reportsOf = async (world: World, input: object = {}) =>
  (await world.ec2().send(new DescribeImageUsageReportsCommand(input))).ImageUsageReports ?? [];

/** An image with two instances and the oldest of three template versions in the other account, and one instance of its owner. */
const used = async (world: World): Promise<string> => {
  const { id } = await makeImage(world, 'shared');
  const change = { Add: [{ UserId: otherAccount.id }] };
  await world.ec2().send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission: change }));
  await launch(world, id);
  const theirs = world.ec2({ account: otherAccount });
  await theirs.send(
    new RunInstancesCommand({ ImageId: id, InstanceType: 't3.micro', MinCount: 2, MaxCount: 2 }),
  );
  const LaunchTemplateName = 'theirs';
  await theirs.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: { ImageId: id } }),
  );
  for (const InstanceType of ['t3.micro', 't3.small'] as const) {
    const LaunchTemplateData = { InstanceType };
    await theirs.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName, LaunchTemplateData }));
  }
  return id;
};

test('a report counts the uses of an image at the time of the request, by account and type', async () => {
  const world = createWorld();
  const image = await used(world);
  const report = await create(world, { ImageId: image });
  await launch(world, image);
  expect(report).toMatch(/^amiur-[0-9a-f]{17}$/);
  expect((await entriesOf(world, { ReportIds: [report] })).sort()).toEqual([
    `${defaultAccount.id} ec2:Instance 1`,
    `${otherAccount.id} ec2:Instance 2`,
    `${otherAccount.id} ec2:LaunchTemplate 1`,
  ]);
  const shallow = await create(world, {
    ImageId: image,
    AccountIds: [otherAccount.id],
    ResourceTypes: [
      {
        ResourceType: 'ec2:LaunchTemplate',
        ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['2'] }],
      },
    ],
  });
  expect(await entriesOf(world, { ReportIds: [shallow] })).toEqual([]);
  const Filters = [{ Name: 'resource-type', Values: ['ec2:LaunchTemplate'] }];
  expect(await entriesOf(world, { ImageIds: [image], Filters })).toHaveLength(1);
});

test('a report is pending as long as an image would be, has tags, and is gone after thirty days or a deletion', async () => {
  const folder = temporaryFolder();
  const world = createWorld({ folder });
  const image = await used(world);
  world.aws.settings.change({ speed: { image: 60 } });
  const TagSpecifications = [
    { ResourceType: 'image-usage-report' as const, Tags: [{ Key: 'team', Value: 'web' }] },
  ];
  const ReportId = await create(world, { ImageId: image, ClientToken: 'once', TagSpecifications });
  expect(await create(world, { ImageId: image, ClientToken: 'once', TagSpecifications })).toBe(ReportId);
  expect(await reportsOf(world)).toMatchObject([
    {
      ReportId,
      ImageId: image,
      State: 'pending',
      Tags: [{ Key: 'team', Value: 'web' }],
      ResourceTypes: everything,
    },
  ]);
  expect(await entriesOf(world)).toEqual([]);
  world.aws.settings.advance(60);
  const Filters = [
    { Name: 'state', Values: ['available'] },
    { Name: 'tag:team', Values: ['web'] },
  ];
  expect(await reportsOf(world, { Filters })).toHaveLength(1);
  const second = await create(world, { ImageId: image });
  const remove = new DeleteImageUsageReportCommand({ ReportId: second });
  expect((await world.ec2().send(remove)).Return).toBe(true);
  expect(await errorOf(world.ec2().send(remove))).toBe('InvalidImageUsageReportId.NotFound');
  await world.aws.close();
  const again = createWorld({ folder });
  expect(await reportsOf(again)).toHaveLength(1);
  again.aws.settings.advance(30 * 24 * 3600);
  expect(await reportsOf(again)).toEqual([]);
  expect(await errorOf(reportsOf(again, { ReportIds: [ReportId] }))).toBe(
    'InvalidImageUsageReportId.NotFound',
  );
});

test.each<[Partial<CreateImageUsageReportRequest>, string]>([
  [{ ResourceTypes: [] }, 'MissingParameter'],
  [{ ResourceTypes: [{ ResourceType: 'ssm:Parameter' }] }, 'InvalidParameterValue'],
  [
    {
      ResourceTypes: [
        {
          ResourceType: 'ec2:Instance',
          ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['1'] }],
        },
      ],
    },
    'InvalidParameterValue',
  ],
  [
    {
      ResourceTypes: [
        {
          ResourceType: 'ec2:LaunchTemplate',
          ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['10001'] }],
        },
      ],
    },
    'InvalidParameterValue',
  ],
  [{ AccountIds: ['1'] }, 'InvalidParameterValue'],
  [{ ImageId: 'ami-0123456789abcdef0' }, 'InvalidAMIID.NotFound'],
])('%j is refused with %s', async (input, code) => {
  const world = createWorld();
  const { id } = await makeImage(world, 'own');
  expect(await errorOf(create(world, { ImageId: id, ...input }))).toBe(code);
});

test('only the owner of an image can create and see its report', async () => {
  const world = createWorld();
  const image = await used(world);
  await create(world, { ImageId: image });
  const theirs = world.ec2({ account: otherAccount });
  const asked = new CreateImageUsageReportCommand({ ImageId: image, ResourceTypes: everything });
  expect(await errorOf(theirs.send(asked))).toBe('AuthFailure');
  expect((await theirs.send(new DescribeImageUsageReportsCommand({}))).ImageUsageReports).toEqual([]);
});

import {
  defaultAccount,
  derivedId,
  otherAccount,
  type SeededCall,
  type SeededFleet,
  type SeededImage,
  type SeededInstance,
  type SeededSpotFleet,
} from '../../../sandbox/testing/without-vitest.ts';

/** Resources in an account because of one AMI, and the resulting reason to keep it; none if they do not keep it. */
export interface Trait {
  keeps?:
    | 'recorded'
    | 'shared'
    | 'referenced'
    | 'launched recently'
    | 'deregistration protection'
    | 'keep tag';
  image?: (of: About) => Partial<SeededImage>;
  instances?: (of: About) => Omit<SeededInstance, 'region'>[];
  calls?: (of: About) => Omit<SeededCall, 'region'>[];
  fleets?: (of: About) => Omit<SeededFleet, 'region'>[];
  spotFleets?: (of: About) => Omit<SeededSpotFleet, 'region'>[];
}

export interface About {
  id: string;
  region: string;
  snapshots: readonly string[];
  /** An AMI of somebody else in the same region, for resources that must name another one. */
  another: string;
  /** The time so many days ago, ISO 8601. */
  ago(days: number): string;
}

const instance =
  (state: SeededInstance['state']) =>
  ({ id, ago }: About) => [{ id: derivedId('i', id, state), image: id, state, launchedAt: ago(90) }];

const ec2 = (operation: string, input: object, at?: string) => ({
  service: 'ec2' as const,
  operation,
  input,
  ...(at === undefined ? {} : { at }),
});
const scaling = (operation: string, input: object) => ({ service: 'autoscaling' as const, operation, input });
const parameter = (Name: string, Value: string, more: object = {}) => ({
  service: 'ssm' as const,
  operation: 'PutParameter',
  input: { Name, Value, Type: 'String', ...more },
});

/** A launch template with these AMIs in its versions, from 1 on. */
const template = (name: string, first: string, ...later: string[]) => [
  ec2('CreateLaunchTemplate', {
    LaunchTemplateName: name,
    LaunchTemplateData: { ImageId: first, InstanceType: 't3.micro' },
  }),
  ...later.map((ImageId) =>
    ec2('CreateLaunchTemplateVersion', {
      LaunchTemplateName: name,
      LaunchTemplateData: { ImageId, InstanceType: 't3.micro' },
    }),
  ),
];
const group = (name: string, region: string, more: object) =>
  scaling('CreateAutoScalingGroup', {
    AutoScalingGroupName: name,
    MinSize: 0,
    MaxSize: 0,
    AvailabilityZones: [`${region}a`],
    ...more,
  });

/** An id for the AMI's own fleet, in the form of fleet ids. */
const uuidOf = (id: string): string =>
  id
    .slice(4)
    .padEnd(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** A fleet that launches from the second version of a template, which nothing else uses. */
const fleet = (name: string, { id, ago }: About, more: Partial<SeededFleet> = {}) => ({
  id: `fleet-${uuidOf(id)}`,
  createdAt: ago(90),
  launchTemplateConfigs: [
    { LaunchTemplateSpecification: { LaunchTemplateName: `${name}-${id}`, Version: '2' } },
  ],
  ...more,
});

const keeping: Record<string, Trait> = {
  recorded: { keeps: 'recorded' },
  public: { keeps: 'shared', image: () => ({ public: true }) },
  'shared with an account': { keeps: 'shared', image: () => ({ sharedWith: [otherAccount.id] }) },
  'shared with an organization': {
    keeps: 'shared',
    image: () => ({
      organizations: [`arn:aws:organizations::${defaultAccount.id}:organization/o-a1b2c3d4e5`],
    }),
  },
  'a snapshot shared alone': {
    keeps: 'shared',
    calls: ({ snapshots }) => [
      ec2('ModifySnapshotAttribute', {
        SnapshotId: snapshots.at(-1),
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Add: [{ UserId: otherAccount.id }] },
      }),
    ],
  },
  'a running instance': { keeps: 'referenced', instances: instance('running') },
  'a stopped instance': { keeps: 'referenced', instances: instance('stopped') },
  "a template's default version": {
    keeps: 'referenced',
    calls: ({ id, another }) => template(`default-${id}`, id, another),
  },
  "a template's latest version": {
    keeps: 'referenced',
    calls: ({ id, another }) => template(`latest-${id}`, another, id),
  },
  "a template's version that a group uses": {
    keeps: 'referenced',
    calls: ({ id, another, region }) => [
      ...template(`in-group-${id}`, another, id, another),
      group(`group-${id}`, region, {
        LaunchTemplate: { LaunchTemplateName: `in-group-${id}`, Version: '2' },
      }),
    ],
  },
  "a template's version that an instance came from": {
    keeps: 'referenced',
    calls: ({ id, another, ago }) => [
      ...template(`launched-${id}`, another, id, another),
      ec2(
        'RunInstances',
        {
          LaunchTemplate: { LaunchTemplateName: `launched-${id}`, Version: '2' },
          ImageId: another,
          MinCount: 1,
          MaxCount: 1,
        },
        ago(60),
      ),
    ],
  },
  "a group's override": {
    keeps: 'referenced',
    calls: ({ id, another, region }) => [
      ...template(`base-${id}`, another),
      ...template(`override-${id}`, another, id, another),
      group(`mixed-${id}`, region, {
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateName: `base-${id}`, Version: '$Default' },
            Overrides: [
              {
                InstanceType: 't3.small',
                LaunchTemplateSpecification: { LaunchTemplateName: `override-${id}`, Version: '2' },
              },
            ],
          },
        },
      }),
    ],
  },
  'a launch configuration': {
    keeps: 'referenced',
    calls: ({ id }) => [
      scaling('CreateLaunchConfiguration', {
        LaunchConfigurationName: `configuration-${id}`,
        ImageId: id,
        InstanceType: 't3.micro',
      }),
    ],
  },
  'a parameter of the type aws:ec2:image': {
    keeps: 'referenced',
    calls: ({ id }) => [parameter(`/images/${id.slice(4)}`, id, { DataType: 'aws:ec2:image' })],
  },
  'a plain parameter': {
    keeps: 'referenced',
    calls: ({ id }) => [parameter(`/notes/${id.slice(4)}`, `roll back to ${id}`)],
  },
  'a list in a parameter': {
    keeps: 'referenced',
    calls: ({ id, another }) => [
      parameter(`/lists/${id.slice(4)}`, `${another},${id}`, { Type: 'StringList' }),
    ],
  },
  'a launch 20 days ago': { keeps: 'launched recently', image: ({ ago }) => ({ launchedAt: ago(20) }) },
  protection: {
    keeps: 'deregistration protection',
    image: () => ({ protection: 'without-cooldown' }),
  },
  'protection with a cooldown': {
    keeps: 'deregistration protection',
    image: () => ({ protection: 'with-cooldown' }),
  },
  'the keep tag': { keeps: 'keep tag', image: () => ({ tags: { 'gopackgo:keep': '' } }) },
  "a template's version that a fleet uses": {
    keeps: 'referenced',
    calls: ({ id, another }) => template(`in-fleet-${id}`, another, id, another),
    fleets: (about) => [fleet('in-fleet', about)],
  },
  'a Spot Fleet': {
    keeps: 'referenced',
    spotFleets: ({ id, ago }) => [
      {
        id: `sfr-${uuidOf(id)}`,
        createdAt: ago(90),
        launchSpecifications: [{ ImageId: id, InstanceType: 't3.micro' }],
      },
    ],
  },
};

const keepingNothing: Record<string, Trait> = {
  deprecated: { image: ({ ago }) => ({ deprecatedAt: ago(9) }) },
  'a terminated instance': { instances: instance('terminated') },
  'a launch 40 days ago': { image: ({ ago }) => ({ launchedAt: ago(40) }) },
  "a template's version that nothing uses": {
    calls: ({ id, another }) => template(`unused-${id}`, another, id, another),
  },
  "a template's version that a fleet used": {
    calls: ({ id, another }) => template(`ended-${id}`, another, id, another),
    fleets: (about) => [fleet('ended', about, { state: 'deleted_running' })],
  },
  'another tag': { image: () => ({ tags: { 'gopackgo:keeper': 'no', keep: 'no' } }) },
};

export const traits: Readonly<Record<string, Trait>> = { ...keeping, ...keepingNothing };

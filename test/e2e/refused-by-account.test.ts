import {
  AuthorizeSecurityGroupIngressCommand,
  CopyImageCommand,
  CreateImageCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilImageAvailable,
} from '@aws-sdk/client-ec2';
import semver from 'semver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AccountRule } from '../../sandbox/index.ts';
import { connect } from '../../src/aws/connection.ts';
import { packerOfTests } from './packer.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';

const encoded = 'Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abcdefghijklmn-fdKh1234';

let project: Project;
let sandbox: RunningSandbox;

const shared = '210987654321';

/** Ids of base images in af-south-1, each with a property that rules out a builder or a release. */
const golden = {
  marked: 'ami-00000000000000001',
  limited: 'ami-00000000000000002',
  uefi: 'ami-00000000000000003',
  withoutEna: 'ami-00000000000000004',
  excluding: 'ami-00000000000000005',
};

/** A key of af-south-1 that no other account may use. */
const ownKey = '1234abcd-12ab-34cd-56ef-1234567890ab';

/** Opt-in regions, enabled here, each with one problem. */
const others: AccountRule[] = [
  {
    region: 'af-south-1',
    optedIn: true,
    account: '123456789012',
    images: [
      { id: golden.marked, name: 'marked', watermarks: ['123456789012:internal'] },
      { id: golden.limited, name: 'limited', supportedInstanceTypes: ['c5.*'] },
      { id: golden.uefi, name: 'uefi', bootMode: 'uefi' },
      { id: golden.withoutEna, name: 'without ENA', enaSupport: false },
      { id: golden.excluding, name: 'excluding', unsupportedInstanceTypes: ['m5.*'] },
    ],
    kmsKeys: [
      {
        id: ownKey,
        policy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::123456789012:root' },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        },
      },
    ],
    vpcs: [
      {
        cidr: '10.0.0.0/16',
        subnets: [
          { id: 'subnet-0aaaaaaaaaaaaaaaa', zone: 'a', cidr: '10.0.1.0/24', public: true, freeAddresses: 0 },
        ],
      },
    ],
  },
  { region: 'eu-south-1', optedIn: true, imageBlockPublicAccess: 'block-new-sharing' },
  { region: 'eu-south-2', optedIn: true, snapshotBlockPublicAccess: 'block-all-sharing' },
  { region: 'eu-central-2', optedIn: true, quotas: { 'L-0E3CBAB9': 2 }, inUse: { 'L-0E3CBAB9': 2 } },
  { region: 'ap-east-1', optedIn: true, encryptionByDefault: true },
  { region: 'me-central-1', optedIn: true, quotas: { 'L-34B43A08': 0 } },
  { region: 'ap-south-2', optedIn: true, quotas: { 'L-1216C47A': 8 }, inUse: { 'L-1216C47A': 8 } },
];

/** Accounts are set up by region: each case has its own region, and one sandbox is enough for all. */
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox([], {
    accounts: [
      { imageBlockPublicAccess: 'unblocked', quotas: { 'L-0E3CBAB9': 50 } },
      { region: 'us-east-1', kmsKeys: [{ alias: 'alias/off', enabled: false }] },
      { region: 'us-west-2', defaultVpc: false },
      { region: 'eu-west-3', quotas: { 'L-1216C47A': 0 } },
      ...others,
    ],
  });
});
afterAll(() => project.remove());

const ec2 = (region: string) => sandbox.clients.ec2(region);

const sourceImage = async (client: EC2Client) => {
  const Filters = [{ Name: 'name', Values: ['ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*'] }];
  const { Images = [] } = await client.send(new DescribeImagesCommand({ Filters }));
  return Images[0]?.ImageId ?? '';
};

async function copied(client: EC2Client, region: string, Name: string, more = {}): Promise<string> {
  const SourceImageId = await sourceImage(client);
  const { ImageId = '' } = await client.send(
    new CopyImageCommand({ SourceImageId, SourceRegion: region, Name, ...more }),
  );
  await waitUntilImageAvailable(
    { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { ImageIds: [ImageId] },
  );
  return ImageId;
}

async function vpcWith(region: string, zone: string) {
  const { Vpc } = await ec2(region).send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2(region).send(
    new CreateSubnetCommand({ VpcId, CidrBlock: '10.9.1.0/24', AvailabilityZone: `${region}${zone}` }),
  );
  return { vpc: VpcId, subnet: Subnet?.SubnetId ?? '' };
}

async function defaultSubnet(region: string, zone: string): Promise<string> {
  const Filters = [{ Name: 'availability-zone', Values: [`${region}${zone}`] }];
  const { Subnets = [] } = await ec2(region).send(new DescribeSubnetsCommand({ Filters }));
  return Subnets[0]?.SubnetId ?? '';
}

interface Case {
  region: string;
  /** Creates the problem in the account; returns the builder's options. */
  builder?(region: string): object | Promise<object>;
  /** Changes the config once the account is set up. */
  config?(config: Record<string, unknown>, region: string): void | Promise<void>;
  code: string;
  /** If it is not 4: the config alone shows the problem. */
  exit?: number;
  /** Text in the refusal. */
  says: RegExp;
  /** The first amazon plugin that it does not affect. */
  until?: string;
}

const groupIn = async (region: string, VpcId: string) => {
  const group = { GroupName: 'others', Description: 'others', VpcId };
  return (await ec2(region).send(new CreateSecurityGroupCommand(group))).GroupId ?? '';
};

/** A config with one image, made from a declared one. */
const from = (id: string, builder: object = {}) => ({
  images: [
    {
      name: 'own',
      base: { id: { 'af-south-1': id } },
      builder: { instance_type: 'm5.large', ssh_username: 'ubuntu', ...builder },
    },
  ],
});

const denied = (on: string, region: string) =>
  sandbox.addFaults([
    {
      on,
      region,
      times: 0,
      does: {
        error: 'UnauthorizedOperation',
        message: `You are not authorized to perform this operation. ${encoded}`,
        status: 403,
      },
    },
  ]);

const cases: Record<string, Case> = {
  'an instance type that does not exist': {
    region: 'us-east-2',
    builder: () => ({ instance_type: 'm5.huge' }),
    code: 'instance-type-unusable',
    says: /builder\.instance_type: instance type: expected an instance type that us-east-2 offers, found m5\.huge.*describe-instance-type-offerings/s,
  },
  'an instance type that the region does not offer': {
    region: 'eu-north-1',
    builder: () => ({ instance_type: 'm3.medium' }),
    code: 'instance-type-unusable',
    says: /eu-north-1 offers, found m3\.medium/,
  },
  'an instance type that the zone of the subnet does not offer': {
    region: 'us-east-1',
    builder: async (region) => ({
      instance_type: 'm3.medium',
      subnet_id: await defaultSubnet(region, 'f'),
    }),
    code: 'instance-type-unusable',
    says: /an instance type that us-east-1f offers, found m3\.medium, which is offered in us-east-1a/,
  },
  'an instance type of another architecture': {
    region: 'eu-west-2',
    builder: () => ({ instance_type: 't4g.large' }),
    code: 'launch-refused',
    says: /architecture/,
  },
  'a root volume that is smaller than that of the base image': {
    region: 'eu-west-2',
    builder: () => ({ launch_block_device_mappings: [{ device_name: '/dev/sda1', volume_size: 4 }] }),
    code: 'volume-too-small',
    says: /launch_block_device_mappings\[0\]\.volume_size: size of volumes: expected at least 8 GiB, the size of \/dev\/sda1 of ubuntu.*, found 4 GiB/,
  },
  'no quota of vCPUs': {
    region: 'eu-west-3',
    code: 'launch-refused',
    says: /VcpuLimitExceeded/,
  },
  'a family without a quota': {
    region: 'ap-south-1',
    builder: () => ({ instance_type: 'g5.xlarge' }),
    code: 'launch-refused',
    says: /VcpuLimitExceeded/,
  },
  'no default VPC where no subnet is named': {
    region: 'us-west-2',
    code: 'network-unusable',
    says: /us-west-2: .*found no default VPC.*"subnet_id": "subnet-…".*create-default-vpc --region us-west-2/s,
  },
  'a subnet that is not there': {
    region: 'ca-central-1',
    builder: () => ({ subnet_id: 'subnet-0123456789abcdef0' }),
    code: 'network-unusable',
    says: /builder\.subnet_id: .*found none that is subnet-0123456789abcdef0/,
  },
  'a subnet of another VPC than the one named': {
    region: 'eu-central-1',
    builder: async (region) => ({
      vpc_id: (await vpcWith(region, 'a')).vpc,
      subnet_id: await defaultSubnet(region, 'a'),
    }),
    code: 'network-unusable',
    says: /expected a subnet of vpc-\w+, found subnet-\w+ of vpc-/,
  },
  'a subnet in another zone than the one named': {
    region: 'ap-northeast-1',
    builder: async (region) => ({
      subnet_id: await defaultSubnet(region, 'a'),
      availability_zone: 'ap-northeast-1c',
    }),
    code: 'network-unusable',
    says: /a subnet in ap-northeast-1c.*found subnet-\w+ in ap-northeast-1a/,
  },
  'a subnet filter that finds none': {
    region: 'ap-northeast-2',
    builder: () => ({ subnet_filter: { filters: { 'tag:Class': 'build' } } }),
    code: 'network-unusable',
    says: /builder\.subnet_filter: .*none that is tag:Class build/,
  },
  'a subnet filter that finds several': {
    region: 'ap-northeast-3',
    builder: () => ({ subnet_filter: { filters: { 'default-for-az': 'true' } } }),
    code: 'network-unusable',
    says: /a filter that matches one subnet, or "random" or "most_free" with it, found \d+: subnet-/,
  },
  'a VPC filter that finds none': {
    region: 'ap-southeast-1',
    builder: () => ({
      vpc_filter: { filters: { 'tag:Class': 'build' } },
      subnet_filter: { filters: { 'tag:Class': 'build' }, random: true },
    }),
    code: 'network-unusable',
    says: /builder\.vpc_filter: .*none that is tag:Class build/,
  },
  'a VPC that is not the default one, without a subnet': {
    region: 'ap-southeast-2',
    builder: async (region) => ({ vpc_id: (await vpcWith(region, 'a')).vpc }),
    code: 'network-unusable',
    says: /"subnet_id" or "subnet_filter" beside it, since vpc-\w+ is not the default VPC, found neither/,
  },
  'a public address without a route to the internet': {
    region: 'sa-east-1',
    builder: async (region) => ({
      subnet_id: (await vpcWith(region, 'a')).subnet,
      associate_public_ip_address: true,
    }),
    code: 'network-unusable',
    says: /expected a route to an internet gateway.*found none in the route table of subnet-/,
  },
  'a security group that is not there': {
    region: 'us-west-1',
    builder: () => ({ security_group_ids: ['sg-0123456789abcdef0'] }),
    code: 'network-unusable',
    says: /builder\.security_group_ids: .*none that is sg-0123456789abcdef0/,
  },
  'a security group of another VPC': {
    region: 'eu-west-1',
    builder: async (region) => ({
      subnet_id: await defaultSubnet(region, 'a'),
      security_group_ids: [await groupIn(region, (await vpcWith(region, 'a')).vpc)],
    }),
    code: 'network-unusable',
    says: /expected security groups of vpc-\w+, where the builders run, found sg-\w+ of vpc-/,
  },
  'an instance profile that is not there': {
    region: 'us-east-1',
    builder: () => ({ iam_instance_profile: 'nobody' }),
    code: 'instance-profile-not-found',
    says: /builder\.iam_instance_profile: instance profile: .*found none named "nobody"/,
  },
  'a KMS key of another region': {
    region: 'us-east-1',
    builder: () => ({
      launch_block_device_mappings: [
        {
          device_name: '/dev/sda1',
          volume_size: 8,
          encrypted: true,
          kms_key_id: 'arn:aws:kms:eu-west-1:123456789012:key/0ea3fef3-80a7-4778-9d8c-1c0c6example',
        },
      ],
    }),
    code: 'config-invalid',
    exit: 2,
    says: /launch_block_device_mappings\[0\]\.kms_key_id: expected a key in us-east-1, where the volumes are, found one in eu-west-1/,
  },
  'a KMS key that is not there': {
    region: 'us-east-1',
    config(config) {
      config.encryption = { kmsKey: 'alias/none' };
    },
    code: 'kms-key-unusable',
    says: /: encryption\.kmsKey: KMS key: expected a KMS key of us-east-1 .*, found alias\/none, which us-east-1 does not have/,
  },
  'a KMS key that is disabled, of a mapping': {
    region: 'us-east-1',
    builder: () => ({
      launch_block_device_mappings: [
        { device_name: '/dev/sda1', volume_size: 8, encrypted: true, kms_key_id: 'alias/off' },
      ],
    }),
    code: 'kms-key-unusable',
    says: /launch_block_device_mappings\[0\]\.kms_key_id: KMS key: .*found alias\/off \(arn:aws:kms:us-east-1:123456789012:key\/\S+\), which is Disabled/,
  },
  'an encrypted base image of what is to be public': {
    region: 'us-east-1',
    async config(config, region) {
      const id = await copied(ec2(region), region, 'encrypted base', { Encrypted: true });
      config.images = [
        {
          name: 'own',
          base: { id: { [region]: id } },
          builder: { instance_type: 'm5.large', ssh_username: 'ubuntu' },
        },
      ];
      config.share = { public: true };
    },
    code: 'base-image-encrypted',
    says: /images\[0\]\.base: encryption of the base image: .*"encrypted base"\), encrypted: snap-\w+ \(\/dev\/sda1\)/,
  },
  'the AMI name of another account, shared with this one': {
    region: 'us-east-1',
    async config(config, region) {
      const environment = {
        ...sandbox.environment,
        AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000002',
        AWS_SECRET_ACCESS_KEY: 'made-up/secret/of/the/sandbox/0000000002',
      };
      const others = connect({ endpoint: 'sandbox:test', environment }).ec2(region);
      const ImageId = await copied(others, region, 'taken by others');
      const LaunchPermission = { Add: [{ UserId: '123456789012' }] };
      await others.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission }));
      config.amiName = 'taken by others';
      config.images = [{ name: 'one', base: { ubuntu: '2404' }, builder: { instance_type: 'm5.large' } }];
    },
    code: 'ami-name-taken',
    until: '1.2.5',
    says: /amiName: AMI name: .*before 1\.2\.5.*of account 210987654321, shared with this account.*another "amiName"/s,
  },
  'the AMI name of an AMI of this account that failed': {
    region: 'us-east-1',
    async config(config, region) {
      await sandbox.addFaults([{ on: 'ec2:CreateImage', region, does: { becomes: 'failed' } }]);
      const ImageId = await sourceImage(ec2(region));
      const launch = { ImageId, InstanceType: 'm5.large' as const, MinCount: 1, MaxCount: 1 };
      const { Instances = [] } = await ec2(region).send(new RunInstancesCommand(launch));
      const InstanceId = Instances[0]?.InstanceId ?? '';
      await ec2(region).send(new CreateImageCommand({ InstanceId, Name: 'taken by a failed one' }));
      await ec2(region).send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
      config.amiName = 'taken by a failed one';
      config.images = [{ name: 'one', base: { ubuntu: '2404' }, builder: { instance_type: 'm5.large' } }];
    },
    code: 'ami-name-taken',
    says: /the name of ami-\w+, which failed.*aws ec2 deregister-image --region us-east-1 --image-id ami-/s,
  },
  'no permission to launch': {
    region: 'us-east-2',
    config: (_, region) => denied('ec2:RunInstances', region),
    code: 'permission-missing',
    says: /permissions to build: expected permission to call ec2:RunInstances/,
  },
  'no permission to make a key pair': {
    region: 'eu-north-1',
    config: (_, region) => denied('ec2:CreateKeyPair', region),
    code: 'permission-missing',
    says: /expected permission to call ec2:CreateKeyPair, found UnauthorizedOperation: You are not authorized/,
  },
  'no permission to make a security group': {
    region: 'ap-south-1',
    config: (_, region) => denied('ec2:CreateSecurityGroup', region),
    code: 'permission-missing',
    says: /expected permission to call ec2:CreateSecurityGroup/,
  },
};

const furtherCases: Record<string, Case> = {
  'AMIs that are to be public, and blocked': {
    region: 'eu-south-1',
    config(config) {
      config.share = { public: true };
    },
    code: 'image-block-public-access',
    says: /eu-south-1: block public access for AMIs: expected unblocked, found block-new-sharing.*disable-image-block-public-access/s,
  },
  'snapshots that are to be public, and blocked': {
    region: 'eu-south-2',
    config(config) {
      config.share = { public: true };
    },
    code: 'snapshot-block-public-access',
    says: /eu-south-2: block public access for snapshots: expected unblocked, found block-all-sharing/,
  },
  'a full quota of public AMIs': {
    region: 'eu-central-2',
    config(config) {
      config.share = { public: true };
    },
    code: 'public-ami-quota',
    says: /quota of public AMIs: expected room for \d+ more, found 2 public AMIs, and 2 are allowed/,
  },
  'encryption by default, of what is to be public': {
    region: 'ap-east-1',
    config(config) {
      config.share = { public: true };
    },
    code: 'ebs-encryption-by-default',
    says: /EBS encryption by default: expected off, since an encrypted AMI cannot be public/,
  },
  'encryption by default, of what is to be shared': {
    region: 'ap-east-1',
    config(config) {
      config.share = { accounts: [shared] };
    },
    code: 'ebs-encryption-by-default',
    says: /expected off, or on with a customer managed key/,
  },
  'a key that those who get the AMIs may not use': {
    region: 'af-south-1',
    config(config) {
      config.encryption = { kmsKey: ownKey };
      config.share = { accounts: [shared] };
    },
    code: 'kms-key-not-shared',
    says: /KMS key of shared AMIs: expected a key that those you share with may use, found arn:\S+, whose policy does not allow 210987654321 kms:/,
  },
  'a base image with a watermark, of what is to be public': {
    region: 'af-south-1',
    config: (config) => void Object.assign(config, from(golden.marked), { share: { public: true } }),
    code: 'base-image-watermarked',
    says: /images\[0\]\.base: watermarks of the base image: .*found ami-00000000000000001 \("marked"\) with 123456789012:internal/,
  },
  'an instance type that the base image does not allow': {
    region: 'af-south-1',
    config: (config) => void Object.assign(config, from(golden.limited)),
    code: 'instance-type-unusable',
    says: /builder\.instance_type: instance type: .*c5\.\*.*found m5\.large/,
  },
  'an instance type that the base image rules out': {
    region: 'af-south-1',
    config: (config) => void Object.assign(config, from(golden.excluding)),
    code: 'instance-type-unusable',
    says: /builder\.instance_type: instance type: .*found m5\.large/,
  },
  'a security group filter that finds none': {
    region: 'ca-central-1',
    builder: () => ({ security_group_filter: { filters: { 'tag:Class': 'build' } } }),
    code: 'network-unusable',
    says: /builder\.security_group_filter: .*none that is tag:Class build/,
  },
  'a security group, by its name, that lets nobody log in': {
    region: 'ca-central-1',
    async builder(region) {
      const group = { GroupName: 'web only', Description: 'web only' };
      const { GroupId } = await ec2(region).send(new CreateSecurityGroupCommand(group));
      const rule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
      await ec2(region).send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
      return { security_group_filter: { filters: { 'group-name': 'web only' } } };
    },
    code: 'network-unusable',
    says: /builder\.security_group_filter: .*reach TCP port 22.*found none in sg-\w+.*authorize-security-group-ingress --region ca-central-1/s,
  },
  'no vCPUs of Spot Instances with GPUs': {
    region: 'ca-central-1',
    builder: () => ({ instance_type: 'g6.xlarge', spot_price: 'auto' }),
    code: 'vcpu-quota',
    says: /quota of vCPUs: expected room for one builder, found 0 of 0 vCPUs in use \("All G and VT Spot/,
  },
  'an instance type without UEFI for a base image that needs it': {
    region: 'af-south-1',
    config: (config) => void Object.assign(config, from(golden.uefi, { instance_type: 't2.large' })),
    code: 'instance-type-unusable',
    says: /boot.*uefi.*found t2\.large.*legacy-bios/,
  },
  'an instance type that needs ENA for a base image without it': {
    region: 'af-south-1',
    config: (config) => void Object.assign(config, from(golden.withoutEna)),
    code: 'instance-type-unusable',
    says: /m5\.large.*requires ENA/,
  },
  'a subnet that has no address left': {
    region: 'af-south-1',
    builder: () => ({ subnet_id: 'subnet-0aaaaaaaaaaaaaaaa' }),
    code: 'network-unusable',
    says: /builder\.subnet_id: .*expected a free address/,
  },
  'no vCPUs of Spot Instances': {
    region: 'me-central-1',
    builder: () => ({ spot_price: 'auto' }),
    code: 'vcpu-quota',
    says: /quota of vCPUs: expected room for one builder, found 0 of 0 vCPUs in use/,
  },
  'a quota of vCPUs that is used up': {
    region: 'ap-south-2',
    code: 'vcpu-quota',
    says: /quota of vCPUs: expected room for one builder, found 8 of 8 vCPUs in use.*L-1216C47A --region ap-south-2/s,
  },
  'no vCPUs of Spot Instances of the P family': {
    region: 'ca-central-1',
    builder: () => ({ instance_type: 'p5.4xlarge', spot_price: 'auto' }),
    code: 'vcpu-quota',
    says: /quota of vCPUs: expected room for one builder, found 0 of 0 vCPUs in use \("All P Spot/,
  },
};

describe('refused before anything is launched:', () => {
  afterEach(() => sandbox.ask('faults', { method: 'DELETE' }));

  it.each(Object.entries({ ...cases, ...furtherCases }))('%s', async (name, one) => {
    const { region, builder, config, code, exit = 4, says, until } = one;
    const file = name.replaceAll(/\W+/g, '-').toLowerCase();
    const options = await builder?.(region);
    const changes: Record<string, unknown> = {};
    await config?.(changes, region);
    await project.config(file, (all) => {
      all.regions = [region];
      const [image] = all.images as { builder: object }[];
      if (image) image.builder = { instance_type: 'm5.large', ...options };
      Object.assign(all, changes);
    });
    // The log has only the newest thousand calls.
    const before = new Set((await sandbox.calls()).map(({ requestId }) => requestId));
    const run = await project.run(['publish', file, '--sandbox', '--yes', '--json']);
    const { plugin = '0.0.0' } = await packerOfTests();
    if (until && semver.gte(plugin, until)) {
      expect(run.exit, run.stderr).toBe(0);
      return;
    }
    const line = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(
      [run.exit, (line.problems ?? [line]).map((one: { code: string }) => one.code)],
      run.stderr,
    ).toEqual([exit, expect.arrayContaining([code])]);
    expect(line.message).toMatch(says);
    expect(run.stdout + run.stderr).not.toContain('Encoded');
    const launched = (await sandbox.calls())
      .filter(({ requestId }) => !before.has(requestId))
      .filter((call) => ['RunInstances', 'CreateKeyPair', 'CreateSecurityGroup'].includes(call.operation));
    expect(launched).toEqual([]);
  });
});

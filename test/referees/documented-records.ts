import { defaultAccount, derivedId } from '../../sandbox/testing/index.ts';
import type {
  AutoScalingGroupRecord,
  ImageRecord,
  ImageUsageReportRecord,
  ImportSnapshotTaskRecord,
  InstanceRecord,
  KeyPairRecord,
  LaunchConfigurationRecord,
  NatGatewayRecord,
  ParameterRecord,
  SecurityGroupRecord,
  SecurityGroupRule,
  SnapshotRecord,
  SpotFleetRecord,
  SpotRequestRecord,
  Store,
  StoreImageTaskRecord,
  SubnetRecord,
  VolumeRecord,
  VpcRecord,
} from '../../sandbox/testing/internals.ts';
import { fieldsOf, writeContent, writeStored } from '../../sandbox/testing/internals.ts';

export const region = 'us-east-1';
export const owner = defaultAccount.id;

export const vpc = derivedId('vpc', owner, region);
export const subnet = derivedId('subnet', owner, region, 'a');
const zone = `${region}a`;
const time = '2026-01-02T03:04:05.000Z';

export const roleArn = (name: string): string => `arn:aws:iam::${owner}:role/${name}`;

/** Gives the account roles that it may assume; IAM is global, and this is its region. */
export const giveRoles = (store: Store, names: readonly string[]): void => {
  const settings = store.of('settings', owner, 'us-east-1');
  settings.put('now', { ...settings.get('now'), roles: names.map((name) => ({ name })) });
};

/** Records of the default account as API calls would have made them, with given ids and names. */
export const anImage = (id: string, snapshot: string, name = `image ${id}`): ImageRecord => ({
  id,
  owner,
  name,
  description: 'An AMI for my server',
  location: `${owner}/${name}`,
  createdAt: time,
  state: 'available',
  architecture: 'x86_64',
  virtualization: 'hvm',
  rootDeviceName: '/dev/sda1',
  enaSupport: true,
  sriovNetSupport: 'simple',
  devices: [
    {
      device: '/dev/sda1',
      ebs: { snapshot, size: 8, type: 'gp2', encrypted: false, deleteOnTermination: true },
    },
  ],
  permissions: { everyone: false, accounts: ['210987654321'] },
});

export const aSnapshot = (id: string, volume = 'vol-ffffffff'): SnapshotRecord => ({
  id,
  owner,
  volume,
  size: 8,
  description: 'This is my snapshot',
  startedAt: time,
  encrypted: false,
  permissions: { everyone: false, accounts: ['210987654321'] },
});

export const anInstance = (
  id: string,
  { image, volume, key, group }: { image: string; volume: string; key: string; group: string },
): InstanceRecord => ({
  id,
  reservation: 'r-1a2b3c4d',
  owner,
  image,
  type: 't2.micro',
  state: 'running',
  transitionReason: '',
  launchIndex: 0,
  launchedAt: time,
  keyName: key,
  publicKeys: [],
  address: '127.77.0.1',
  isPublic: true,
  networkInterface: 'eni-1a2b3c4d',
  subnet,
  vpc,
  zone,
  groups: [group],
  architecture: 'x86_64',
  virtualization: 'hvm',
  rootDeviceName: '/dev/sda1',
  enaSupport: true,
  sriovNetSupport: 'simple',
  ebsOptimized: false,
  monitoring: false,
  shutdownBehavior: 'stop',
  terminationProtection: false,
  clientToken: '',
  volumes: [{ device: '/dev/sda1', volume, attachedAt: time, deleteOnTermination: true }],
  metadata: { httpTokens: 'optional', httpEndpoint: 'enabled', hopLimit: 1 },
  launchTags: {},
});

export const aVolume = (id: string, snapshot: string, instance?: string): VolumeRecord => ({
  id,
  size: 8,
  type: 'gp2',
  iops: 100,
  encrypted: false,
  snapshot,
  zone,
  createdAt: time,
  ...(instance === undefined
    ? {}
    : { attachment: { instance, device: '/dev/sda1', attachedAt: time, deleteOnTermination: true } }),
});

export const aKeyPair = (name: string, id: string): KeyPairRecord => ({
  id,
  name,
  type: 'ed25519',
  fingerprint: '1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca',
  publicKey: `ssh-ed25519 ${Buffer.from(id).toString('base64')}`,
  createdAt: time,
});

export const aSecurityGroup = (id: string, name: string): SecurityGroupRecord => ({
  id,
  name,
  description: 'My security group',
  vpc,
  ingress: [],
});

/** Rules of a security group: from an address range and from another group. */
export const someRules: SecurityGroupRule[] = [
  {
    id: 'sgr-0123456789abcdef0',
    protocol: 'tcp',
    from: 22,
    to: 22,
    peer: { cidr: '203.0.113.0/24' },
    description: 'Access from NY office',
  },
  { id: 'sgr-0123456789abcdef1', protocol: 'tcp', from: 80, to: 80, peer: { group: 'sg-1a2b3c4d' } },
  { id: 'sgr-0123456789abcdef2', protocol: 'tcp', from: 443, to: 443, peer: { cidr6: '2001:db8::/32' } },
];

export const aVpc = (id: string): VpcRecord => ({
  id,
  cidr: '10.0.0.0/16',
  isDefault: false,
  tenancy: 'default',
  dnsSupport: true,
  dnsHostnames: false,
});

export const aSubnet = (id: string, its: string, cidr = '10.0.100.0/24'): SubnetRecord => ({
  id,
  vpc: its,
  zone,
  cidr,
  isDefault: false,
  mapsPublicIp: false,
});

export const aSpotRequest = (id: string, instance: string): SpotRequestRecord => ({
  id,
  createdAt: time,
  instance,
  maxPrice: '0.0100',
  state: 'active',
  status: { code: 'fulfilled', message: 'Your Spot request is fulfilled.', at: time },
});

/** A report from today, since it is deleted after thirty days. */
export const aUsageReport = (id: string, image: string): ImageUsageReportRecord => ({
  id,
  image,
  createdAt: new Date().toISOString(),
  resourceTypes: [{ type: 'ec2:Instance' }],
  accounts: [],
  entries: [],
});

/** A private image. */
export const aNatGateway = (
  id: string,
  { vpc: its, subnet: within }: { vpc: string; subnet: string },
): NatGatewayRecord => ({
  id,
  vpc: its,
  subnet: within,
  isPublic: false,
  networkInterface: id.replace('nat-', 'eni-'),
  privateAddress: '127.75.0.1',
  createdAt: time,
});

export const aParameter = (name: string, value = 'a value'): ParameterRecord => ({
  name,
  type: 'String',
  value,
  version: 1,
  dataType: 'text',
  description: 'A parameter',
  modifiedAt: time,
});

/** A launch template with two versions; the second one is the default. */
export const putTemplate = (
  store: Store,
  inRegion: string,
  id: string,
  name: string,
  image: string,
): void => {
  const made = { createdAt: time, createdBy: `arn:aws:iam::${owner}:user/sandbox` };
  store.of('launchTemplate', owner, inRegion).put(id, { id, name, ...made, default: 2, last: 2 });
  for (const number of [1, 2]) {
    const face = { DeviceIndex: 0, SubnetId: subnet, Groups: ['sg-7c227019'], DeleteOnTermination: false };
    const data = {
      ImageId: image,
      InstanceType: 't2.micro' as const,
      KeyName: 'kp-us-east',
      UserData: '',
      NetworkInterfaces: [
        { ...face, AssociatePublicIpAddress: true, Ipv6Addresses: [{ Ipv6Address: '2001:db8::123' }] },
      ],
    };
    const record = { template: id, number, description: `version ${number}`, ...made, data };
    store.of('launchTemplateVersion', owner, inRegion).put(`${id}/${number}`, record);
  }
};

const arnOf = (kind: string, name: string): string =>
  `arn:aws:autoscaling:${region}:${owner}:${kind}:0ef0b0a0-0000-4000-8000-000000000000:${kind}Name/${name}`;

export const aLaunchConfiguration = (name: string, image: string): LaunchConfigurationRecord => ({
  arn: arnOf('launchConfiguration', name),
  createdAt: time,
  given: {
    LaunchConfigurationName: name,
    ImageId: image,
    InstanceType: 't2.micro',
    BlockDeviceMappings: [
      {
        DeviceName: '/dev/sda1',
        Ebs: {
          SnapshotId: 'snap-0123456789abcdef0',
          VolumeSize: 8,
          VolumeType: 'gp2',
          DeleteOnTermination: true,
          Encrypted: false,
        },
      },
    ],
    MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
    AssociatePublicIpAddress: true,
  },
});

export const aSpotFleet = (image: string): SpotFleetRecord => ({
  id: 'sfr-73fbd2ce-aa30-494c-8788-1cee4a2f1d2b',
  createdAt: time,
  request: {
    SpotFleetRequestState: 'active',
    SpotFleetRequestConfig: {
      IamFleetRole: `arn:aws:iam::${owner}:role/my-spot-fleet-role`,
      SpotPrice: '0.05',
      TargetCapacity: 20,
      LaunchSpecifications: [
        {
          ImageId: image,
          InstanceType: 'm5.large',
          EbsOptimized: false,
          NetworkInterfaces: [
            {
              SubnetId: subnet,
              DeviceIndex: 0,
              DeleteOnTermination: false,
              AssociatePublicIpAddress: true,
              SecondaryPrivateIpAddressCount: 0,
            },
          ],
        },
      ],
    },
  },
});

/** A group with desired capacity 0. */
export const aScalingGroup = (
  name: string,
  source: Pick<AutoScalingGroupRecord['group'], 'LaunchConfigurationName' | 'LaunchTemplate'>,
): AutoScalingGroupRecord => ({
  arn: arnOf('autoScalingGroup', name),
  createdAt: time,
  group: {
    AutoScalingGroupName: name,
    ...source,
    MinSize: 0,
    MaxSize: 0,
    DesiredCapacity: 0,
    DefaultCooldown: 300,
    AvailabilityZones: [zone],
    VPCZoneIdentifier: subnet,
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    SuspendedProcesses: [],
    EnabledMetrics: [],
    Tags: [],
    TerminationPolicies: ['Default'],
    NewInstancesProtectedFromScaleIn: false,
    ServiceLinkedRoleARN: `arn:aws:iam::${owner}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    TrafficSources: [],
  },
});

const later = '2099-01-02T03:04:05.000Z';

/** An import in progress. */
export const anImportTask = (id: string): ImportSnapshotTaskRecord => ({
  id,
  description: 'My server VMDK',
  disk: {
    ...{ description: 'My server VMDK', format: 'VMDK', size: 705_638_400 },
    ...{ bucket: 'my-import-bucket', key: 'vms/my-server-vm.vmdk' },
  },
  encrypted: false,
  doneAt: later,
});

const stored = (image: string, snapshot: string) => ({
  image: { ...fieldsOf(anImage(image, snapshot)), name: 'a stored image' },
  region,
  snapshots: { [snapshot]: { size: 8, tags: {} } },
  tags: {},
});

/** An image that is being stored. */
export const aStoreTask = (image: string, snapshot: string, bucket: string): StoreImageTaskRecord => ({
  ...{ image, bucket, key: `${image}.bin`, startedAt: new Date().toISOString(), doneAt: later, tags: {} },
  stored: stored(image, snapshot),
});

/** A bucket with a disk image, `disk.raw`, and a stored image, `stored.bin`, under these and other keys. */
export const putDisks = (
  store: Store,
  folder: string,
  bucket: string,
  { inRegion = region, keys }: { inRegion?: string; keys: { disk?: string; stored?: string } },
): void => {
  store.of('bucket', '', '').put(bucket, {
    ...{ name: bucket, owner, region: inRegion, createdAt: time, acl: 'private' },
    ownership: 'BucketOwnerEnforced',
  });
  const contents = {
    [keys.disk ?? 'disk.raw']: Buffer.from('a disk'),
    [keys.stored ?? 'stored.bin']: writeStored(stored('ami-0cccccccccccccccc', 'snap-0cccccccccccccccc')),
  };
  for (const [key, bytes] of Object.entries(contents)) {
    const content = [writeContent({ folder }, bytes)];
    const checksum = { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: '' } as const;
    const properties = { acl: 'private', metadata: {}, headers: {} } as const;
    store.of('object', '', bucket).put(key, {
      key,
      versions: [
        {
          ...{ id: 'null', order: 1, modifiedAt: time, isMarker: false, etag: '', size: bytes.length },
          ...{ content, checksum, ...properties },
        },
      ],
    });
  }
};

import type { Store } from '../../sandbox/testing/internals.ts';
import * as records from './documented-records.ts';
import { judgedKey } from './documented-world.ts';

const { owner, region } = records;

/** Resources that a request can name, and that exist before it. */
const there = {
  image: 'ami-0aaaaaaaaaaaaaaaa',
  kmsKey: judgedKey,
  foreignImage: 'ami-0bbbbbbbbbbbbbbbb',
  snapshot: 'snap-0aaaaaaaaaaaaaaaa',
  freeSnapshot: 'snap-0bbbbbbbbbbbbbbbb',
  instance: 'i-0aaaaaaaaaaaaaaaa',
  volume: 'vol-0aaaaaaaaaaaaaaaa',
  freeVolume: 'vol-0bbbbbbbbbbbbbbbb',
  key: 'key-0aaaaaaaaaaaaaaaa',
  keyName: 'a-key',
  group: 'sg-0aaaaaaaaaaaaaaaa',
  freeGroup: 'sg-0bbbbbbbbbbbbbbbb',
  groupName: 'a-group',
  parameter: '/there/already',
  template: 'lt-0aaaaaaaaaaaaaaaa',
  templateName: 'a-template',
  configuration: 'a-configuration',
  freeConfiguration: 'another-configuration',
  scalingGroup: 'a-scaling-group',
  subnet: records.subnet,
  vpc: 'vpc-0aaaaaaaaaaaaaaaa',
  ownSubnet: 'subnet-0aaaaaaaaaaaaaaaa',
  table: 'rtb-0aaaaaaaaaaaaaaaa',
  freeTable: 'rtb-0bbbbbbbbbbbbbbbb',
  association: 'rtbassoc-0aaaaaaaaaaaaaaaa',
  gateway: 'igw-0aaaaaaaaaaaaaaaa',
  freeGateway: 'igw-0bbbbbbbbbbbbbbbb',
  freeVpc: 'vpc-0bbbbbbbbbbbbbbbb',
  natGateway: 'nat-0aaaaaaaaaaaaaaaa',
  allocation: 'eipalloc-0aaaaaaaaaaaaaaaa',
  spotRequest: 'sir-0aaaaaaa',
  lonelySubnet: 'subnet-0bbbbbbbbbbbbbbbb',
  ruledGroup: 'sg-0cccccccccccccccc',
  rule: records.someRules[0]?.id ?? '',
  role: 'a-role',
  topic: 'a-topic',
  usageReport: 'amiur-0aaaaaaaaaaaaaaaa',
  importTask: 'import-snap-0aaaaaaaaaaaaaaaa',
  bucket: 'a-bucket',
  addressedInstance: 'i-0bbbbbbbbbbbbbbbb',
  usedAllocation: 'eipalloc-0bbbbbbbbbbbbbbbb',
  addressAssociation: 'eipassoc-0bbbbbbbbbbbbbbbb',
};

const topicArn = `arn:aws:sns:${region}:${owner}:${there.topic}`;

export const seed = (store: Store, folder: string): void => {
  const { image, snapshot, instance, volume, group, freeGroup } = there;
  const made = records.anInstance(instance, { image, volume, key: there.keyName, group });
  store.of('image', owner, region).put(image, records.anImage(image, snapshot));
  const foreign = records.anImage(there.foreignImage, there.freeSnapshot);
  store.of('image', '210987654321', region).put(there.foreignImage, {
    ...foreign,
    owner: '210987654321',
    permissions: { everyone: false, accounts: [owner] },
  });
  for (const id of [snapshot, there.freeSnapshot]) {
    store.of('snapshot', owner, region).put(id, records.aSnapshot(id));
  }
  store.of('topic', owner, region).put(there.topic, { name: there.topic });
  store.of('instance', owner, region).put(instance, made);
  store.of('volume', owner, region).put(volume, records.aVolume(volume, snapshot, instance));
  store.of('volume', owner, region).put(there.freeVolume, records.aVolume(there.freeVolume, snapshot));
  store.of('keyPair', owner, region).put(there.keyName, records.aKeyPair(there.keyName, there.key));
  store.of('securityGroup', owner, region).put(group, records.aSecurityGroup(group, there.groupName));
  store.of('securityGroup', owner, region).put(freeGroup, records.aSecurityGroup(freeGroup, 'free'));
  seedNetwork(store);
  store
    .of('spotRequest', owner, region)
    .put(there.spotRequest, records.aSpotRequest(there.spotRequest, instance));
  store
    .of('imageUsageReport', owner, region)
    .put(there.usageReport, records.aUsageReport(there.usageReport, image));
  store.of('tags', owner, region).put(image, { purpose: 'judged' });
  store.of('parameter', owner, region).put(there.parameter, records.aParameter(there.parameter));
  records.giveRoles(store, [there.role, 'vmimport']);
  records.putDisks(store, folder, there.bucket, { keys: {} });
  store.of('importSnapshotTask', owner, region).put(there.importTask, records.anImportTask(there.importTask));
  records.putTemplate(store, region, there.template, there.templateName, image);
  for (const name of [there.configuration, there.freeConfiguration]) {
    store.of('launchConfiguration', owner, region).put(name, records.aLaunchConfiguration(name, image));
  }
  store
    .of('autoScalingGroup', owner, region)
    .put(
      there.scalingGroup,
      records.aScalingGroup(there.scalingGroup, { LaunchConfigurationName: there.configuration }),
    );
};

/** A VPC with a subnet, its own route table, gateways and a rule; and an empty one. */
const seedNetwork = (store: Store): void => {
  const { vpc, freeVpc, ownSubnet, table, freeTable, association, gateway, freeGateway } = there;
  for (const id of [vpc, freeVpc]) store.of('vpc', owner, region).put(id, records.aVpc(id));
  store.of('subnet', owner, region).put(ownSubnet, records.aSubnet(ownSubnet, vpc));
  const lonely = records.aSubnet(there.lonelySubnet, vpc, '10.0.200.0/24');
  store.of('subnet', owner, region).put(lonely.id, lonely);
  const route = { cidr: '0.0.0.0/0', target: { internetGateway: gateway } };
  store.of('routeTable', owner, region).put(table, {
    ...{ id: table, vpc, routes: [route] },
    associations: [{ id: association, subnet: ownSubnet }],
  });
  store.of('routeTable', owner, region).put(freeTable, { id: freeTable, vpc, routes: [], associations: [] });
  store.of('internetGateway', owner, region).put(gateway, { id: gateway, vpc });
  store.of('internetGateway', owner, region).put(freeGateway, { id: freeGateway });
  const nat = records.aNatGateway(there.natGateway, { vpc, subnet: ownSubnet });
  store.of('natGateway', owner, region).put(nat.id, nat);
  const allocation = { allocation: there.allocation, address: '127.76.0.1' };
  store.of('address', owner, region).put(allocation.allocation, allocation);
  const used = { allocation: there.usedAllocation, address: '127.76.0.2' };
  store.of('address', owner, region).put(used.allocation, used);
  const { addressedInstance: id, image, keyName: key, group } = there;
  store.of('instance', owner, region).put(id, {
    ...records.anInstance(id, { image, volume: 'vol-0cccccccccccccccc', key, group }),
    ...{ address: '127.77.0.2', networkInterface: 'eni-0bbbbbbbbbbbbbbbb', volumes: [] },
    elasticAddress: { ...used, association: there.addressAssociation },
  });
  const ruled = { ...records.aSecurityGroup(there.ruledGroup, 'ruled'), ingress: [...records.someRules] };
  store.of('securityGroup', owner, region).put(ruled.id, ruled);
};

const tags = [{ Key: 'purpose', Value: 'judged' }];
const tagsFor = (ResourceType: string) => [{ ResourceType, Tags: tags }];

/** A member that names a resource, with one for which the request is valid. */
const usual: Record<string, unknown> = {
  ImageId: there.image,
  InstanceId: there.instance,
  SnapshotId: there.freeSnapshot,
  VolumeId: there.freeVolume,
  SourceImageId: there.image,
  SourceSnapshotId: there.freeSnapshot,
  SourceRegion: region,
  ServiceCode: 'ec2',
  QuotaCode: 'L-0E3CBAB9',
  KeyName: 'another-key',
  InstanceIds: [there.instance],
  Name: 'another image',
};

/**
 * Requests that AWS would carry out, by service and operation, if the usual values of the required members are not
 * enough. They set, once in each structure, the members that are worth testing with a wrong value. `{n}` is another number in each
 * request.
 */
const written: Record<string, Record<string, unknown>> = {
  'autoscaling:CreateAutoScalingGroup': {
    AutoScalingGroupName: 'another-group-{n}',
    LaunchTemplate: { LaunchTemplateId: there.template, Version: '$Latest' },
    MinSize: 0,
    MaxSize: 0,
    AvailabilityZones: [`${region}a`],
    Tags: [{ Key: 'purpose', Value: 'judged', PropagateAtLaunch: true }],
  },
  'autoscaling:CreateLaunchConfiguration': {
    LaunchConfigurationName: 'a-new-configuration-{n}',
    ImageId: there.image,
    InstanceType: 't3.micro',
    BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 8, VolumeType: 'gp3' } }],
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
  },
  'autoscaling:DeleteAutoScalingGroup': { AutoScalingGroupName: there.scalingGroup },
  'autoscaling:DeleteLaunchConfiguration': { LaunchConfigurationName: there.freeConfiguration },
  'autoscaling:UpdateAutoScalingGroup': { AutoScalingGroupName: there.scalingGroup, MaxSize: 1 },
  'ec2:AllocateAddress': { TagSpecifications: tagsFor('elastic-ip') },
  'ec2:AssociateRouteTable': { RouteTableId: there.freeTable, SubnetId: there.lonelySubnet },
  'ec2:AttachInternetGateway': { InternetGatewayId: there.freeGateway, VpcId: there.freeVpc },
  'ec2:AuthorizeSecurityGroupEgress': {
    GroupId: there.group,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
    TagSpecifications: tagsFor('security-group-rule'),
  },
  'ec2:AttachImageWatermark': { ImageId: there.image, WatermarkName: 'judged' },
  'ec2:AuthorizeSecurityGroupIngress': {
    GroupId: there.group,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: there.freeGroup }] },
    ],
    TagSpecifications: tagsFor('security-group-rule'),
  },
  'ec2:CancelImportTask': { ImportTaskId: there.importTask },
  'ec2:CancelSpotInstanceRequests': { SpotInstanceRequestIds: [there.spotRequest] },
  'ec2:CreateFleet': {
    LaunchTemplateConfigs: [
      { LaunchTemplateSpecification: { LaunchTemplateId: there.template, Version: '$Latest' } },
    ],
    TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'spot' },
    Type: 'instant',
    TagSpecifications: tagsFor('fleet'),
  },
  'ec2:CreateInternetGateway': { TagSpecifications: tagsFor('internet-gateway') },
  'ec2:CreateNatGateway': {
    SubnetId: there.ownSubnet,
    AllocationId: there.allocation,
    TagSpecifications: tagsFor('natgateway'),
  },
  'ec2:CreateRoute': {
    RouteTableId: there.freeTable,
    DestinationCidrBlock: '10.{n}.0.0/16',
    GatewayId: there.gateway,
  },
  'ec2:CreateRouteTable': { VpcId: there.vpc, TagSpecifications: tagsFor('route-table') },
  'ec2:CreateSubnet': {
    VpcId: there.freeVpc,
    CidrBlock: '10.0.{n}.0/24',
    TagSpecifications: tagsFor('subnet'),
  },
  'ec2:CreateVpc': { CidrBlock: '10.0.0.0/16', TagSpecifications: tagsFor('vpc') },
  'ec2:DeleteInternetGateway': { InternetGatewayId: there.freeGateway },
  'ec2:DeleteNatGateway': { NatGatewayId: there.natGateway },
  'ec2:DeleteRoute': { RouteTableId: there.table, DestinationCidrBlock: '0.0.0.0/0' },
  'ec2:DeleteRouteTable': { RouteTableId: there.freeTable },
  'ec2:DeleteSubnet': { SubnetId: there.lonelySubnet },
  'ec2:DeleteVpc': { VpcId: there.freeVpc },
  'ec2:DescribeSpotPriceHistory': { InstanceTypes: ['t3.micro'] },
  'ec2:DescribeVpcAttribute': { VpcId: there.vpc, Attribute: 'enableDnsSupport' },
  'ec2:DetachInternetGateway': { InternetGatewayId: there.gateway, VpcId: there.vpc },
  'ec2:DisassociateRouteTable': { AssociationId: there.association },
  'ec2:ModifySubnetAttribute': { SubnetId: there.ownSubnet, MapPublicIpOnLaunch: { Value: true } },
  'ec2:ModifyVpcAttribute': { VpcId: there.vpc, EnableDnsHostnames: { Value: true } },
  'ec2:ReleaseAddress': { AllocationId: there.allocation },
  'ec2:ReplaceRoute': {
    RouteTableId: there.table,
    DestinationCidrBlock: '0.0.0.0/0',
    GatewayId: there.gateway,
  },
  'ec2:ReplaceRouteTableAssociation': { AssociationId: there.association, RouteTableId: there.freeTable },
  'ec2:RevokeSecurityGroupEgress': {
    GroupId: there.group,
    IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  },
  'ec2:RevokeSecurityGroupIngress': {
    GroupId: there.ruledGroup,
    SecurityGroupRuleIds: [there.rule],
  },
  'ec2:AssociateAddress': { InstanceId: there.instance, AllocationId: there.allocation },
  'ec2:DisassociateAddress': { AssociationId: there.addressAssociation },
  'ec2:ReplaceImageInstanceTypeSpecification': {
    ImageId: there.image,
    InstanceTypeSpecification: { SupportedInstanceTypes: ['m5.*'] },
  },
  'ec2:CreateImage': {
    InstanceId: there.instance,
    Name: 'another image',
    TagSpecifications: tagsFor('image'),
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 8, VolumeType: 'gp3' } }],
  },
  'ec2:CreateImageUsageReport': {
    ImageId: there.image,
    ResourceTypes: [{ ResourceType: 'ec2:Instance' }],
    TagSpecifications: tagsFor('image-usage-report'),
  },
  'ec2:CreateKeyPair': { KeyName: 'another-key', TagSpecifications: tagsFor('key-pair') },
  'ec2:CreateSecurityGroup': {
    GroupName: 'another-group',
    Description: 'Another group',
    TagSpecifications: tagsFor('security-group'),
  },
  'ec2:CreateLaunchTemplate': {
    LaunchTemplateName: 'another-template-{n}',
    LaunchTemplateData: {
      ImageId: there.image,
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 8, VolumeType: 'gp3' } }],
      MetadataOptions: { HttpTokens: 'required' },
      Monitoring: { Enabled: false },
    },
    TagSpecifications: tagsFor('launch-template'),
  },
  'ec2:CreateLaunchTemplateVersion': {
    LaunchTemplateId: there.template,
    SourceVersion: '1',
    // Version 1's interface has groups, with which no others may be named.
    LaunchTemplateData: { InstanceType: 't3.small', NetworkInterfaces: [{ DeviceIndex: 0 }] },
  },
  'ec2:CancelImageLaunchPermission': { ImageId: there.foreignImage },
  'ec2:CreateRestoreImageTask': {
    Bucket: there.bucket,
    ObjectKey: 'stored.bin',
    Name: 'a restored image',
    TagSpecifications: tagsFor('snapshot'),
  },
  'ec2:CreateStoreImageTask': { ImageId: there.image, Bucket: there.bucket, S3ObjectTags: tags },
  'ec2:CreateSnapshot': { VolumeId: there.volume, TagSpecifications: tagsFor('snapshot') },
  'ec2:CreateVolume': {
    AvailabilityZone: `${region}a`,
    Size: 8,
    VolumeType: 'gp3',
    TagSpecifications: tagsFor('volume'),
  },
  'ec2:CreateTags': { Resources: [there.image], Tags: tags },
  'ec2:DeleteImageUsageReport': { ReportId: there.usageReport },
  'ec2:DeleteKeyPair': { KeyName: there.keyName },
  'ec2:DeleteLaunchTemplate': { LaunchTemplateId: there.template },
  'ec2:DeleteLaunchTemplateVersions': { LaunchTemplateId: there.template, Versions: ['1'] },
  'ec2:DeleteSecurityGroup': { GroupId: there.freeGroup },
  'ec2:DeleteTags': { Resources: [there.image], Tags: tags },
  'ec2:DescribeImageAttribute': { ImageId: there.image, Attribute: 'launchPermission' },
  'ec2:DescribeImageReferences': { ImageIds: [there.image], IncludeAllResourceTypes: true },
  'ec2:DescribeInstanceAttribute': { InstanceId: there.instance, Attribute: 'instanceType' },
  'ec2:DescribeInstanceTypeOfferings': { Filters: [{ Name: 'instance-type', Values: ['t3.micro'] }] },
  'ec2:DescribeLaunchTemplateVersions': { LaunchTemplateId: there.template },
  'ec2:DescribeSnapshotAttribute': { SnapshotId: there.snapshot, Attribute: 'createVolumePermission' },
  'ec2:DetachImageWatermark': { ImageId: there.image, WatermarkKey: `${owner}:judged` },
  'ec2:EnableAllowedImagesSettings': { AllowedImagesSettingsState: 'enabled' },
  'ec2:EnableImageBlockPublicAccess': { ImageBlockPublicAccessState: 'block-new-sharing' },
  'ec2:EnableImageDeprecation': { ImageId: there.image, DeprecateAt: '2030-01-02T03:04:00Z' },
  'ec2:EnableSnapshotBlockPublicAccess': { State: 'block-all-sharing' },
  'ec2:ImportSnapshot': {
    DiskContainer: { Format: 'RAW', UserBucket: { S3Bucket: there.bucket, S3Key: 'disk.raw' } },
    Encrypted: true,
    TagSpecifications: tagsFor('import-snapshot-task'),
  },
  'ec2:ImportKeyPair': {
    KeyName: 'another-key',
    PublicKeyMaterial: `ssh-ed25519 ${Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0 ${'k'.repeat(32)}`, 'latin1').toString('base64')} judged`,
  },
  'ec2:ModifyEbsDefaultKmsKeyId': { KmsKeyId: 'alias/judged' },
  'ec2:ModifyImageAttribute': {
    ImageId: there.image,
    LaunchPermission: { Add: [{ UserId: '210987654321' }] },
  },
  'ec2:ModifyInstanceAttribute': { InstanceId: there.instance, DisableApiTermination: { Value: true } },
  'ec2:ModifyInstanceMetadataDefaults': { HttpTokens: 'required' },
  'ec2:ModifyLaunchTemplate': { LaunchTemplateId: there.template, DefaultVersion: '1' },
  'ec2:ModifySnapshotAttribute': {
    SnapshotId: there.snapshot,
    CreateVolumePermission: { Add: [{ UserId: '210987654321' }] },
  },
  'ec2:RegisterImage': {
    Name: 'another image',
    Architecture: 'x86_64',
    VirtualizationType: 'hvm',
    RootDeviceName: '/dev/sda1',
    BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: there.freeSnapshot } }],
  },
  'ec2:ReplaceImageCriteriaInAllowedImagesSettings': { ImageCriteria: [{ ImageProviders: ['amazon'] }] },
  'ec2:ResetImageAttribute': { ImageId: there.image, Attribute: 'launchPermission' },
  'ec2:ResetSnapshotAttribute': { SnapshotId: there.snapshot, Attribute: 'createVolumePermission' },
  'ec2:RunInstances': {
    ImageId: there.image,
    MinCount: 1,
    MaxCount: 1,
    InstanceType: 't3.micro',
    KeyName: there.keyName,
    SubnetId: there.subnet,
    SecurityGroupIds: [there.group],
    BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 8, VolumeType: 'gp3' } }],
    TagSpecifications: tagsFor('instance'),
    MetadataOptions: { HttpTokens: 'required' },
    Monitoring: { Enabled: false },
  },
  'iam:GetInstanceProfile': { InstanceProfileName: 'judged' },
  'kms:DescribeKey': { KeyId: 'alias/aws/ebs' },
  'kms:GetKeyPolicy': { KeyId: there.kmsKey },
  'kms:ListGrants': { KeyId: there.kmsKey },
  'sns:CreateTopic': { Name: 'judged' },
  'sns:DeleteTopic': { TopicArn: topicArn },
  'sns:Publish': { TopicArn: topicArn, Message: 'judged', Subject: 'Judged' },
  'ssm:AddTagsToResource': { ResourceType: 'Parameter', ResourceId: there.parameter, Tags: tags },
  'ssm:DeleteParameter': { Name: there.parameter },
  'ssm:DeleteParameters': { Names: [there.parameter] },
  'ssm:GetParameterHistory': { Name: there.parameter },
  'ssm:LabelParameterVersion': { Name: there.parameter, Labels: ['judged'] },
  'ssm:ListTagsForResource': { ResourceType: 'Parameter', ResourceId: there.parameter },
  'ssm:RemoveTagsFromResource': {
    ResourceType: 'Parameter',
    ResourceId: there.parameter,
    TagKeys: ['purpose'],
  },
  'ssm:UnlabelParameterVersion': { Name: there.parameter, ParameterVersion: 1, Labels: ['judged'] },
  'ssm:GetParameter': { Name: there.parameter },
  'ssm:GetParameters': { Names: [there.parameter] },
  'ssm:GetParametersByPath': { Path: '/there' },
  'ssm:PutParameter': { Name: there.parameter, Value: 'another value', Type: 'String', Overwrite: true },
  'sts:AssumeRole': { RoleArn: records.roleArn(there.role), RoleSessionName: 'judged' },
};

/** A request that AWS would carry out; if none is listed, its required members are filled in. */
export const validRequest = (
  service: string,
  operation: string,
  required: string[],
): Record<string, unknown> => {
  const given = written[`${service}:${operation}`];
  if (given) return given;
  const missing = required.filter((name) => !(name in usual));
  if (missing.length > 0) {
    throw new Error(
      `${service}:${operation} is new: write a valid request for it into test/referees/negative-requests.ts (${missing.join(', ')} of its required members have no usual value).`,
    );
  }
  return Object.fromEntries(required.map((name) => [name, usual[name]]));
};

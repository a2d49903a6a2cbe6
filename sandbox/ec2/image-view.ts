import type { Image } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { notImplemented } from '../model/aws-error.ts';
import { publishedIn } from '../model/published-images.ts';
import type { ImageRecord } from '../model/records.ts';
import { imageState } from '../state/lifecycle.ts';
import { allowedMark } from './allowed-images.ts';
import { mappingsOf } from './block-devices.ts';
import { protectionOf } from './deregistration-protection.ts';
import { type Fields, matchNothing } from './filters.ts';
import { lastLaunched } from './image-launches.ts';
import { scanFields, scanResultsView } from './image-scans.ts';
import { watermarkFields, watermarkViews } from './image-watermarks.ts';
import { imageTagsOf } from './shared-tags.ts';

/** An image as DescribeImages shows it to the calling account. */
export const imageView = (context: Context, image: ImageRecord): Image => ({
  ImageId: image.id,
  ImageLocation: image.location,
  ImageType: 'machine',
  Name: image.name,
  Description: image.description === '' ? undefined : image.description,
  OwnerId: image.owner,
  State: imageState(image, context.now),
  StateReason:
    image.stateReason && imageState(image, context.now) !== 'pending'
      ? { Code: image.stateReason.code, Message: image.stateReason.message }
      : undefined,
  Public: image.permissions.everyone,
  CreationDate: image.createdAt,
  DeprecationTime: image.deprecatedAt,
  Architecture: image.architecture as Image['Architecture'],
  VirtualizationType: image.virtualization as Image['VirtualizationType'],
  Hypervisor: 'xen',
  EnaSupport: image.enaSupport,
  SriovNetSupport: image.sriovNetSupport,
  ImdsSupport: image.imdsSupport as Image['ImdsSupport'],
  BootMode: image.bootMode as Image['BootMode'],
  TpmSupport: image.tpmSupport as Image['TpmSupport'],
  Platform: image.platform as Image['Platform'],
  PlatformDetails: image.platformDetails ?? 'Linux/UNIX',
  UsageOperation: image.usageOperation ?? 'RunInstances',
  ImageOwnerAlias: image.ownerAlias,
  RootDeviceName: image.rootDeviceName,
  RootDeviceType: image.rootDeviceType ?? 'ebs',
  BlockDeviceMappings: mappingsOf(image.devices),
  SourceInstanceId: image.owner === context.account ? image.sourceInstance : undefined,
  SourceImageId: image.owner === context.account ? image.sourceImage : undefined,
  SourceImageRegion:
    image.owner === context.account && image.sourceImage ? (image.sourceRegion ?? context.region) : undefined,
  DeregistrationProtection: image.owner === context.account ? protectionOf(image, context.now) : undefined,
  LastLaunchedTime: image.owner === context.account ? lastLaunched(image, context.now) : undefined,
  ImageAllowed: allowedMark(context, image),
  ImageWatermarks: watermarkViews(image),
  ScanResults: scanResultsView(image),
  InstanceTypeSpecification: typesView(image),
  Tags: Object.entries(imageTagsOf(context, image)).map(([Key, Value]) => ({ Key, Value })),
});

const typesView = ({ instanceTypes: its }: ImageRecord): Image['InstanceTypeSpecification'] => {
  const named = (types: string[] | undefined) => types?.map((InstanceType) => ({ InstanceType }));
  return (
    its && {
      SupportedInstanceTypes: named(its.supported),
      UnsupportedInstanceTypes: named(its.unsupported),
    }
  );
};

const volumesOf = ({ devices }: ImageRecord) => devices.flatMap(({ ebs }) => (ebs ? [ebs] : []));

const lacking = (filter: string) => (): never => {
  throw notImplemented(`the filter ${filter}`);
};

/** The filters of DescribeImages. */
export const imageFields = (context: Context): Fields<ImageRecord> => ({
  architecture: ({ architecture }) => architecture,
  ...watermarkFields,
  ...scanFields,
  'boot-mode': ({ bootMode }) => bootMode,
  'block-device-mapping.delete-on-termination': (image) =>
    volumesOf(image).map(({ deleteOnTermination }) => String(deleteOnTermination)),
  'block-device-mapping.device-name': ({ devices }) => devices.map(({ device }) => device),
  'block-device-mapping.encrypted': (image) => volumesOf(image).map(({ encrypted }) => String(encrypted)),
  'block-device-mapping.snapshot-id': (image) => volumesOf(image).map(({ snapshot }) => snapshot),
  'block-device-mapping.volume-size': (image) => volumesOf(image).map(({ size }) => String(size)),
  'block-device-mapping.volume-type': (image) => volumesOf(image).map(({ type }) => type),
  'creation-date': ({ createdAt }) => createdAt,
  description: ({ description }) => description,
  'ena-support': ({ enaSupport }) => String(enaSupport),
  hypervisor: () => 'xen',
  'image-allowed': (image) => String(allowedMark(context, image) ?? false),
  'image-id': ({ id }) => id,
  'image-type': () => 'machine',
  'is-public': ({ permissions }) => String(permissions.everyone),
  'manifest-location': ({ location }) => location,
  name: ({ name }) => name,
  'owner-alias': ({ ownerAlias }) => ownerAlias,
  'owner-id': ({ owner }) => owner,
  platform: ({ platform }) => platform,
  // Not in DescribeImages' list, but EC2 knows it: modules of OpenShift on AWS choose RHEL by it.
  'platform-details': ({ platformDetails = 'Linux/UNIX' }) => platformDetails,
  'root-device-name': ({ rootDeviceName }) => rootDeviceName,
  'root-device-type': ({ rootDeviceType = 'ebs' }) => rootDeviceType,
  'source-image-region': ({ sourceImage, sourceRegion }) =>
    sourceImage ? (sourceRegion ?? context.region) : undefined,
  'source-image-id': ({ sourceImage }) => sourceImage,
  'source-instance-id': ({ sourceInstance }) => sourceInstance,
  state: (image) => imageState(image, context.now),
  'state-reason-code': ({ stateReason }) => stateReason?.code,
  'state-reason-message': ({ stateReason }) => stateReason?.message,
  'sriov-net-support': ({ sriovNetSupport }) => sriovNetSupport,
  'virtualization-type': ({ virtualization }) => virtualization,
  'free-tier-eligible': lacking('free-tier-eligible'),
  'instance-type-specification.supported-instance-type': ({ instanceTypes: its }) => its?.supported ?? [],
  'instance-type-specification.unsupported-instance-type': ({ instanceTypes: its }) => its?.unsupported ?? [],
  'public-ssm-parameter-name': ({ id }) =>
    publishedIn(context.region).flatMap(({ image, parameters }) => (image.id === id ? parameters : [])),
  ...matchNothing('kernel-id', 'product-code', 'product-code.type', 'ramdisk-id'),
});

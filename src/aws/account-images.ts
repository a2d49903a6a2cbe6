import {
  type Image,
  paginateDescribeImages,
  paginateDescribeSnapshots,
  type ScanResults,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask, filterValues, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';
import { toTags } from './tags.ts';

/** An AMI with all that a rehearsal needs to have it, under gopackgo's names. */
export interface WholeImage {
  id: string;
  name: string;
  owner: string;
  /** `amazon`, `aws-marketplace`, … */
  ownerAlias?: string;
  description?: string;
  location: string;
  created: string;
  deprecated?: string;
  /** EC2's value: `available`, `disabled`, `failed`, `pending`, … */
  state: string;
  architecture: string;
  virtualization: string;
  rootDevice: string;
  rootDeviceName?: string;
  bootMode?: string;
  imdsSupport?: string;
  tpmSupport?: string;
  enaSupport: boolean;
  sriovNetSupport?: string;
  windows: boolean;
  platformDetails?: string;
  usageOperation?: string;
  public: boolean;
  devices: WholeDevice[];
  /** `123456789012:approved` */
  watermarks: string[];
  supportedTypes: string[];
  unsupportedTypes: string[];
  /** Amazon Inspector's last scan of it; absent where there was none. */
  scan?: ImageScan;
  tags: Record<string, string>;
}

export interface ImageScan {
  scannedAt: string;
  /** By severity, since when the first of its fixes is available. */
  fixSince: Record<string, string>;
}

export interface WholeDevice {
  device: string;
  virtualName?: string;
  snapshot?: string;
  /** GiB */
  size?: number;
  type?: string;
  iops?: number;
  throughput?: number;
  encrypted?: boolean;
  deleteOnTermination?: boolean;
}

/** AMIs by id or by name, whoever owns them, disabled and deprecated ones included; one that is not there is missing. */
export function wholeImages(
  clients: Clients,
  region: string,
  { by, values }: { by: 'image-id' | 'name'; values: readonly string[] },
): Promise<Lookup<WholeImage[]>> {
  return ask('ec2:DescribeImages', region, async () => {
    const found: WholeImage[] = [];
    for (const Values of inParts(values, filterValues)) {
      const pages = paginateDescribeImages(
        { client: clients.ec2(region), pageSize: 500 },
        { Filters: [{ Name: by, Values }], IncludeDeprecated: true, IncludeDisabled: true },
      );
      for await (const page of everyPage(pages)) found.push(...(page.Images ?? []).map(toImage));
    }
    return found;
  });
}

function toImage(image: Image): WholeImage {
  const types = image.InstanceTypeSpecification;
  return {
    id: image.ImageId ?? '',
    name: image.Name ?? '',
    owner: image.OwnerId ?? '',
    location: image.ImageLocation ?? '',
    created: image.CreationDate ?? '',
    state: image.State ?? 'unknown',
    architecture: image.Architecture ?? '',
    virtualization: image.VirtualizationType ?? '',
    rootDevice: image.RootDeviceType ?? '',
    enaSupport: image.EnaSupport === true,
    windows: image.Platform?.toLowerCase() === 'windows',
    public: image.Public === true,
    ...definedOnly({
      ownerAlias: image.ImageOwnerAlias || undefined,
      description: image.Description || undefined,
      deprecated: image.DeprecationTime || undefined,
      rootDeviceName: image.RootDeviceName || undefined,
      bootMode: image.BootMode,
      imdsSupport: image.ImdsSupport,
      tpmSupport: image.TpmSupport,
      sriovNetSupport: image.SriovNetSupport || undefined,
      platformDetails: image.PlatformDetails,
      usageOperation: image.UsageOperation,
      scan: scanOf(image.ScanResults),
    }),
    devices: (image.BlockDeviceMappings ?? []).flatMap(({ DeviceName = '', VirtualName, Ebs }) =>
      VirtualName || Ebs
        ? [
            {
              device: DeviceName,
              ...definedOnly({
                virtualName: VirtualName || undefined,
                snapshot: Ebs?.SnapshotId || undefined,
                size: Ebs?.VolumeSize,
                type: Ebs?.VolumeType,
                iops: Ebs?.Iops,
                throughput: Ebs?.Throughput,
                encrypted: Ebs?.Encrypted,
                deleteOnTermination: Ebs?.DeleteOnTermination,
              }),
            },
          ]
        : [],
    ),
    watermarks: (image.ImageWatermarks ?? []).flatMap(({ WatermarkKey }) => WatermarkKey ?? []),
    supportedTypes: (types?.SupportedInstanceTypes ?? []).flatMap(({ InstanceType }) => InstanceType ?? []),
    unsupportedTypes: (types?.UnsupportedInstanceTypes ?? []).flatMap(
      ({ InstanceType }) => InstanceType ?? [],
    ),
    tags: toTags(image.Tags),
  };
}

function scanOf(results: ScanResults | undefined): ImageScan | undefined {
  if (!results?.FindingScanDate) return undefined;
  const fixes = {
    informational: results.InformationalFixAvailableSince,
    low: results.LowFixAvailableSince,
    medium: results.MediumFixAvailableSince,
    high: results.HighFixAvailableSince,
    critical: results.CriticalFixAvailableSince,
  };
  return {
    scannedAt: results.FindingScanDate.toISOString(),
    fixSince: Object.fromEntries(
      Object.entries(fixes).flatMap(([severity, since]) => (since ? [[severity, since.toISOString()]] : [])),
    ),
  };
}

/** ARNs of the keys that snapshots are encrypted with, by snapshot. One that is not encrypted, or that this account cannot see, is missing. */
export function keysOfSnapshots(
  clients: Clients,
  region: string,
  ids: readonly string[],
): Promise<Lookup<Map<string, string>>> {
  return ask('ec2:DescribeSnapshots', region, async () => {
    const keys = new Map<string, string>();
    for (const Values of inParts(ids, filterValues)) {
      const pages = paginateDescribeSnapshots(
        { client: clients.ec2(region), pageSize: 500 },
        { Filters: [{ Name: 'snapshot-id', Values }] },
      );
      for await (const page of everyPage(pages)) {
        for (const { SnapshotId = '', KmsKeyId } of page.Snapshots ?? [])
          if (KmsKeyId) keys.set(SnapshotId, KmsKeyId);
      }
    }
    return keys;
  });
}

import { type Image, paginateDescribeImages } from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask, filterValues, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

/** Facts that decide whether a base image starts on an instance type, and who may use AMIs built from it. */
export interface BaseImageFacts {
  id: string;
  name: string;
  /** The account that owns it. */
  owner: string;
  /** `legacy-bios`, `uefi`, `uefi-preferred`; absent if the image does not say. */
  bootMode?: string;
  ena: boolean;
  /** `/dev/sda1` */
  rootDeviceName?: string;
  /** Its volumes, whatever their source. */
  volumes: { name: string; deleteOnTermination: boolean }[];
  /** The least size of its volumes that have one, in GiB, by device name. */
  sizes: { device: string; size: number }[];
  /** Encrypted snapshots of its volumes, by device name. */
  encrypted: { device: string; snapshot: string }[];
  /** `123456789012:approved`; inherited by every AMI built from it ("AMI watermarks", Amazon EC2 User Guide). */
  watermarks: string[];
  /** Deprecation time, ISO 8601. */
  deprecated?: string;
  /** Instance types that its owner allows, with `*` as a wildcard; all of them if the list is empty. */
  supportedTypes: string[];
  /** Instance types that its owner rules out. */
  unsupportedTypes: string[];
}

/** Facts about images by id, including deprecated and disabled ones. An image that this account cannot see is missing. */
export function baseImageFacts(
  clients: Clients,
  region: string,
  ids: readonly string[],
): Promise<Lookup<Map<string, BaseImageFacts>>> {
  return ask('ec2:DescribeImages', region, async () => {
    const facts = new Map<string, BaseImageFacts>();
    for (const Values of inParts(ids, filterValues)) {
      const pages = paginateDescribeImages(
        { client: clients.ec2(region), pageSize: 500 },
        { Filters: [{ Name: 'image-id', Values }], IncludeDeprecated: true, IncludeDisabled: true },
      );
      for await (const page of everyPage(pages))
        for (const image of page.Images ?? []) facts.set(image.ImageId ?? '', toFacts(image));
    }
    return facts;
  });
}

function toFacts(image: Image): BaseImageFacts {
  const types = image.InstanceTypeSpecification;
  return {
    id: image.ImageId ?? '',
    name: image.Name ?? '',
    owner: image.OwnerId ?? '',
    ...definedOnly({
      bootMode: image.BootMode,
      rootDeviceName: image.RootDeviceName || undefined,
      deprecated: image.DeprecationTime || undefined,
    }),
    ena: image.EnaSupport === true,
    volumes: (image.BlockDeviceMappings ?? []).flatMap(({ DeviceName: name, Ebs }) =>
      name && Ebs ? [{ name, deleteOnTermination: Ebs.DeleteOnTermination !== false }] : [],
    ),
    sizes: (image.BlockDeviceMappings ?? []).flatMap(({ DeviceName: device, Ebs }) =>
      device && Ebs?.VolumeSize ? [{ device, size: Ebs.VolumeSize }] : [],
    ),
    encrypted: (image.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) =>
      Ebs?.Encrypted && Ebs.SnapshotId ? [{ device: DeviceName ?? '', snapshot: Ebs.SnapshotId }] : [],
    ),
    watermarks: (image.ImageWatermarks ?? []).flatMap(({ WatermarkKey }) => WatermarkKey ?? []),
    supportedTypes: (types?.SupportedInstanceTypes ?? []).flatMap(({ InstanceType }) => InstanceType ?? []),
    unsupportedTypes: (types?.UnsupportedInstanceTypes ?? []).flatMap(
      ({ InstanceType }) => InstanceType ?? [],
    ),
  };
}

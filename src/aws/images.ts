import {
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  type Filter,
  type Image,
  ModifyImageAttributeCommand,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import {
  addAndRemove,
  generalEntries,
  type Permission,
  type PermissionChange,
  toPermission,
} from '../model/permission.ts';
import { ask, filterValues, inParts, orGone } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';
import { stateReasonText } from './state-reason.ts';
import { tagFilters, toTags } from './tags.ts';

export interface ImageQuery {
  /** `self`, or an account id; absent: any owner whose AMIs this account may use. */
  owner?: string;
  /** Several owners, or aliases such as `amazon`. */
  owners?: string[];
  ids?: string[];
  names?: string[];
  tags?: Record<string, string>;
  snapshots?: string[];
  /** More filters, under DescribeImages' names. */
  filters?: Readonly<Record<string, string[]>>;
}

/**
 * AMIs that match every part of the query, including disabled and deprecated ones. An id or name that does not exist is missing
 * from the answer; only a failed lookup is an error.
 */
export function findImages(clients: Clients, region: string, query: ImageQuery): Promise<Lookup<Ami[]>> {
  return ask('ec2:DescribeImages', region, async () => {
    const found = new Map<string, Ami>();
    const owners = query.owners ?? (query.owner ? [query.owner] : undefined);
    for (const filters of imageFilters(query)) {
      const pages = paginateDescribeImages(
        { client: clients.ec2(region), pageSize: 500 },
        {
          ...definedOnly({ Owners: owners }),
          Filters: filters,
          IncludeDisabled: true,
          IncludeDeprecated: true,
        },
      );
      for await (const page of everyPage(pages)) {
        for (const image of page.Images ?? []) found.set(image.ImageId ?? '', toAmi(image, region));
      }
    }
    return [...found.values()];
  });
}

function imageFilters(query: ImageQuery): Filter[][] {
  const fixed = tagFilters(query.tags ?? {});
  const lists: [string, string[] | undefined][] = [
    ['image-id', query.ids],
    ['name', query.names],
    ['block-device-mapping.snapshot-id', query.snapshots],
    ...Object.entries(query.filters ?? {}),
  ];
  const given = lists.flatMap(([Name, Values]) => (Values ? [{ Name, Values }] : []));
  const share = Math.max(1, Math.floor(filterValues / (fixed.length + given.length)));
  let parts: Filter[][] = [fixed];
  for (const { Name, Values } of given) {
    parts = parts.flatMap((part) => inParts(Values, share).map((some) => [...part, { Name, Values: some }]));
  }
  return parts;
}

function toAmi(image: Image, region: string): Ami {
  const reason = stateReasonText(image.StateReason);
  return {
    id: image.ImageId ?? '',
    name: image.Name ?? '',
    region,
    owner: image.OwnerId ?? '',
    state: image.State ?? 'unknown',
    architecture: image.Architecture ?? '',
    virtualization: image.VirtualizationType ?? '',
    rootDevice: image.RootDeviceType ?? '',
    ...(image.Platform?.toLowerCase() === 'windows' ? { windows: true } : {}),
    created: image.CreationDate ?? '',
    public: image.Public === true,
    ...definedOnly({
      stateReason: reason,
      deprecated: image.DeprecationTime || undefined,
      lastLaunched: image.LastLaunchedTime || undefined,
      protection: image.DeregistrationProtection || undefined,
      location: image.ImageLocation || undefined,
      sourceInstance: image.SourceInstanceId || undefined,
      description: image.Description || undefined,
      startup: startupOf(image),
      copyOf: (!image.SourceInstanceId && image.SourceImageId) || undefined,
    }),
    snapshots: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) =>
      Ebs?.SnapshotId ? [Ebs.SnapshotId] : [],
    ),
    tags: toTags(image.Tags),
  };
}

/** Fields of DescribeImages that decide how an instance starts; absent if it returns none of them. */
function startupOf(image: Image): Record<string, string> | undefined {
  const { ImdsSupport, BootMode, TpmSupport, EnaSupport, SriovNetSupport } = image;
  const given = Object.entries({ ImdsSupport, BootMode, TpmSupport, EnaSupport, SriovNetSupport }).flatMap(
    ([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]]),
  );
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** The launch permission of an AMI. */
export function launchPermission(clients: Clients, region: string, id: string): Promise<Lookup<Permission>> {
  return ask('ec2:DescribeImageAttribute', region, async () => {
    const answer = await clients
      .ec2(region)
      .send(new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' }));
    return toPermission(answer.LaunchPermissions ?? []);
  });
}

export function changeLaunchPermission(
  clients: Clients,
  region: string,
  id: string,
  change: PermissionChange,
): Promise<Lookup<void>> {
  const entries = (part: Permission) => [
    ...generalEntries(part),
    ...part.others.map((arn) =>
      arn.includes(':ou/') ? { OrganizationalUnitArn: arn } : { OrganizationArn: arn },
    ),
  ];
  return ask('ec2:ModifyImageAttribute', region, async () => {
    const LaunchPermission = addAndRemove(change, entries);
    await clients.ec2(region).send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission }));
  });
}

/** Whether AWS would allow deregistering an AMI (dry run). One that is already gone is not an error. */
export async function mayDeregister(clients: Clients, region: string, id: string): Promise<Lookup<void>> {
  const asked = await ask('ec2:DeregisterImage', region, () =>
    clients.ec2(region).send(new DeregisterImageCommand({ ImageId: id, DryRun: true })),
  );
  return !asked.ok && asked.error.code === 'DryRunOperation' ? okLookup(undefined) : orGone(asked);
}

/** Deregisters an AMI; its snapshots stay. One that is already gone is not an error. */
export async function deregisterImage(clients: Clients, region: string, id: string): Promise<Lookup<void>> {
  return orGone(
    await ask('ec2:DeregisterImage', region, () =>
      clients.ec2(region).send(new DeregisterImageCommand({ ImageId: id })),
    ),
  );
}

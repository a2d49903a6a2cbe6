import {
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteVolumeCommand,
  DescribeKeyPairsCommand,
  paginateDescribeSecurityGroups,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask, filterValues, inParts, orGone } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';
import { tagFilters, toTags } from './tags.ts';

/** A resource that a build creates besides its instance and AMI, and that must be removed after the build. */
export interface Found {
  id: string;
  name: string;
  tags: Record<string, string>;
  /** ISO 8601; EC2 does not give it for security groups. */
  created?: string;
}

const madeAt = (time: Date | undefined) => (time ? { created: time.toISOString() } : {});

/** Key pairs by name, with `*` as a wildcard. Their id here is the name, which DeleteKeyPair accepts and Packer logs. */
export function findKeyPairs(clients: Clients, region: string, names: string[]): Promise<Lookup<Found[]>> {
  return ask('ec2:DescribeKeyPairs', region, async () => {
    const found: Found[] = [];
    for (const Values of inParts(names, filterValues)) {
      const answer = await clients
        .ec2(region)
        .send(new DescribeKeyPairsCommand({ Filters: [{ Name: 'key-name', Values }] }));
      for (const { KeyName, Tags, CreateTime } of answer.KeyPairs ?? []) {
        found.push({ id: KeyName ?? '', name: KeyName ?? '', tags: toTags(Tags), ...madeAt(CreateTime) });
      }
    }
    return found;
  });
}

/** Security groups by tags, by ids or by names, with `*` as a wildcard. */
export function findSecurityGroups(
  clients: Clients,
  region: string,
  query: { tags: Record<string, string> } | { names: string[] } | { ids: string[] },
): Promise<Lookup<Found[]>> {
  const lists =
    'tags' in query
      ? [tagFilters(query.tags)]
      : 'names' in query
        ? inParts(query.names, filterValues).map((Values) => [{ Name: 'group-name', Values }])
        : inParts(query.ids, filterValues).map((Values) => [{ Name: 'group-id', Values }]);
  return ask('ec2:DescribeSecurityGroups', region, async () => {
    const found: Found[] = [];
    for (const Filters of lists) {
      const pages = paginateDescribeSecurityGroups(
        { client: clients.ec2(region), pageSize: 500 },
        { Filters },
      );
      for await (const page of everyPage(pages)) {
        for (const { GroupId, GroupName, Tags } of page.SecurityGroups ?? []) {
          found.push({ id: GroupId ?? '', name: GroupName ?? '', tags: toTags(Tags) });
        }
      }
    }
    return found;
  });
}

/** Volumes not attached to an instance. */
export function findLooseVolumes(
  clients: Clients,
  region: string,
  tags: Record<string, string>,
): Promise<Lookup<Found[]>> {
  return ask('ec2:DescribeVolumes', region, async () => {
    const found: Found[] = [];
    const pages = paginateDescribeVolumes(
      { client: clients.ec2(region), pageSize: 500 },
      { Filters: [...tagFilters(tags), { Name: 'status', Values: ['available', 'error'] }] },
    );
    for await (const page of everyPage(pages)) {
      for (const { VolumeId, Tags, CreateTime } of page.Volumes ?? []) {
        found.push({ id: VolumeId ?? '', name: VolumeId ?? '', tags: toTags(Tags), ...madeAt(CreateTime) });
      }
    }
    return found;
  });
}

export async function deleteKeyPair(clients: Clients, region: string, name: string): Promise<Lookup<void>> {
  return orGone(
    await ask('ec2:DeleteKeyPair', region, () =>
      clients.ec2(region).send(new DeleteKeyPairCommand({ KeyName: name })),
    ),
  );
}

/** Refused with `DependencyViolation` while an instance uses it. */
export async function deleteSecurityGroup(
  clients: Clients,
  region: string,
  id: string,
): Promise<Lookup<void>> {
  return orGone(
    await ask('ec2:DeleteSecurityGroup', region, () =>
      clients.ec2(region).send(new DeleteSecurityGroupCommand({ GroupId: id })),
    ),
  );
}

export async function deleteVolume(clients: Clients, region: string, id: string): Promise<Lookup<void>> {
  return orGone(
    await ask('ec2:DeleteVolume', region, () =>
      clients.ec2(region).send(new DeleteVolumeCommand({ VolumeId: id })),
    ),
  );
}

/** Writes tags to any EC2 resources; tags with the same key are replaced. */
export function writeTags(
  clients: Clients,
  region: string,
  ids: string[],
  tags: Record<string, string>,
): Promise<Lookup<void>> {
  return ask('ec2:CreateTags', region, async () => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await clients.ec2(region).send(new CreateTagsCommand({ Resources: ids, Tags }));
  });
}

import {
  type Instance as Ec2Instance,
  paginateDescribeInstances,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Instance } from '../model/instance.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask, filterValues, inParts, orGone } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';
import { stateReasonText } from './state-reason.ts';
import { tagFilters, toTags } from './tags.ts';

/** Instances by tags or by ids, or all of the account; including terminated ones while EC2 shows them (about an hour). */
export function findInstances(
  clients: Clients,
  region: string,
  query: { ids: string[] } | { tags: Record<string, string> } | 'all',
): Promise<Lookup<Instance[]>> {
  const parts =
    query === 'all'
      ? [[]]
      : 'ids' in query
        ? inParts(query.ids, filterValues).map((Values) => [{ Name: 'instance-id', Values }])
        : [tagFilters(query.tags)];
  return ask('ec2:DescribeInstances', region, async () => {
    const found: Instance[] = [];
    for (const Filters of parts) {
      const pages = paginateDescribeInstances({ client: clients.ec2(region), pageSize: 500 }, { Filters });
      for await (const page of everyPage(pages)) {
        for (const { Instances } of page.Reservations ?? []) {
          for (const instance of Instances ?? []) found.push(toInstance(instance, region));
        }
      }
    }
    return found;
  });
}

function toInstance(instance: Ec2Instance, region: string): Instance {
  const tags = toTags(instance.Tags);
  const reason = stateReasonText(instance.StateReason);
  const { 'aws:ec2launchtemplate:id': id, 'aws:ec2launchtemplate:version': version } = tags;
  return {
    id: instance.InstanceId ?? '',
    region,
    state: instance.State?.Name ?? 'unknown',
    ...(reason === undefined ? {} : { stateReason: reason }),
    launched: instance.LaunchTime?.toISOString() ?? '',
    securityGroups: (instance.SecurityGroups ?? []).map(({ GroupId, GroupName }) => ({
      id: GroupId ?? '',
      name: GroupName ?? '',
    })),
    ...definedOnly({
      keyPair: instance.KeyName || undefined,
      image: instance.ImageId || undefined,
      template: id && version ? { id, version } : undefined,
    }),
    tags,
  };
}

/** Requests termination, which is complete once the state is `terminated`. An instance already gone is not an error. */
export async function terminateInstance(clients: Clients, region: string, id: string): Promise<Lookup<void>> {
  return orGone(
    await ask('ec2:TerminateInstances', region, () =>
      clients.ec2(region).send(new TerminateInstancesCommand({ InstanceIds: [id] })),
    ),
  );
}

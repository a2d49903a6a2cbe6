import { paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

/** An instance that counts against a quota of vCPUs. */
export interface RunningInstance {
  id: string;
  type: string;
  vcpus: number;
  spot: boolean;
}

/** Running and starting instances of this account ("On-Demand Instance quotas", Amazon EC2 User Guide: pending and running). */
export function runningInstances(clients: Clients, region: string): Promise<Lookup<RunningInstance[]>> {
  return ask('ec2:DescribeInstances', region, async () => {
    const found: RunningInstance[] = [];
    const pages = paginateDescribeInstances(
      { client: clients.ec2(region), pageSize: 1000 },
      { Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running'] }] },
    );
    for await (const page of everyPage(pages)) {
      for (const { Instances = [] } of page.Reservations ?? []) {
        for (const { InstanceId = '', InstanceType = '', CpuOptions, InstanceLifecycle } of Instances) {
          const { CoreCount = 1, ThreadsPerCore = 1 } = CpuOptions ?? {};
          const vcpus = CoreCount * ThreadsPerCore;
          found.push({ id: InstanceId, type: InstanceType, vcpus, spot: InstanceLifecycle === 'spot' });
        }
      }
    }
    return found;
  });
}

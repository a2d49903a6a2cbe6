import type { Clients } from '../aws/connection.ts';
import { offeredZones } from '../aws/instance-types.ts';
import { countPublicImages, publicAmisQuota } from '../aws/public-images.ts';
import { ec2Quota } from '../aws/service-quota.ts';
import { runningInstances } from '../aws/vcpus-in-use.ts';
import type { LaunchType } from '../checks/launch-types.ts';
import { okLookup } from '../model/lookup.ts';
import { vcpuQuotaOf } from '../model/vcpu-quotas.ts';
import { type Part, partOf, together } from './part.ts';

/** The quotas that builders and public AMIs count against, with their current use, and the zones that offer the builders' types. */
export async function capacityOf(
  clients: Clients,
  region: string,
  types: readonly LaunchType[],
): Promise<Part> {
  const ofTypes = types.flatMap(({ type, spot }) => vcpuQuotaOf(type, spot)?.code ?? []);
  const codes = [...new Set([publicAmisQuota, ...ofTypes])];
  const names = [...new Set(types.map(({ type }) => type))];
  const [limits, running, open, offered] = await Promise.all([
    Promise.all(codes.map(async (code) => [code, await ec2Quota(clients, region, code)] as const)),
    ofTypes.length > 0 ? runningInstances(clients, region) : okLookup([]),
    countPublicImages(clients, region),
    names.length > 0 ? offeredZones(clients, region, names) : okLookup(new Map<string, string[]>()),
  ]);
  return together([
    ...limits.map(([code, limit]) => partOf(limit, (value) => ({ quotas: { [code]: Math.floor(value) } }))),
    partOf(running, (instances) => ({
      inUse: Object.fromEntries(
        [...new Set(ofTypes)].flatMap((code) => {
          const vcpus = instances
            .filter(({ type, spot }) => vcpuQuotaOf(type, spot)?.code === code)
            .reduce((sum, one) => sum + one.vcpus, 0);
          return vcpus > 0 ? [[code, vcpus]] : [];
        }),
      ),
    })),
    partOf(open, (count) => (count > 0 ? { inUse: { [publicAmisQuota]: count } } : {})),
    partOf(offered, (zones) => ({
      instanceTypes: Object.fromEntries(names.map((name) => [name, zones.get(name) ?? []])),
    })),
  ]);
}

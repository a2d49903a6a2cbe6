import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/** A quota of Service Quotas. */
export interface Quota {
  ServiceCode: 'ec2' | 'ebs';
  QuotaCode: string;
}

/** A quota of this account in a region; AWS's default where it was never raised. */
export async function quotaOf(clients: Clients, region: string, quota: Quota): Promise<Lookup<number>> {
  const applied = await ask('servicequotas:GetServiceQuota', region, async () => {
    const { GetServiceQuotaCommand } = await import('@aws-sdk/client-service-quotas');
    return numberIn(await (await clients.quotas(region)).send(new GetServiceQuotaCommand(quota)), quota);
  });
  if (applied.ok || applied.error.code !== 'NoSuchResourceException') return applied;
  return ask('servicequotas:GetAWSDefaultServiceQuota', region, async () => {
    const { GetAWSDefaultServiceQuotaCommand } = await import('@aws-sdk/client-service-quotas');
    const command = new GetAWSDefaultServiceQuotaCommand(quota);
    return numberIn(await (await clients.quotas(region)).send(command), quota);
  });
}

function numberIn(
  { Quota: found }: { Quota?: { Value?: number | undefined } | undefined },
  { QuotaCode }: Quota,
): number {
  if (found?.Value === undefined) throw new Error(`Service Quotas returned ${QuotaCode} without a value`);
  return found.Value;
}

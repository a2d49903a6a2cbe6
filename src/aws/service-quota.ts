import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/** A quota of Amazon EC2 for this account in a region; AWS's default if it was never raised (Service Quotas API reference). */
export const ec2Quota = (clients: Clients, region: string, code: string): Promise<Lookup<number>> =>
  serviceQuota(clients, region, 'ec2', code);

/** The same for Amazon EBS. */
export const ebsQuota = (clients: Clients, region: string, code: string): Promise<Lookup<number>> =>
  serviceQuota(clients, region, 'ebs', code);

async function serviceQuota(
  clients: Clients,
  region: string,
  service: 'ec2' | 'ebs',
  code: string,
): Promise<Lookup<number>> {
  const quota = { ServiceCode: service, QuotaCode: code };
  const applied = await ask('servicequotas:GetServiceQuota', region, async () => {
    const { GetServiceQuotaCommand } = await import('@aws-sdk/client-service-quotas');
    return numberOf(code, await (await clients.quotas(region)).send(new GetServiceQuotaCommand(quota)));
  });
  if (applied.ok || applied.error.code !== 'NoSuchResourceException') return applied;
  return ask('servicequotas:GetAWSDefaultServiceQuota', region, async () => {
    const { GetAWSDefaultServiceQuotaCommand } = await import('@aws-sdk/client-service-quotas');
    const command = new GetAWSDefaultServiceQuotaCommand(quota);
    return numberOf(code, await (await clients.quotas(region)).send(command));
  });
}

function numberOf(code: string, { Quota }: { Quota?: { Value?: number | undefined } | undefined }): number {
  if (Quota?.Value === undefined) throw new Error(`Service Quotas returned ${code} without a value`);
  return Quota.Value;
}

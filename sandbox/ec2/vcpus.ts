import type { CpuOptions } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { QuotaCode } from '../model/settings/quotas.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { factsOf } from './instance-type-facts.ts';
import { instancesOf } from './standing-use.ts';

/** The number of vCPUs of an instance type; 2 for an unknown type. */
export const vcpusOf = (type: string): number => factsOf(type)?.vcpus ?? 2;

/** Its cores and threads per core ("CPU options for EC2 instances"). `own`: vCPUs that differ from the type's. */
export const cpuOptionsOf = (type: string, own?: number): CpuOptions => {
  if (own !== undefined) return { CoreCount: own, ThreadsPerCore: 1 };
  const ThreadsPerCore = factsOf(type)?.threadsPerCore ?? 1;
  return { CoreCount: vcpusOf(type) / ThreadsPerCore, ThreadsPerCore };
};

/** The quota that instances of a type count against ("On-Demand Instance quotas", EC2 User Guide). */
export const quotaOf = (type: string): QuotaCode => {
  const family = type.split('.')[0] ?? '';
  const special: [RegExp, QuotaCode][] = [
    [/^hpc/, 'L-F7808C92'],
    [/^inf/, 'L-1945791B'],
    [/^trn/, 'L-2C3B7624'],
    [/^dl/, 'L-6E869C2A'],
    [/^u/, 'L-43DA4232'],
    [/^(g|vt)/, 'L-DB2E81BA'],
    [/^p/, 'L-417A185B'],
    [/^x/, 'L-7295265B'],
    [/^f/, 'L-74FC7D96'],
  ];
  return special.find(([pattern]) => pattern.test(family))?.[1] ?? 'L-1216C47A';
};

const spotQuotas: Partial<Record<QuotaCode, QuotaCode>> = {
  'L-1216C47A': 'L-34B43A08',
  'L-DB2E81BA': 'L-3819A6DF',
  'L-417A185B': 'L-7212CCBC',
  'L-7295265B': 'L-E3A00192',
  'L-74FC7D96': 'L-88CF9481',
  'L-1945791B': 'L-B5D1601B',
  'L-2C3B7624': 'L-6B0D517C',
  'L-6E869C2A': 'L-85EED4F7',
};

/** The quota of its Spot Instances ("Spot Instance quotas"); undefined for families without a quota in the sandbox. */
export const spotQuotaOf = (type: string): QuotaCode | undefined => spotQuotas[quotaOf(type)];

/** vCPUs of the running and starting instances that count against a quota. */
export const vcpusInUse = (context: Context, quota: QuotaCode): number =>
  instancesOf(context)
    .filter(
      ({ state, type, spotRequest }) =>
        state === 'running' && (spotRequest === undefined ? quotaOf(type) : spotQuotaOf(type)) === quota,
    )
    .reduce((sum, { type, vcpus = vcpusOf(type) }) => sum + vcpus, 0);

/** The same for Spot Instances; throws `MaxSpotInstanceCountExceeded`. */
export const withinSpotQuota = (context: Context, type: string, least: number, most: number): number => {
  const quota = spotQuotaOf(type);
  const limit = quota === undefined ? 0 : settingsOf(context).quotas[quota];
  const used = quota === undefined ? 0 : vcpusInUse(context, quota);
  const room = Math.floor((limit - used) / vcpusOf(type));
  if (room < least) throw new AwsError('MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded');
  return Math.min(most, room);
};

/**
 * How many of the requested instances may start: as many as the quota has room for, but at least `least`. Throws
 * `VcpuLimitExceeded` if there is not even room for those.
 */
export const withinVcpuQuota = (context: Context, type: string, least: number, most: number): number => {
  const quota = quotaOf(type);
  const limit = settingsOf(context).quotas[quota];
  const room = Math.floor((limit - vcpusInUse(context, quota)) / vcpusOf(type));
  if (room < least) {
    throw new AwsError(
      'VcpuLimitExceeded',
      `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
    );
  }
  return Math.min(most, room);
};

import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { realClock } from '../lib/clock.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { countdown } from './countdown.ts';
import { homeRegionOfPartition, partitionOf } from './partition.ts';

/** The region for global lookups: one in the same partition as the regions published to. */
export function homeRegion(regions: readonly string[]): string {
  const partition = regions.map(partitionOf).find((one) => one !== 'aws');
  return homeRegionOfPartition(partition);
}

/** Long enough for a login through a credential process, and far below what ten attempts at a dead proxy take. */
const firstAnswerLimit = 60_000;

/**
 * The account of the credentials, twelve digits. It is the first call of a run, so a network that drops all packets is noticed
 * here: `NoAnswer` after `limitMs` milliseconds.
 */
export function callerAccount(
  clients: Clients,
  region: string,
  limitMs = firstAnswerLimit,
): Promise<Lookup<string>> {
  return ask('sts:GetCallerIdentity', region, async () => {
    const overdue = new AbortController();
    const answered = new AbortController();
    const { signal: abortSignal } = overdue;
    const end = (isOver: boolean) => {
      if (isOver) overdue.abort();
    };
    countdown(limitMs, realClock, answered.signal).then(end, () => undefined);
    const asked = clients.sts(region).send(new GetCallerIdentityCommand({}), { abortSignal });
    const { Account } = await asked
      .catch((error) => {
        throw abortSignal.aborted ? noAnswer(limitMs) : error;
      })
      .finally(() => answered.abort());
    if (!Account) throw new Error('the answer contains no account');
    return Account;
  });
}

const noAnswer = (limitMs: number) =>
  Object.assign(new Error(`no answer within ${limitMs / 1000} s`), { name: 'NoAnswer' });

export interface RegionState {
  name: string;
  /** False if the account has not opted in to a region that requires it. */
  enabled: boolean;
}

/** All regions of the partition, including those not opted in to. */
export function listRegions(clients: Clients, region: string): Promise<Lookup<RegionState[]>> {
  return ask('ec2:DescribeRegions', region, async () => {
    const { Regions } = await clients.ec2(region).send(new DescribeRegionsCommand({ AllRegions: true }));
    return (Regions ?? []).map(({ RegionName, OptInStatus }) => ({
      name: RegionName ?? '',
      enabled: OptInStatus !== 'not-opted-in',
    }));
  });
}

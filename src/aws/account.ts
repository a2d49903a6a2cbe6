import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { homeRegionOfPartition, partitionOf } from './partition.ts';

/** The region to ask global questions in: one of the same partition as the regions published to. */
export function homeRegion(regions: readonly string[]): string {
  const partition = regions.map(partitionOf).find((one) => one !== 'aws');
  return homeRegionOfPartition(partition);
}

/** Long enough to log in through a program of one's own, and far below what ten attempts at a dead proxy take. */
const firstAnswerLimit = 60_000;

/**
 * The account that the credentials belong to, twelve digits. It is the first question of a run, so that a network that
 * swallows everything shows here: `NoAnswer` after `limitMs` milliseconds.
 */
export function callerAccount(
  clients: Clients,
  region: string,
  limitMs = firstAnswerLimit,
): Promise<Lookup<string>> {
  return ask('sts:GetCallerIdentity', region, async () => {
    const abortSignal = AbortSignal.timeout(limitMs);
    const asked = clients.sts(region).send(new GetCallerIdentityCommand({}), { abortSignal });
    const { Account } = await asked.catch((error) => {
      throw abortSignal.aborted ? noAnswer(limitMs) : error;
    });
    if (!Account) throw new Error('the answer names no account');
    return Account;
  });
}

const noAnswer = (limitMs: number) =>
  Object.assign(new Error(`none within ${limitMs / 1000} s`), { name: 'NoAnswer' });

export interface RegionState {
  name: string;
  /** False where the account has to opt in first and has not. */
  enabled: boolean;
}

/** All regions of the partition, those not opted into as well. */
export function listRegions(clients: Clients, region: string): Promise<Lookup<RegionState[]>> {
  return ask('ec2:DescribeRegions', region, async () => {
    const { Regions } = await clients.ec2(region).send(new DescribeRegionsCommand({ AllRegions: true }));
    return (Regions ?? []).map(({ RegionName, OptInStatus }) => ({
      name: RegionName ?? '',
      enabled: OptInStatus !== 'not-opted-in',
    }));
  });
}

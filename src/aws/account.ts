import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Look } from '../lib/look.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { homeRegionOfPartition, partitionOf } from './partition.ts';

/** The region to ask global questions in: one of the same partition as the regions published to. */
export function homeRegion(regions: readonly string[]): string {
  const partition = regions.map(partitionOf).find((one) => one !== 'aws');
  return homeRegionOfPartition(partition);
}

/** The account that the credentials belong to, twelve digits. */
export function callerAccount(clients: Clients, region: string): Promise<Look<string>> {
  return ask('sts:GetCallerIdentity', region, async () => {
    const { Account } = await clients.sts(region).send(new GetCallerIdentityCommand({}));
    if (!Account) throw new Error('the answer names no account');
    return Account;
  });
}

export interface RegionState {
  name: string;
  /** False where the account has to opt in first and has not. */
  enabled: boolean;
}

/** All regions of the partition, those not opted into as well. */
export function listRegions(clients: Clients, region: string): Promise<Look<RegionState[]>> {
  return ask('ec2:DescribeRegions', region, async () => {
    const { Regions } = await clients.ec2(region).send(new DescribeRegionsCommand({ AllRegions: true }));
    return (Regions ?? []).map(({ RegionName, OptInStatus }) => ({
      name: RegionName ?? '',
      enabled: OptInStatus !== 'not-opted-in',
    }));
  });
}

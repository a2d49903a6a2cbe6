import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  type Image,
  type Snapshot,
} from '@aws-sdk/client-ec2';
import type { World as Sandbox } from '../../sandbox/testing/index.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { plan } from './embedded.ts';
import { targetsOf } from './held-builds.ts';

export const sourceRegion = 'us-east-1';

/** A plan in which these images are built in us-east-1 and copied to these regions. */
export function copiedPlan(
  to: readonly string[],
  {
    images = ['a'],
    sharedWith = [],
    bestEffort = [] as readonly string[],
  }: {
    images?: readonly string[];
    sharedWith?: string[];
    bestEffort?: readonly string[];
  } = {},
): ReleasePlan {
  const targets = targetsOf([sourceRegion, ...to], images).map((target): Target => {
    const required = !bestEffort.includes(target.region);
    if (target.region === sourceRegion) return { ...target, required };
    const copy = { from: `${sourceRegion}-${target.image}`, region: sourceRegion };
    return { ...target, required, copy, recipe: 'sha256:copy' };
  });
  return { ...plan, targets, sharing: { ...plan.sharing, accounts: sharedWith } };
}

/** The AMIs of the account in a region, failed and pending ones too. */
export const imagesIn = async (sandbox: Sandbox, region: string): Promise<Image[]> =>
  (await sandbox.ec2({ region }).send(new DescribeImagesCommand({ Owners: ['self'] }))).Images ?? [];

export const snapshotsIn = async (sandbox: Sandbox, region: string): Promise<Snapshot[]> =>
  (await sandbox.ec2({ region }).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots ?? [];

/** The value of a tag of an AMI or a snapshot. */
export const tagOf = ({ Tags }: Pick<Image, 'Tags'>, key: string) =>
  (Tags ?? []).find(({ Key }) => Key === key)?.Value;

/** The calls of an operation that were made, in order, as the sandbox logged them. */
export const callsOf = (sandbox: Sandbox, operation: string): { region: string; error?: string }[] =>
  readFileSync(join(sandbox.folder, 'calls.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((call) => call.operation === operation);

import {
  countPublicImages,
  countRecycledImages,
  publicAmisQuota,
  publicImagesAllowed,
} from '../aws/public-images.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { inEachRegion } from './check.ts';
import { type Finding, notKnown } from './finding.ts';
import type { RegionWork } from './region-work.ts';

export const publicAmis = inEachRegion(
  ({ toMakePublic }) => toMakePublic > 0,
  async (work, { clients }) => {
    const [allowed, used, recycled] = await Promise.all([
      publicImagesAllowed(clients, work.region),
      countPublicImages(clients, work.region),
      work.isLast ? okLookup(0) : countRecycledImages(clients, work.region),
    ]);
    return judgePublicAmisQuota(work, { allowed, public: used, recycled });
  },
);

export interface PublicAmis {
  allowed: Lookup<number>;
  public: Lookup<number>;
  /** AMIs in the Recycle Bin, public or not: a warning at most. */
  recycled: Lookup<number>;
}

/** The default and minimum (Service Quotas, Amazon EC2, "Public AMIs"). */
const defaultQuota = 5;

/**
 * Whether the AMIs to make public fit in the region's quota, which also counts deprecated AMIs and those in the Recycle Bin
 * ("AMI quotas", Amazon EC2 User Guide). If the quota may not be read, AWS's default is used. Pure.
 */
export function judgePublicAmisQuota(
  { region, toMakePublic }: RegionWork,
  { allowed, public: used, recycled }: PublicAmis,
): Finding {
  const place = { check: 'quota of public AMIs', region, stops: 'sharing' } as const;
  const room = `room for ${toMakePublic} more`;
  if (!used.ok) return notKnown(place, room, used.error);
  const needed = used.value + toMakePublic;
  if (!allowed.ok && needed > defaultQuota)
    return notKnown(place, `a quota of at least ${needed}`, allowed.error);
  const limit = allowed.ok ? allowed.value : defaultQuota;
  const command =
    `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${publicAmisQuota} ` +
    `--region ${region} --desired-value ${needed}`;
  const advice = { todo: `${command}; or make older AMIs private`, command };
  if (needed > limit) {
    const found = `${used.value} public AMIs, and ${limit} are allowed`;
    return { ...place, is: 'refused', code: 'public-ami-quota', expected: room, found, ...advice };
  }
  if (recycled.ok && needed + recycled.value <= limit) return { ...place, is: 'ok' };
  const bin = recycled.ok ? `${recycled.value} AMIs` : `unknown (${recycled.error.code})`;
  const found = `Recycle Bin: ${bin}, besides ${used.value} public AMIs, and ${limit} are allowed`;
  const expected = `${room}, since public AMIs in the Recycle Bin count`;
  return { ...place, is: 'warning', expected, found, ...advice };
}

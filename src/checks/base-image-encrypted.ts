import type { BaseImageFacts } from '../aws/base-image-facts.ts';
import type { Lookup } from '../model/lookup.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { together } from './instance-type.ts';
import { isShared, type RegionWork } from './region-work.ts';
import { basesOf } from './shared-answers.ts';

export const baseImageEncrypted = inEachRegion(
  (work) => work.toBuild.length > 0 && isShared(work),
  async (work, { clients, placeOf }) => judgeBaseEncryption(work, await basesOf(work, clients), placeOf),
);

/**
 * An AMI built from an encrypted base image is encrypted, whatever the config says ("Use encryption with EBS-backed AMIs",
 * Amazon EC2 User Guide): it cannot be public, and others need the key to use it. Pure.
 */
export function judgeBaseEncryption(
  { region, sharing, toBuild }: Pick<RegionWork, 'region' | 'sharing' | 'toBuild'>,
  bases: Lookup<ReadonlyMap<string, BaseImageFacts>>,
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const all: Place = { check: 'encryption of the base image', region, stops: 'building' };
  const expected = sharing.public
    ? 'a base image that is not encrypted, since its AMIs would be encrypted and could not be public'
    : 'a base image that is not encrypted, or encrypted with a key that the accounts you share with may use';
  if (!bases.ok) return [notKnown(all, expected, bases.error)];
  const found = toBuild.flatMap((target): Finding[] => {
    const base = bases.value.get(target.base.id);
    if (target.expect.rootDevice !== 'ebs' || !base || base.encrypted.length === 0) return [];
    // Its volumes are encrypted again, with the config's key.
    if (target.encryption?.kmsKey !== undefined && !sharing.public) return [];
    const place = { ...all, place: placeOf(target, ['source_ami']), targets: [target.name] };
    const snapshots = base.encrypted.map(({ device, snapshot }) => `${snapshot} (${device})`).join(', ');
    const found = `${base.id} ("${base.name}"), encrypted: ${snapshots}`;
    if (sharing.public) {
      const todo = 'Use a base image that is not encrypted: no option in the config removes the encryption';
      return [{ ...place, is: 'refused', code: 'base-image-encrypted', expected, found, todo }];
    }
    const todo =
      'Make sure that its key is a customer managed one, and that its policy allows them kms:DescribeKey, kms:CreateGrant, kms:ReEncrypt*, kms:Decrypt';
    return [{ ...place, is: 'warning', expected, found, todo }];
  });
  return found.length === 0 ? [{ ...all, is: 'ok' }] : together(found);
}

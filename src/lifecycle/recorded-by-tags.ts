import type { ReleaseAmi } from '../model/release-ami.ts';
import { parseBaseTag, tagKeys } from '../model/resource-names.ts';
import type { RecordedAmi } from '../record/recorded-ami.ts';

/** The record of an AMI that is known only by its tags. Pure. */
export function recordedByTags(
  { publication, account }: { publication: string; account: string },
  { ami, release, version, image, target }: ReleaseAmi,
): RecordedAmi {
  const base = ami.tags[tagKeys.base] ?? '';
  const { rootDevice, location } = ami;
  return {
    publication,
    version,
    release,
    account,
    region: ami.region,
    image,
    target,
    id: ami.id,
    amiName: ami.name,
    architecture: ami.architecture,
    virtualization: ami.virtualization,
    rootDevice,
    created: ami.created,
    snapshots: ami.snapshots,
    recipe: ami.tags[tagKeys.recipe] ?? '',
    base: parseBaseTag(base) ?? { owner: '', name: base },
    ...(rootDevice === 'instance-store' && location !== undefined ? { location } : {}),
    tags: ami.tags,
  };
}

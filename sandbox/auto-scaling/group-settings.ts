import type { CreateAutoScalingGroupType, Tag, TagDescription } from '@aws-sdk/client-auto-scaling';
import type { Context } from '../calls/operation.ts';
import { defaultVpc, subnetsOf } from '../ec2/network-records.ts';
import { regionFacts } from '../model/regions.ts';
import { asked, invalid } from './errors.ts';

type Place = Pick<CreateAutoScalingGroupType, 'AvailabilityZones' | 'VPCZoneIdentifier'>;
interface Sizes {
  MinSize: number;
  MaxSize: number;
  DesiredCapacity: number;
}

/** The zones and subnets of a group. A request has to name one of them; zones follow from subnets. */
export const placeOf = (
  context: Context,
  { AvailabilityZones: zones = [], VPCZoneIdentifier = '' }: Place,
): { AvailabilityZones: string[]; VPCZoneIdentifier: string } => {
  const all = subnetsOf(context);
  const ids = VPCZoneIdentifier.split(',').filter((id) => id !== '');
  if (ids.length === 0 && zones.length === 0) {
    throw invalid('At least one Availability Zone or VPC Subnet is required.');
  }
  const { name, zones: letters } = regionFacts(context.region);
  const strange = zones.filter((zone) => !letters.some((letter) => zone === `${name}${letter}`));
  if (strange.length > 0) throw invalid(`Invalid availability zones [${strange.join(', ')}]`);
  if (ids.length === 0) {
    asked('', () => defaultVpc(context));
    return { AvailabilityZones: zones, VPCZoneIdentifier: '' };
  }
  const chosen = ids.map((id) => {
    const subnet = all.find((one) => one.id === id);
    if (!subnet) throw invalid(`The subnet ID '${id}' does not exist`);
    return subnet.zone;
  });
  if (zones.some((zone) => !chosen.includes(zone))) {
    throw invalid('The availability zones of the specified subnets and the AutoScalingGroup do not match');
  }
  return { AvailabilityZones: [...new Set(chosen)], VPCZoneIdentifier: ids.join(',') };
};

/** Throws unless 0 ≤ minimum ≤ desired ≤ maximum. */
export const checkSizes = ({ MinSize, MaxSize, DesiredCapacity }: Sizes): void => {
  if (MinSize < 0) throw invalid(`Min bound, ${MinSize}, must be greater than or equal to 0`);
  if (MaxSize < MinSize) {
    throw invalid(`Max bound, ${MaxSize}, must be greater than or equal to min bound, ${MinSize}`);
  }
  if (DesiredCapacity < MinSize || DesiredCapacity > MaxSize) {
    throw invalid(
      `Desired capacity:${DesiredCapacity} must be between the specified min size:${MinSize} and max size:${MaxSize}`,
    );
  }
};

const healthChecks = ['EC2', 'EBS', 'ELB', 'VPC_LATTICE'];

export const checkHealth = (type: string | undefined): void => {
  for (const one of type?.split(',') ?? []) {
    if (!healthChecks.includes(one)) throw invalid(`Invalid health check type: ${one}`);
  }
};

/**
 * A group's tags as the API shows them ("Tag Auto Scaling groups and instances": up to 50, keys up to 128 characters, values up
 * to 256).
 */
export const tagsShown = (group: string, tags: Tag[] = []): TagDescription[] => {
  if (tags.length > 50) throw invalid('An Auto Scaling group has at most 50 tags.');
  const keys = new Set<string>();
  return tags.map(({ ResourceId, ResourceType, Key = '', Value = '', PropagateAtLaunch = false }) => {
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key) || keys.has(Key)) {
      throw invalid(`The tag '${Key}' is not valid: its key is empty, too long, reserved or there twice.`);
    }
    if ((ResourceId ?? group) !== group || (ResourceType ?? 'auto-scaling-group') !== 'auto-scaling-group') {
      throw invalid(`The tag '${Key}' is of another resource than the group ${group}.`);
    }
    keys.add(Key);
    return { ResourceId: group, ResourceType: 'auto-scaling-group', Key, Value, PropagateAtLaunch };
  });
};

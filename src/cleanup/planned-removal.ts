import { definedOnly } from '../lib/defined-only.ts';
import type { Removal } from '../model/resource.ts';
import type { ConsideredAmi } from './considered-ami.ts';

/** An AMI that is to be deleted, with its dependents; undefined for one of unknown origin. Pure. */
export function plannedRemoval({ ami, origin }: Pick<ConsideredAmi, 'ami' | 'origin'>): Removal | undefined {
  if (!origin) return undefined;
  const { id, name, region, snapshots, sourceInstance, rootDevice, location } = ami;
  return {
    ami: id,
    amiName: name,
    region,
    release: origin.release,
    target: origin.target,
    snapshots: [...new Set(snapshots)],
    ...definedOnly({ sourceInstance }),
    ...(rootDevice === 'instance-store' && location !== undefined ? { location } : {}),
  };
}

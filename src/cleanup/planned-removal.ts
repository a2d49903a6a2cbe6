import { definedOnly } from '../lib/defined-only.ts';
import { isProtected } from '../model/protection.ts';
import type { Removal } from '../model/resource.ts';
import type { ConsideredAmi } from './considered-ami.ts';
import { isDeletedWith } from './decide.ts';

/** The removal of an AMI with its dependents; undefined if the AMI's origin is unknown. Pure. */
export function plannedRemoval({
  ami,
  origin,
  references,
}: Pick<ConsideredAmi, 'ami' | 'origin' | 'references'>): Removal | undefined {
  if (!origin) return undefined;
  const parameters = references.filter((one) => isDeletedWith(ami, one)).map((one) => one.name);
  const { id, name, region, snapshots, sourceInstance, rootDevice, location } = ami;
  return {
    ami: id,
    amiName: name,
    region,
    release: origin.release,
    target: origin.target,
    snapshots: [...new Set(snapshots)],
    ...definedOnly({ sourceInstance }),
    ...(isProtected(ami) ? { protected: true as const } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(rootDevice === 'instance-store' && location !== undefined ? { location } : {}),
  };
}

import { definedOnly } from '../lib/defined-only.ts';
import type { Removal } from '../model/removal.ts';
import type { Candidate } from './considered-ami.ts';

export type { Fate, Part, Removal, RemovalOutcome } from '../model/removal.ts';

/** What goes with an AMI that is to be removed; undefined for one that belongs to nobody known. Pure. */
export function removalOf({ ami, belongs }: Pick<Candidate, 'ami' | 'belongs'>): Removal | undefined {
  if (!belongs) return undefined;
  const { id, name, region, snapshots, sourceInstance, rootDevice, location } = ami;
  return {
    ami: id,
    amiName: name,
    region,
    release: belongs.release,
    target: belongs.target,
    snapshots: [...new Set(snapshots)],
    ...definedOnly({ sourceInstance }),
    ...(rootDevice === 'instance-store' && location !== undefined ? { location } : {}),
  };
}

/** The properties that identify an AMI within a region of an ids file: each kind occurs once per region. */
export interface Kind {
  /** As `lsb_release` prints it: `Ubuntu`. Absent if unknown; the entry has a name then. */
  distributor?: string;
  /** For Ubuntu in four digits: `2204`. Absent if the distributor is. */
  release?: string;
  /** Publication and image, `web/al2023`, if nothing else distinguishes the entry from others; then only its name identifies it. */
  name?: string;
  virtualization: 'hvm' | 'pv';
  /** EC2's value: `x86_64`, `arm64`. */
  architecture: string;
  /** EC2's value: `ebs`, `instance-store`. */
  rootDevice: string;
}

/** One published AMI: its kind, region and id. */
export interface Entry extends Kind {
  region: string;
  id: string;
}

/** The default if a file does not name the architecture: old files have no other one. */
export const usualArchitecture = 'x86_64';

/**
 * The default if a file does not name the root device: old files list instance-store AMIs of Ubuntu 12.04 and 14.04; later ones
 * are EBS-backed. It depends on nothing else, so that an entry never changes because of another one.
 */
export const usualRootDevice = ({ distributor, release }: Pick<Kind, 'distributor' | 'release'>): string =>
  distributor === 'Ubuntu' && release !== undefined && release <= '1404' ? 'instance-store' : 'ebs';

/** The words for an entry's AMI, in the order that entries are sorted by; its name at the end. */
export const wordsOfKind = ({ virtualization, architecture, rootDevice, ...of }: Kind): string[] => [
  of.distributor ?? '',
  of.release ?? '',
  virtualization,
  architecture,
  rootDevice,
  of.name ?? '',
];

/** Region and kind as text: unique in a file. */
export const keyOf = (entry: Kind & { region: string }): string =>
  JSON.stringify([entry.region, ...(entry.name === undefined ? wordsOfKind(entry) : [entry.name])]);

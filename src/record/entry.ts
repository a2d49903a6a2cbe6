/** The properties that identify an AMI within a region of an ids file: each kind occurs once per region. */
export interface Kind {
  /** As `lsb_release` prints it: `Ubuntu`. Absent where it is not known: the entry has a name then. */
  distributor?: string;
  /** For Ubuntu in four digits: `2204`. Absent where the distributor is. */
  release?: string;
  /** Publication and image, `web/al2023`, where nothing else tells an entry from others: it is known by its name alone then. */
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

/** The default where a file does not name the architecture: old files have no other one. */
export const usualArchitecture = 'x86_64';

/**
 * The default where a file does not name the root device: old files list instance-store AMIs of Ubuntu 12.04 and 14.04; later
 * ones are EBS-backed. It depends on nothing else, so that no entry changes because of another.
 */
export const usualRootDevice = ({ distributor, release }: Pick<Kind, 'distributor' | 'release'>): string =>
  distributor === 'Ubuntu' && release !== undefined && release <= '1404' ? 'instance-store' : 'ebs';

/** What the keys of an entry say of its AMI, in the order that entries are sorted by; its name at the end. */
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

/** The properties that identify an AMI within a region of an ids file: each kind occurs once per region. */
export interface Kind {
  /** As `lsb_release` prints it: `Ubuntu`. */
  distributor: string;
  /** For Ubuntu in four digits: `2204`. */
  release: string;
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
  distributor === 'Ubuntu' && release <= '1404' ? 'instance-store' : 'ebs';

/** Two AMIs of one region with the same values here are indistinguishable in the file. */
export const wordsOfKind = ({ distributor, release, virtualization, architecture, rootDevice }: Kind) =>
  [distributor, release, virtualization, architecture, rootDevice] as const;

/** Region and kind as text: unique in a file. */
export const keyOf = (entry: Kind & { region: string }): string =>
  JSON.stringify([entry.region, ...wordsOfKind(entry)]);

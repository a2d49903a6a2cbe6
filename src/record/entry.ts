/** What tells the AMIs of a region apart in a file of ids: of each kind there is one in a region. */
export interface Kind {
  /** As `lsb_release` says it: `Ubuntu`. */
  distributor: string;
  /** Ubuntu's in four digits: `2204`. */
  release: string;
  virtualization: 'hvm' | 'pv';
  /** As EC2 says it: `x86_64`, `arm64`. */
  architecture: string;
  /** As EC2 says it: `ebs`, `instance-store`. */
  rootDevice: string;
}

/** One line of what is published: the AMI of a kind in a region. */
export interface Entry extends Kind {
  region: string;
  id: string;
}

/** What a file means that does not name the architecture: the files of old have no other one. */
export const usualArchitecture = 'x86_64';

/**
 * What a file means that does not name the root device: the files of old list instance-store AMIs of Ubuntu 12.04 and
 * 14.04; what came later boots from EBS. It depends on nothing else, so that no entry changes because of another.
 */
export const usualRootDevice = ({ distributor, release }: Pick<Kind, 'distributor' | 'release'>): string =>
  distributor === 'Ubuntu' && release <= '1404' ? 'instance-store' : 'ebs';

/** Two AMIs of one region with the same words here are the same to a reader of the file. */
export const wordsOfKind = ({ distributor, release, virtualization, architecture, rootDevice }: Kind) =>
  [distributor, release, virtualization, architecture, rootDevice] as const;

/** Region and kind as one text, which no two entries of a file share. */
export const keyOf = (entry: Kind & { region: string }): string =>
  JSON.stringify([entry.region, ...wordsOfKind(entry)]);

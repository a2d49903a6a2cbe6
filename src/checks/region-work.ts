import type { Sharing } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';

/** A copy with a time limit. */
export interface TimedCopy {
  /** The source region. */
  from: string;
  minutes: number;
  /** Sizes of its volumes, as far as they are known before the build. */
  gibibytes: number[];
}

/** A run's work in one region, as far as its checks depend on it. */
export interface RegionWork {
  region: string;
  /** The account that publishes. */
  account: string;
  /** `official@2.6.4` */
  release: string;
  /** How many builds may run there at once. */
  atOnce: number;
  /** Who the AMIs of the release are shared with. */
  sharing: Sharing;
  /** Everything is built and sharing is next: checks that could only warn are no longer needed. */
  isLast: boolean;
  /** The targets still to be built. */
  toBuild: readonly Target[];
  /** The targets still to be copied from other regions. */
  toCopy: readonly Target[];
  /** Targets with finished AMIs that are still to be shared. */
  toOpen: readonly Target[];
  /** Ids of AMIs that do not block their names: the run removes them before it builds, or they are the targets' own. */
  toRemove: ReadonlySet<string>;
  /** A finished AMI that is still to be shared, if there is one, with one of its snapshots. */
  toShare?: { ami: string; snapshot?: string };
  /** EBS-backed AMIs to build whose encryption the config leaves to the account, if they will be shared. */
  toBuildOnEbs: number;
  /** AMIs to build on builders that use IMDSv1. */
  withoutTokens: number;
  /** Of these, those whose builders use the account's metadata defaults. */
  withoutTokensByDefault: number;
  /** Of those, the ones on instance-store: no Packer option changes the metadata options of their builders. */
  bundledWithoutTokens: number;
  /** AMIs to be made public, built or not. */
  toMakePublic: number;
  /** EBS-backed AMIs with public snapshots, including snapshots that are already public. */
  withPublicSnapshots: number;
  /** The same, without snapshots that are already public. */
  snapshotsToMakePublic: number;
  /** Encrypted snapshots of AMIs that should be public. */
  encryptedSnapshots: string[];
  /** Timed copies still to be made; absent if there are none. */
  timedCopies?: TimedCopy[];
}

/** Whether anyone besides the account should use the AMIs. Pure. */
export const isShared = ({ sharing }: Pick<RegionWork, 'sharing'>): boolean =>
  sharing.public || sharing.accounts.length + sharing.organizations.length > 0;

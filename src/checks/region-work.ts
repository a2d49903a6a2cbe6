import type { Sharing } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';

/** A copy that is to be made in a given time. */
export interface TimedCopy {
  /** The region that it is copied from. */
  from: string;
  minutes: number;
  /** Of its volumes, as far as they are known before they are built. */
  gibibytes: number[];
}

/** The work of a run in one region, as far as its checks depend on it. */
export interface RegionWork {
  region: string;
  /** The account that publishes. */
  account: string;
  /** `official@2.6.4` */
  release: string;
  /** How many builds may run there at once. */
  atOnce: number;
  /** Whom the AMIs of the release are to be shared with. */
  sharing: Sharing;
  /** Everything is built and comes to be shared: what would only be a warning needs no answer any more. */
  isLast: boolean;
  /** The targets still to be built. */
  toBuild: readonly Target[];
  /** The targets still to be copied from other regions. */
  toCopy: readonly Target[];
  /** Targets whose AMIs are finished and still to be shared. */
  toOpen: readonly Target[];
  /** Ids of AMIs that do not stand in the way of their names: the run removes them before it builds, or they are the targets' own. */
  toRemove: ReadonlySet<string>;
  /** An AMI that is finished and still to be shared, if there is one, with one of its snapshots. */
  toShare?: { ami: string; snapshot?: string };
  /** EBS-backed AMIs still to be made whose encryption the config leaves to the account, if they are to be shared. */
  toBuildOnEbs: number;
  /** AMIs still to be built on builders that use IMDSv1. */
  withoutTokens: number;
  /** Of these, those whose builders take the account's metadata defaults. */
  withoutTokensByDefault: number;
  /** Of those again, the ones on instance-store: no Packer option changes the metadata options of their builders. */
  bundledWithoutTokens: number;
  /** AMIs to be made public, built or not. */
  toMakePublic: number;
  /** EBS-backed AMIs whose snapshots are to be public, already public ones included. */
  withPublicSnapshots: number;
  /** The same without those whose snapshots are public already. */
  snapshotsToMakePublic: number;
  /** Encrypted snapshots of AMIs that are to be public. */
  encryptedSnapshots: string[];
  /** Timed copies still to be made; absent where there are none. */
  timedCopies?: TimedCopy[];
}

/** Whether others than the account are to use the AMIs. Pure. */
export const isShared = ({ sharing }: Pick<RegionWork, 'sharing'>): boolean =>
  sharing.public || sharing.accounts.length + sharing.organizations.length > 0;

import type { TimedCopy } from './timed-copies.ts';

/** The work of a run in one region, as far as its checks depend on it. */
export interface RegionWork {
  region: string;
  /** EBS-backed AMIs still to be built, if they are to be shared. */
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

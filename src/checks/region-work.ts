/** What a run is to do in one region, as far as its checks depend on it. */
export interface RegionWork {
  region: string;
  /** AMIs on EBS that are still to be built, and not for their owner alone. */
  toBuildOnEbs: number;
  /** AMIs that are still to be built by builders that ask for their metadata without a session token. */
  withoutTokens: number;
  /** Of these, those whose builders answer for their metadata as instances do here by default. */
  withoutTokensByDefault: number;
  /** Of those again, the ones on instance-store: no option of Packer's changes how their builders answer. */
  bundledWithoutTokens: number;
  /** AMIs that are to become public, built or not. */
  toMakePublic: number;
  /** AMIs on EBS whose snapshots are to be public, those included that are already. */
  withPublicSnapshots: number;
  /** The same, only those whose snapshots are still to become public. */
  snapshotsToMakePublic: number;
  /** Encrypted snapshots of AMIs that are to be public. */
  encryptedSnapshots: string[];
}

/** The S3 objects at the place of a target's bundle, in a bucket of this release. */
export interface SeenBundle {
  target: string;
  location: string;
  /** Whether the manifest and at least one part exist. */
  hasManifest: boolean;
  hasParts: boolean;
  /** The number of unfinished uploads. */
  unfinished: number;
  /** AMIs of this account that were registered from it, and are not deregistered or failed: all, or those of this release. */
  users: string[];
}

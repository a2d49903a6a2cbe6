/** What was found in S3 where a target's bundle belongs, in a bucket of this release. */
export interface SeenBundle {
  target: string;
  location: string;
  /** Whether the manifest and at least one part are there. */
  hasManifest: boolean;
  hasParts: boolean;
  /** The number of unfinished uploads. */
  unfinished: number;
  /** AMIs of this account that were registered from it, and are not deregistered or failed: all, or those of this release. */
  users: string[];
}

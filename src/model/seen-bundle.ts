/** What lies in S3 where a target's bundle belongs, in a bucket that is this release's. */
export interface SeenBundle {
  target: string;
  location: string;
  /** Whether the manifest and at least one part are there. */
  hasManifest: boolean;
  hasParts: boolean;
  /** Uploads that were begun and not finished. */
  unfinished: number;
  /** AMIs of this account that were registered from it, and are not deregistered or failed. */
  users: string[];
}

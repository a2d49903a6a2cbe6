/** An import of a disk image from S3. */
export interface ImportSnapshotTaskRecord {
  id: string;
  description?: string;
  disk: {
    description?: string;
    format: string;
    url?: string;
    bucket: string;
    key: string;
    /** Bytes of the object. */
    size: number;
  };
  encrypted: boolean;
  /** ARN of the snapshot's encryption key. */
  kmsKey?: string;
  /** The time until which it is active. */
  doneAt?: string;
  /** Its result; absent for a task that fails. */
  snapshot?: string;
  /** Why it ended in `deleted`: it failed, or somebody cancelled it. */
  ended?: string;
}

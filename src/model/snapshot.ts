export interface Snapshot {
  id: string;
  /** `pending`, `completed`, `error`, …; EC2's value. */
  state: string;
  /** Why it is in state `error`: EC2's StateMessage. */
  stateMessage?: string;
  encrypted: boolean;
  /** ARN of the KMS key that it is encrypted with. */
  kmsKey?: string;
  description: string;
  /** When it was started, ISO 8601. */
  started?: string;
  tags: Record<string, string>;
}

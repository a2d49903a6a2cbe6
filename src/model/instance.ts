export interface Instance {
  id: string;
  region: string;
  /** `pending`, `running`, `stopping`, `stopped`, `shutting-down`, `terminated`; EC2's value. */
  state: string;
  /** Why it is in that state, starting with EC2's code: `Server.InsufficientInstanceCapacity: …`. */
  stateReason?: string;
  /** ISO 8601. */
  launched: string;
  /** The AMI it was launched from. */
  image?: string;
  /** The launch template it was launched from, which EC2 writes in tags. */
  template?: { id: string; version: string };
  keyPair?: string;
  securityGroups: { id: string; name: string }[];
  tags: Record<string, string>;
}

export interface Instance {
  id: string;
  region: string;
  /** `pending`, `running`, `stopping`, `stopped`, `shutting-down`, `terminated`; EC2's own word. */
  state: string;
  /** Why it is in that state, with EC2's code in front: `Server.InsufficientInstanceCapacity: …`. */
  stateReason?: string;
  /** ISO 8601. */
  launched: string;
  /** The AMI that it was launched from. */
  image?: string;
  /** Where it was launched from a launch template: EC2 says so in tags of its own. */
  template?: { id: string; version: string };
  keyPair?: string;
  securityGroups: { id: string; name: string }[];
  tags: Record<string, string>;
}

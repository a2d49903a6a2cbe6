import type { RunInstancesRequest } from '@aws-sdk/client-ec2';

/** A Spot Instance request: a one-time one, or a persistent one, whose instance is stopped where EC2 wants its capacity back. */
export interface SpotRequestRecord {
  id: string;
  createdAt: string;
  instance: string;
  /** US dollars an hour, as it was asked for or what the type costs on demand. */
  maxPrice: string;
  isPersistent?: true;
  /** Of a persistent one: the launch of its instance, as it was asked for, and the tags of its launch template. */
  launch?: { request: RunInstancesRequest; tags: Record<string, string> };
  /** `open`: waits for an instance. `disabled`: its instance is stopped. `failed`: can get no more. */
  state: 'open' | 'active' | 'disabled' | 'closed' | 'cancelled' | 'failed';
  status: { code: string; message: string; at: string };
}

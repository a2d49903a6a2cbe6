import type { RunInstancesRequest } from '@aws-sdk/client-ec2';

/** A Spot Instance request: one-time or persistent. EC2 stops the instance of a persistent request when it needs the capacity. */
export interface SpotRequestRecord {
  id: string;
  createdAt: string;
  instance: string;
  /** US dollars per hour, as requested, otherwise the type's On-Demand price. */
  maxPrice: string;
  isPersistent?: true;
  /** Of a persistent one: the launch of its instance, as it was asked for, and the tags of its launch template. */
  launch?: { request: RunInstancesRequest; tags: Record<string, string> };
  /** `open`: waits for an instance. `disabled`: its instance is stopped. `failed`: can get no more. */
  state: 'open' | 'active' | 'disabled' | 'closed' | 'cancelled' | 'failed';
  status: { code: string; message: string; at: string };
}

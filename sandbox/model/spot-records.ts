import type { RunInstancesRequest } from '@aws-sdk/client-ec2';

/** A Spot Instance request: one-time or persistent. EC2 stops the instance of a persistent request when it needs the capacity. */
export interface SpotRequestRecord {
  id: string;
  createdAt: string;
  instance: string;
  /** US dollars per hour, as requested, otherwise the type's On-Demand price. */
  maxPrice: string;
  isPersistent?: true;
  /** For a persistent request: the launch of its instance, as requested, and the tags of its launch template. */
  launch?: { request: RunInstancesRequest; tags: Record<string, string> };
  /** `open`: waits for an instance. `disabled`: its instance is stopped. `failed`: gets no more instances. */
  state: 'open' | 'active' | 'disabled' | 'closed' | 'cancelled' | 'failed';
  status: { code: string; message: string; at: string };
}

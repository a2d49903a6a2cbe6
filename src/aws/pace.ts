import type { EC2Client } from '@aws-sdk/client-ec2';
import { type Clock, realClock } from '../lib/clock.ts';

/** A token bucket: calls at once, and how many more per second. */
interface Bucket {
  capacity: number;
  perSecond: number;
}

/**
 * EC2's request limits for one account in one region, by action: "Request throttling for the Amazon EC2 API", Amazon EC2
 * Developer Guide. Every action has its own bucket.
 */
const ofAction: Record<string, Bucket> = {
  CopyImage: { capacity: 100, perSecond: 1 },
  CreateTags: { capacity: 100, perSecond: 10 },
  DeleteSnapshot: { capacity: 100, perSecond: 5 },
  DeregisterImage: { capacity: 100, perSecond: 5 },
  ModifyImageAttribute: { capacity: 100, perSecond: 5 },
  ModifySnapshotAttribute: { capacity: 100, perSecond: 5 },
};
const looking: Bucket = { capacity: 100, perSecond: 20 };
const changing: Bucket = { capacity: 50, perSecond: 5 };

/**
 * Kept in reserve in each bucket: EC2 counts a call on arrival, and calls may arrive out of order within a second.
 */
const spare = 5;

/** Client-side rate limiting of EC2 calls, so that EC2 does not throttle them. */
export interface Pace {
  /** Resolves when a call may be sent, in the order of the requests. */
  acquire(region: string, action: string): Promise<void>;
  /** EC2 throttled a call, so other callers use that bucket too. It is set to empty. */
  refused(region: string, action: string): void;
}

export function createPace(clock: Clock = realClock): Pace {
  const buckets = new Map<string, { tokens: number; at: number }>();
  /** The current level. Below zero: the number of waiting calls. */
  const filled = (region: string, action: string) => {
    const { capacity, perSecond } = tokenBucketOf(action);
    const key = `${region} ${action}`;
    const now = clock.now();
    const bucket = buckets.get(key) ?? { tokens: capacity - spare, at: now };
    const gained = (Math.max(0, now - bucket.at) / 1000) * perSecond;
    const current = { tokens: Math.min(capacity - spare, bucket.tokens + gained), at: now };
    buckets.set(key, current);
    return { bucket: current, perSecond };
  };
  return {
    async acquire(region, action) {
      const { bucket, perSecond } = filled(region, action);
      bucket.tokens -= 1;
      if (bucket.tokens < 0) await clock.sleep((-bucket.tokens / perSecond) * 1000);
    },
    refused(region, action) {
      const { bucket } = filled(region, action);
      bucket.tokens = Math.min(bucket.tokens, 0);
    },
  };
}

function tokenBucketOf(action: string): Bucket {
  return ofAction[action] ?? (/^(Describe|Get|List)/.test(action) ? looking : changing);
}

/**
 * Makes each attempt of each call of a client wait for its turn, including retries. The request is already signed then; a
 * signature is valid for minutes.
 */
export function keepPace(client: EC2Client, region: string, pace: Pace): EC2Client {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const action = commandName.replace(/Command$/, '');
        await pace.acquire(region, action);
        try {
          return await next(args);
        } catch (error) {
          if (error instanceof Error && error.name === 'RequestLimitExceeded') pace.refused(region, action);
          throw error;
        }
      },
    { name: 'pace', step: 'finalizeRequest', priority: 'high' },
  );
  return client;
}

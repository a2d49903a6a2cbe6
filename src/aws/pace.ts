import type { EC2Client } from '@aws-sdk/client-ec2';
import { type Clock, realClock } from '../lib/clock.ts';

/** A token bucket: calls at once, and how many more each second. */
interface Bucket {
  capacity: number;
  perSecond: number;
}

/**
 * What EC2 lets one account do in one region, by action: "Request throttling for the Amazon EC2 API", Amazon EC2 Developer
 * Guide. Every action has a bucket of its own.
 */
const ofAction: Record<string, Bucket> = {
  CreateTags: { capacity: 100, perSecond: 10 },
  DeleteSnapshot: { capacity: 100, perSecond: 5 },
  DeregisterImage: { capacity: 100, perSecond: 5 },
  ModifyImageAttribute: { capacity: 100, perSecond: 5 },
  ModifySnapshotAttribute: { capacity: 100, perSecond: 5 },
};
const looking: Bucket = { capacity: 100, perSecond: 20 };
const changing: Bucket = { capacity: 50, perSecond: 5 };

/**
 * Left in each bucket: EC2 counts a call when it arrives, which may be a second before one that was sent earlier.
 */
const spare = 5;

/** Whose turn it is to call EC2, so that nobody has to be told to slow down. */
export interface Pace {
  /** Resolves when a call may be sent. Turns come in the order in which they were asked for. */
  acquire(region: string, action: string): Promise<void>;
  /** EC2 refused a call for its rate: somebody else draws from that bucket too. It is taken as empty. */
  refused(region: string, action: string): void;
}

export function createPace(clock: Clock = realClock): Pace {
  const buckets = new Map<string, { tokens: number; at: number }>();
  /** The bucket as it is now. Below zero, so many calls wait. */
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
 * Lets each attempt of each call of a client wait for its turn; one that is tried again waits again. It is signed by then,
 * and a signature is good for minutes.
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

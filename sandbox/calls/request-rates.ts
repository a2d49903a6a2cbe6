/** A token bucket: how many calls at once, and how many more per second. */
interface Bucket {
  capacity: number;
  refill: number;
}

/** "Request throttling for the Amazon EC2 API", bucket sizes and refill rates by action. */
const ofAction: Record<string, Bucket> = {
  CopyImage: { capacity: 100, refill: 1 },
  CreateTags: { capacity: 100, refill: 10 },
  DeleteSnapshot: { capacity: 100, refill: 5 },
  DeregisterImage: { capacity: 100, refill: 5 },
  DisableImageBlockPublicAccess: { capacity: 1, refill: 0.1 },
  EnableImageBlockPublicAccess: { capacity: 1, refill: 0.1 },
  ModifyImageAttribute: { capacity: 100, refill: 5 },
  ModifySnapshotAttribute: { capacity: 100, refill: 5 },
  RunInstances: { capacity: 5, refill: 2 },
};
const looking: Bucket = { capacity: 100, refill: 20 };
const lookingAtAll: Bucket = { capacity: 50, refill: 10 };
const changing: Bucket = { capacity: 50, refill: 5 };

const costlyWithoutFilter = new Set(['DescribeInstances', 'DescribeSnapshots']);

/** An EC2 call, as far as its rate depends on it. */
export interface RatedCall {
  account: string;
  region: string;
  operation: string;
  input: object;
}

/** The buckets in use. They start full and are not saved. */
export interface RequestRates {
  /** Whether a call may be made at this time (milliseconds); if so, it takes a token. */
  take(call: RatedCall, now: number): boolean;
  clear(): void;
}

export const createRequestRates = (): RequestRates => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(call, now) {
      const { name, capacity, refill } = bucketOf(call);
      const key = `${call.account}/${call.region}/${name}`;
      const { tokens, at } = buckets.get(key) ?? { tokens: capacity, at: now };
      const filled = Math.min(capacity, tokens + (Math.max(0, now - at) / 1000) * refill);
      buckets.set(key, { tokens: filled < 1 ? filled : filled - 1, at: now });
      return filled >= 1;
    },
    clear: () => buckets.clear(),
  };
};

const bucketOf = ({ operation, input }: RatedCall): Bucket & { name: string } => {
  const own = ofAction[operation];
  if (own) return { name: operation, ...own };
  if (!/^(Describe|Get|List)/.test(operation)) return { name: operation, ...changing };
  if (costlyWithoutFilter.has(operation) && isUnbounded(input)) {
    return { name: `${operation} of all`, ...lookingAtAll };
  }
  return { name: operation, ...looking };
};

/** Without filter, ids and page size. */
const isUnbounded = (input: object): boolean =>
  Object.keys(input).every((member) => member === 'DryRun' || member === 'NextToken');

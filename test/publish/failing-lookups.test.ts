import { expect, it } from 'vitest';
import { createWorld, unblocked } from '../../sandbox/testing/index.ts';
import { retries } from '../../src/aws/connection.ts';
import { plan as aPlan } from '../support/embedded.ts';
import { targetsOf } from '../support/held-builds.ts';
import { published, type Staged } from '../support/publishing.ts';

const [here, far] = ['us-east-1', 'sa-east-1'] as const;
const plan = { ...aPlan, targets: targetsOf([here, far], ['a']) };
const minute = 60_000;

/** The first build takes so long that the lookups from the start are too old for the second one, in another region. */
const oneByOne: Staged = {
  repeatLimit: minute,
  takes: (target) => (target.region === here ? 300 : 1),
  options: { limits: { parallel: 1, parallelPerRegion: 1, attempts: 2 } },
};

/**
 * How many calls fail while one is repeated for a minute: after 2, 4, 8, 16 and 30 s, each with the SDK's own retries. They are throttled,
 * since the SDK's quota ends its retries earlier after other errors.
 */
const inAMinute = 6 * retries.maxAttempts;

it.each(['InternalError', 'RequestLimitExceeded'])(
  'builds a target whose lookup fails a dozen times right before the build, and says which call is repeated: %s',
  async (error) => {
    const sandbox = createWorld({ behaviour: unblocked });
    sandbox.faults.add([{ on: 'ec2:DescribeKeyPairs', region: far, skip: 1, times: 12, does: { error } }]);
    const run = await published(sandbox, plan, oneByOne);
    expect(run.result).toMatchObject({
      exit: 0,
      targets: [
        { name: 'us-east-1-a', status: 'verified' },
        { name: 'sa-east-1-a', status: 'verified', attempts: 1 },
      ],
    });
    const repeated = run.events.filter(({ type }) => type === 'retrying' || type === 'answered');
    expect(repeated).toMatchObject([
      {
        type: 'retrying',
        operation: 'ec2:DescribeKeyPairs',
        region: far,
        error: expect.stringContaining(error),
      },
      { type: 'answered', operation: 'ec2:DescribeKeyPairs', region: far },
    ]);
  },
);

it('builds nothing if a lookup fails beyond the limit, and reports it with its error and region', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  const does = { error: 'InternalError' };
  sandbox.faults.add([{ on: 'ec2:DescribeKeyPairs', region: far, skip: 1, times: 0, does }]);
  const run = await published(sandbox, plan, oneByOne);
  expect(run.started).toEqual(['us-east-1-a']);
  expect(run.result).toMatchObject({
    exit: 1,
    targets: [
      { name: 'us-east-1-a', status: 'verified' },
      {
        name: 'sa-east-1-a',
        status: 'unknown',
        attempts: 0,
        error: {
          kind: 'unknown',
          message: expect.stringMatching(
            /^ec2:DescribeKeyPairs in sa-east-1: InternalError: .* \(repeated for 1 min\)$/,
          ),
        },
      },
    ],
  });
  expect(run.events).toContainEqual({
    type: 'status',
    target: 'sa-east-1-a',
    status: 'unknown',
    why: expect.stringContaining('ec2:DescribeKeyPairs in sa-east-1: InternalError'),
    failedCall: expect.objectContaining({ operation: 'ec2:DescribeKeyPairs', region: 'sa-east-1' }),
  });
});

it('reports the lookup that kept a target from being built, not the absence of its AMI, even if it works again by the end', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  const does = { error: 'RequestLimitExceeded' };
  sandbox.faults.add([{ on: 'ec2:DescribeKeyPairs', region: far, skip: 1, times: inAMinute, does }]);
  const run = await published(sandbox, plan, oneByOne);
  expect(run.result?.targets[1]).toMatchObject({
    status: 'failed',
    attempts: 0,
    error: {
      kind: 'unknown',
      message: expect.stringMatching(
        /^not built, since the lookup of what exists failed: ec2:DescribeKeyPairs in sa-east-1: RequestLimitExceeded/,
      ),
    },
  });
  expect(run.exit).toBe(1);
});

it('says that a build was not tried again because of the lookup after it', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  const does = { error: 'RequestLimitExceeded' };
  const fault = { on: 'ec2:DescribeKeyPairs', region: far, times: inAMinute, does } as const;
  const run = await published(sandbox, plan, {
    ...oneByOne,
    ends(target) {
      if (target.region === here) return 'made';
      sandbox.faults.add([fault]);
      return 'transient';
    },
  });
  expect(run.started).toEqual(['us-east-1-a', 'sa-east-1-a']);
  expect(run.result?.targets[1]).toMatchObject({
    attempts: 1,
    error: {
      kind: 'transient',
      message: expect.stringMatching(
        /^it is transient\. Not retried, since the lookup of what exists failed: ec2:DescribeKeyPairs in sa-east-1/,
      ),
    },
  });
});

it('waits for the answer if sharing, or reading it back, fails for a while', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  const does = { error: 'ServiceUnavailable' };
  const times = 2 * retries.maxAttempts;
  sandbox.faults.add([
    { on: 'ec2:ModifyImageAttribute', region: far, times, does },
    { on: 'ec2:DescribeImageAttribute', region: here, times, does },
  ]);
  const shared = { ...plan, sharing: { ...plan.sharing, public: true } };
  const run = await published(sandbox, shared, { repeatLimit: minute });
  expect(run.result).toMatchObject({ exit: 0, shared: true });
});

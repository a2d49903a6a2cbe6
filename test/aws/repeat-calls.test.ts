import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { findKeyPairs } from '../../src/aws/build-resources.ts';
import { retries } from '../../src/aws/connection.ts';
import { createRepeater, type Repeated } from '../../src/aws/repeat-calls.ts';
import { definedOnly } from '../../src/lib/defined-only.ts';
import { type Calls, clientsOf, region } from '../support/embedded.ts';

const start = Date.parse('2026-11-21T12:00:00Z');

/** Our clients, which repeat calls for five minutes, with a clock that advances only while they wait. */
function patientClients(sandbox: Sandbox, stop = new AbortController(), handle?: Calls['handle']) {
  let now = start;
  const waits: number[] = [];
  const told: Repeated[] = [];
  const clock = {
    now: () => now,
    async sleep(milliseconds: number) {
      waits.push(milliseconds);
      now += milliseconds;
    },
  };
  const repeater = createRepeater(5 * 60_000, clock);
  repeater.watch({ emit: (event) => void told.push(event), stop: stop.signal });
  return {
    clients: clientsOf(sandbox, undefined, { repeater, ...definedOnly({ handle }) }),
    waits,
    told,
    stop,
  };
}

const failing = (error: string, times: number) => ({ on: 'ec2:DescribeKeyPairs', times, does: { error } });

describe('a call that fails for a transient reason', () => {
  it.each(['InternalError', 'RequestLimitExceeded', 'ServiceUnavailable'])(
    'is repeated until it succeeds, and reported: %s',
    async (error) => {
      const sandbox = createWorld();
      const { clients, told } = patientClients(sandbox);
      sandbox.faults.add([failing(error, 2 * retries.maxAttempts + 1)]);
      expect(await findKeyPairs(clients, region, ['any'])).toEqual({ ok: true, value: [] });
      const call = { operation: 'ec2:DescribeKeyPairs', region };
      const until = '2026-11-21T12:05:00.000Z';
      expect(told).toEqual([
        { type: 'retrying', ...call, error: expect.stringContaining(error), retryIn: 2, until },
        { type: 'retrying', ...call, error: expect.stringContaining(error), retryIn: 4, until },
        { type: 'answered', ...call },
      ]);
    },
  );

  it("is not one that AWS refuses because this machine's clock is wrong", async () => {
    const now = () => new Date(Date.now() + 30 * 60_000);
    const sandbox = createWorld({ now });
    const { clients, waits } = patientClients(sandbox, undefined, async (request) => {
      const answer = await sandbox.aws.handle(request);
      if (typeof answer === 'string') return answer;
      return { ...answer, headers: { ...answer.headers, date: now().toUTCString() } };
    });
    sandbox.faults.add([failing('UnauthorizedOperation', 0)]);
    expect(await findKeyPairs(clients, region, ['any'])).toMatchObject({
      ok: false,
      error: { code: 'UnauthorizedOperation' },
    });
    expect(waits).toEqual([]);
  });

  it('fails after five minutes with its error, and its message says how long it was repeated', async () => {
    const sandbox = createWorld();
    const { clients, waits } = patientClients(sandbox);
    sandbox.faults.add([failing('InternalError', 0)]);
    expect(await findKeyPairs(clients, region, ['any'])).toMatchObject({
      ok: false,
      error: {
        operation: 'ec2:DescribeKeyPairs',
        region,
        code: 'InternalError',
        message: expect.stringMatching(/ \(repeated for 5 min\)$/),
      },
    });
    expect(waits.slice(0, 5)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000]);
    expect(waits.reduce((sum, one) => sum + one)).toBe(5 * 60_000);
  });

  it('is reported once if several fail at the same time', async () => {
    const sandbox = createWorld();
    const { clients, told } = patientClients(sandbox);
    sandbox.faults.add([failing('InternalError', 3 * retries.maxAttempts)]);
    const lookups = await Promise.all(['a', 'b', 'c'].map((name) => findKeyPairs(clients, region, [name])));
    expect(lookups.every(({ ok }) => ok)).toBe(true);
    expect(told.map(({ type }) => type)).toEqual(['retrying', 'answered']);
  });

  it('is no longer repeated once the user interrupts', async () => {
    const sandbox = createWorld();
    const stop = new AbortController();
    stop.abort();
    const { clients, waits } = patientClients(sandbox, stop);
    sandbox.faults.add([failing('InternalError', 0)]);
    expect(await findKeyPairs(clients, region, ['any'])).toMatchObject({ ok: false });
    expect(waits).toEqual([]);
  });
});

it.each(['UnauthorizedOperation', 'InvalidParameterValue'])(
  'does not repeat a call that AWS refuses: %s',
  async (error) => {
    const sandbox = createWorld();
    const { clients, told } = patientClients(sandbox);
    sandbox.faults.add([failing(error, 1)]);
    expect(await findKeyPairs(clients, region, ['any'])).toMatchObject({ ok: false, error: { code: error } });
    expect(told).toEqual([]);
  },
);

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { listRegions } from '../../src/aws/account.ts';
import { createClients } from '../../src/aws/connection.ts';
import { connectLimit } from '../../src/aws/connection-limit.ts';
import { countdown } from '../../src/aws/countdown.ts';
import { DirectAgent } from '../../src/aws/direct-agent.ts';
import { LimitedHttpHandler } from '../../src/aws/limited-handler.ts';
import { ProxiedAgent } from '../../src/aws/proxied-agent.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { clientsOf } from '../support/embedded.ts';

/** Each wait takes `late` milliseconds longer than requested, as on an overloaded machine. */
function lateClock(late = 0): Clock & { slept: () => number } {
  let now = 0;
  let slept = 0;
  return {
    now: () => now,
    slept: () => slept,
    async sleep(milliseconds) {
      slept += milliseconds;
      now += milliseconds + late;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('a countdown', () => {
  const never = new AbortController().signal;

  it('counts the time in which the process could work, not how late its timers fire', async () => {
    const clock = lateClock(20_000);
    expect(await countdown(10_000, clock, never)).toBe(true);
    expect(clock.slept()).toBe(10_000);
    expect(clock.now()).toBe(10_000 + 40 * 20_000);
  });

  it('ends with the operation that it limits', async () => {
    const ended = new AbortController();
    const clock = lateClock();
    const counting = countdown(10_000, clock, ended.signal);
    ended.abort();
    expect(await counting).toBe(false);
    expect(clock.slept()).toBe(250);
  });
});

/** Accepts connections and never answers. */
async function silentServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a connection that nobody answers', () => {
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  const options = { keepAlive: true, maxSockets: 1 };
  const within = `no connection within ${connectLimit / 1000} s`;

  it.each(['to AWS', 'to a proxy'])('times out after its limit: %s', async (where) => {
    const { port } = await silentServer();
    const clock = lateClock();
    const httpsAgent =
      where === 'to AWS'
        ? new DirectAgent(options, clock)
        : new ProxiedAgent(`http://127.0.0.1:${port}`, options, clock);
    const { ec2 } = createClients({
      credentials,
      client: () => ({
        endpoint: `https://127.0.0.1:${port}`,
        maxAttempts: 1,
        requestHandler: new LimitedHttpHandler({ httpsAgent }),
      }),
    });
    const asked = ec2('us-east-1').send(new DescribeRegionsCommand({}));
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError', message: within });
  });
});

it('sends sixteen calls at once to a region; the others wait without using up their time limits', async () => {
  const sandbox = createWorld();
  const { promise: open, resolve: release } = Promise.withResolvers<void>();
  let inFlight = 0;
  let most = 0;
  const clients = clientsOf(sandbox, undefined, {
    async handle(request) {
      most = Math.max(most, ++inFlight);
      await open;
      inFlight--;
      return sandbox.aws.handle(request);
    },
  });
  const asked = Promise.all(Array.from({ length: 40 }, () => listRegions(clients, 'us-east-1')));
  while (inFlight < 16) await new Promise((resolve) => setImmediate(resolve));
  for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect(inFlight).toBe(16);
  release();
  expect((await asked).every(({ ok }) => ok)).toBe(true);
  expect(most).toBe(16);
});

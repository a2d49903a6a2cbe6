import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect as connectTo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { listRegions } from '../../src/aws/account.ts';
import { connect, createClients } from '../../src/aws/connection.ts';
import { ProxiedAgent } from '../../src/aws/proxied-agent.ts';

/** A sandbox behind a proxy that delays each answer for so many milliseconds, and counts its connections. */
async function behindProxy(delay = 0) {
  const folder = await mkdtemp(join(tmpdir(), 'proxied-'));
  const sandbox = await startSandbox({ folder });
  const environment: Record<string, string> = sandbox.environment();
  const { port } = new URL(environment.HTTPS_PROXY ?? '');
  const closed: Promise<unknown>[] = [];
  const proxy = createServer((incoming) => {
    closed.push(once(incoming, 'close'));
    const outgoing = connectTo(Number(port), '127.0.0.1');
    incoming.pipe(outgoing);
    outgoing.on('data', (chunk) => void setTimeout(() => incoming.write(chunk), delay));
    for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy());
    incoming.on('close', () => outgoing.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    proxy.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  environment.HTTPS_PROXY = address;
  return { environment, address, closed };
}

it('reuses the connection through a proxy for later calls', async () => {
  const { environment, closed } = await behindProxy();
  const clients = connect({ endpoint: 'sandbox:counted', environment });
  for (let call = 0; call < 5; call++) expect((await listRegions(clients, 'us-east-1')).ok).toBe(true);
  expect(closed).toHaveLength(1);
});

it('waits for an answer longer than it keeps an idle connection', async () => {
  const { environment, address, closed } = await behindProxy(300);
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_CA_BUNDLE = '' } = environment;
  const secureContext = createSecureContext({ ca: await readFile(AWS_CA_BUNDLE) });
  const httpsAgent = new ProxiedAgent(address, {
    keepAlive: true,
    maxSockets: 1,
    timeout: 100,
    secureContext,
  });
  const clients = createClients({
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    client: () => ({ requestHandler: new NodeHttpHandler({ httpsAgent }) }),
  });
  expect((await listRegions(clients, 'us-east-1')).ok).toBe(true);
  await Promise.all(closed);
  expect((await listRegions(clients, 'us-east-1')).ok).toBe(true);
  expect(closed).toHaveLength(2);
});

it('gives up at once when its sandbox has ended, instead of repeating the call for minutes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'proxied-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ folder });
  const clients = connect({ endpoint: 'sandbox:ended', environment: sandbox.environment() });
  expect((await listRegions(clients, 'us-east-1')).ok).toBe(true);
  await sandbox.close();
  expect(await listRegions(clients, 'us-east-1')).toMatchObject({
    ok: false,
    error: { code: 'SandboxEnded', message: expect.stringContaining('the sandbox has ended') },
  });
});

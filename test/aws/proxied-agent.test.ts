import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect as connectTo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { listRegions } from '../../src/aws/account.ts';
import { connect } from '../../src/aws/connection.ts';

it('keeps the connection through a proxy for the calls that follow', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'proxied-'));
  const sandbox = await startSandbox({ folder });
  const { port } = new URL(sandbox.environment().HTTPS_PROXY ?? '');
  let connections = 0;
  const counting = createServer((incoming) => {
    connections++;
    const outgoing = connectTo(Number(port), '127.0.0.1');
    incoming.pipe(outgoing).pipe(incoming);
    for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    counting.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const through = `http://127.0.0.1:${(counting.address() as AddressInfo).port}`;
  const clients = connect({
    endpoint: 'sandbox:counted',
    environment: { ...sandbox.environment(), HTTPS_PROXY: through },
  });
  for (let call = 0; call < 5; call++) expect((await listRegions(clients, 'us-east-1')).ok).toBe(true);
  expect(connections).toBe(1);
});

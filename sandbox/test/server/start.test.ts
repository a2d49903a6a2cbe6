import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectSandbox, findSandbox } from '../../server/connect.ts';
import { rememberPorts } from '../../server/ports.ts';
import { SandboxError } from '../../server/sandbox-error.ts';
import { keyPair, logIn, machineWith, run } from './ssh-client.ts';
import { standIn, startWith, temporaryFolder } from './stand-in.ts';

describe('one sandbox on a folder', () => {
  it('refuses a second one, and names the owner of the folder', async () => {
    const folder = temporaryFolder();
    const first = await startWith(standIn(), { folder });
    const second = startWith(standIn(), { folder });
    await expect(second).rejects.toThrow(SandboxError);
    await expect(second).rejects.toThrow(`process ${process.pid}`);
    expect(await findSandbox(folder)).toMatchObject({ url: first.url });
    await first.close();
    await expect(startWith(standIn(), { folder })).resolves.toBeDefined();
  });

  it.each([
    ['an ended process', async () => ({ pid: await endedProcess(), started: '1', claim: 'old' })],
    ['a process whose id was reused', async () => ({ pid: process.pid, started: '1', claim: 'old' })],
    ['an incomplete owner file', async () => '{"pid":'],
  ])('takes over from %s', async (_whom, owner) => {
    const folder = temporaryFolder();
    const found = await owner();
    writeFileSync(join(folder, 'owner.json'), typeof found === 'string' ? found : JSON.stringify(found));
    const sandbox = await startWith(standIn(), { folder });
    expect(JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    await sandbox.close();
    expect(existsSync(join(folder, 'owner.json'))).toBe(false);
  });

  it('is one of several that start at once over a dead one', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'owner.json'),
      JSON.stringify({ pid: await endedProcess(), started: '1', claim: 'x' }),
    );
    const starts = await Promise.allSettled(
      Array.from({ length: 6 }, () => startWith(standIn(), { folder })),
    );
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('starting again', () => {
  it('keeps ports and authority, and answers for running instances', async () => {
    const folder = temporaryFolder();
    const key = keyPair();
    const first = await startWith(standIn(), { folder });
    const { url, sshPort, ca } = first;
    await first.close();
    const api = standIn();
    api.running = [machineWith(key.public)];
    const second = await startWith(api, { folder });
    expect({ url: second.url, sshPort: second.sshPort, ca: second.ca }).toEqual({ url, sshPort, ca });
    const client = await logIn('127.77.1.2', second.sshPort, { privateKey: key.private });
    expect(await run(client, 'true')).toMatchObject({ exit: 0 });
    expect(statSync(join(folder, 'ca.key')).mode & 0o777).toBe(0o600);
  });

  it('uses other ports if its own are taken, and refuses a taken one that was requested', async () => {
    const first = await startWith(standIn(), { folder: temporaryFolder() });
    const proxy = Number(new URL(first.url).port);
    const folder = temporaryFolder();
    rememberPorts(folder, { proxy, ssh: first.sshPort });
    const second = await startWith(standIn(), { folder });
    expect(new URL(second.url).port).not.toBe(String(proxy));
    expect(second.sshPort).not.toBe(first.sshPort);
    const third = temporaryFolder();
    await expect(startWith(standIn(), { folder: third, port: proxy })).rejects.toThrow(`127.0.0.1:${proxy}`);
    await expect(startWith(standIn(), { folder: third })).resolves.toBeDefined();
  });

  it('replaces an authority whose key does not belong to it', async () => {
    const folder = temporaryFolder();
    const first = await startWith(standIn(), { folder });
    await first.close();
    const stranger = temporaryFolder();
    await (await startWith(standIn(), { folder: stranger })).close();
    writeFileSync(join(folder, 'ca.key'), readFileSync(join(stranger, 'ca.key')));
    expect((await startWith(standIn(), { folder })).ca).not.toBe(first.ca);
  });
});

it('replaces an unreadable host key, and keeps a readable one', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'ssh-host.key');
  writeFileSync(file, '-----BEGIN OPENSSH PRIVATE KEY-----\n');
  const key = keyPair();
  const api = standIn();
  api.running = [machineWith(key.public)];
  const sandbox = await startWith(api, { folder });
  await logIn('127.77.1.2', sandbox.sshPort, { privateKey: key.private });
  const made = readFileSync(file, 'utf8');
  await sandbox.close();
  await startWith(standIn(), { folder });
  expect(readFileSync(file, 'utf8')).toBe(made);
});

describe('finding a sandbox', () => {
  it('returns what another process needs, the same by folder and by address', async () => {
    const folder = temporaryFolder();
    const sandbox = await startWith(standIn(), { folder });
    const expected = {
      url: sandbox.url,
      id: 'state-1',
      account: '111122223333',
      pid: process.pid,
      accounts: sandbox.accounts,
      consistencyLag: 0,
      environment: sandbox.environment(),
      endpointEnvironment: sandbox.endpointEnvironment(),
    };
    expect(await findSandbox(folder)).toEqual(expected);
    expect(await connectSandbox(sandbox.url)).toEqual(expected);
    await sandbox.close();
    expect(existsSync(join(folder, 'address.json'))).toBe(false);
    expect(await findSandbox(folder)).toBeUndefined();
    await expect(connectSandbox(sandbox.url)).rejects.toThrow(SandboxError);
  });

  it('skips an address that is incomplete, does not answer, or belongs to another sandbox', async () => {
    const sandbox = await startWith(standIn(), { folder: temporaryFolder() });
    const folder = temporaryFolder();
    const gone = { url: 'http://127.0.0.1:9', pid: process.pid, id: 'state-1' };
    for (const address of [
      '{',
      JSON.stringify(gone),
      JSON.stringify({ ...gone, url: sandbox.url, id: 'other' }),
    ]) {
      writeFileSync(join(folder, 'address.json'), address);
      expect(await findSandbox(folder)).toBeUndefined();
    }
  });

  it('only connects to loopback, and does not mistake another server for a sandbox', async () => {
    await expect(connectSandbox('http://sandbox.example:80')).rejects.toThrow('http://127.0.0.1:PORT');
    const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(connectSandbox(`http://127.0.0.1:${port}`)).rejects.toThrow('something else answers there');
  });
});

it('leaves nothing running if it cannot start', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'empty'));
  await expect(startWith(standIn(), { folder })).rejects.toThrow('EISDIR');
  expect(existsSync(join(folder, 'owner.json'))).toBe(false);
  expect(await findSandbox(folder)).toBeUndefined();
});

async function endedProcess(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

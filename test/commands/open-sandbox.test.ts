import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callSandbox, createWorld } from '../../sandbox/testing/index.ts';
import type { Connected } from '../../src/aws/connection.ts';
import { unknownLag } from '../../src/aws/context.ts';
import { createRepeater } from '../../src/aws/repeat-calls.ts';
import { createCleanupContext } from '../../src/commands/create-context.ts';
import type { Host } from '../../src/commands/host.ts';
import { openSandbox } from '../../src/commands/open-sandbox.ts';
import { worldOn } from '../support/embedded.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gopackgo-open-sandbox-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('if its state cannot be stored, it names the folder and says what to do', async () => {
  await writeFile(join(folder, '.gopackgo'), 'a file in its place');
  const opened = openSandbox(folder, { url: undefined, speed: undefined, settings: undefined });
  await expect(opened).rejects.toMatchObject({ name: 'ActionableError', status: 4 });
  await expect(opened).rejects.toThrow(/cannot keep its state.*\.gopackgo.*in another folder/);
});

it('commands that start at the same moment share one: the first starts it, the others join it', async () => {
  const cwd = await mkdtemp(join(folder, 'at-once-'));
  const options = { url: undefined, speed: undefined, settings: undefined };
  const opened = await Promise.all([1, 2, 3].map(() => openSandbox(cwd, options)));
  try {
    expect(new Set(opened.map(({ id, url }) => `${id} ${url}`)).size).toBe(1);
  } finally {
    await Promise.all(opened.map((one) => one.close()));
  }
});

it('reports its consistency lag when it is opened, whether it was started for the command or was running', async () => {
  const cwd = await mkdtemp(join(folder, 'lag-'));
  const options = { url: undefined, speed: undefined, settings: undefined };
  const started = await openSandbox(cwd, options);
  try {
    expect(started.consistencyLag).toBe(0);
    expect((await openSandbox(cwd, options)).consistencyLag).toBe(0);
    await callSandbox(started.url, 'POST', '/_sandbox/settings', { consistency: { hiddenReads: 2 } });
    expect((await openSandbox(cwd, options)).consistencyLag).toBe(2_000);
    expect((await openSandbox(cwd, { ...options, url: started.url })).consistencyLag).toBe(2_000);
  } finally {
    await started.close();
  }
});

it('pauses between lookups as long as the sandbox lags, and on AWS as long as is safe', () => {
  const { clients, host, command, ...more } = {
    ...worldOn(createWorld()),
    host: { name: 'this-machine', cwd: folder } as Host,
  };
  const sandbox = { id: 'id', url: 'url', environment: {}, accounts: [], close: async () => undefined };
  const lagIn = (consistencyLag?: number) => {
    const opened = consistencyLag === undefined ? {} : { sandbox: { ...sandbox, consistencyLag } };
    const connected = { ...clients, repeater: createRepeater(0) } as Connected;
    return createCleanupContext({ clients: connected, command, ...opened }, host, more).lag;
  };
  expect([lagIn(), lagIn(0), lagIn(3_000)]).toEqual([unknownLag, 0, 3_000]);
});

it.each([
  ['http://127.0.0.1:1', 4, /no sandbox answers there/],
  ['sandbox', 2, /address is http:\/\/127\.0\.0\.1:PORT/],
])('--sandbox-url %s without a sandbox there exits with status %i', async (url, status, says) => {
  const opened = openSandbox(folder, { url, speed: undefined, settings: undefined });
  await expect(opened).rejects.toMatchObject({ status, message: expect.stringMatching(says) });
});

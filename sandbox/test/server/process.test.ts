import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { callSandbox, findSandbox, startSandbox } from '../../index.ts';
import { temporaryFolder } from './stand-in.ts';

const program = `
  const { startSandbox } = await import(process.argv[1]);
  const sandbox = await startSandbox({ folder: process.argv[2] });
  console.log(sandbox.url);
  await sandbox.closed;
`;

/** The sandbox as a separate process, run by Node and not by the test runner. Resolves once it has started. */
async function sandboxProcess(folder: string): Promise<{ child: ChildProcess; url: string }> {
  const index = new URL('../../index.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, index, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const url of createInterface(child.stdout)) return { child, url };
  throw new Error('The sandbox ended before it was started');
}

it('is found by another process, and ends on request, with its process', async () => {
  const folder = temporaryFolder();
  const { child, url } = await sandboxProcess(folder);
  expect(await findSandbox(folder)).toMatchObject({ url, pid: child.pid, account: '123456789012' });
  const ended = once(child, 'exit');
  await callSandbox(url, 'POST', '/_sandbox/stop');
  expect(await ended).toEqual([0, null]);
  expect(await findSandbox(folder)).toBeUndefined();
});

it('is not found after a kill, and leaves its folder and ports to the next one', async () => {
  const folder = temporaryFolder();
  const { child, url } = await sandboxProcess(folder);
  await expect(startSandbox({ folder })).rejects.toThrow(`process ${child.pid}`);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(await findSandbox(folder)).toBeUndefined();
  const next = await startSandbox({ folder });
  onTestFinished(() => next.close());
  expect(next.url).toBe(url);
});

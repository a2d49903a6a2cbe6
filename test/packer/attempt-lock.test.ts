import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hasLetGo } from '../../src/packer/attempt-lock.ts';
import { startAttempt } from '../../src/packer/process.ts';

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'attempt '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const hasFlock = async () => {
  const [exit] = await once(spawn('/bin/sh', ['-c', 'command -v flock'], { stdio: 'ignore' }), 'close');
  return exit === 0;
};

it.skipIf(!(await hasFlock()))(
  'an attempt holds its lock until the last of its processes has ended',
  async () => {
    const folder = newFolder();
    const program = join(folder, 'packer');
    // Its child, such as a plugin, outlives it.
    writeFileSync(program, '#!/bin/sh\nsleep 600 &\necho $! > "$0.child"\necho started\nexec sleep 600\n', {
      mode: 0o755,
    });
    const attempt = await startAttempt({
      id: 'abc',
      target: 'us-east-1-a',
      build: 'amazon-ebs.us-east-1-a',
      release: 'web@1',
      recipe: 'sha256:0',
      base: '099720109477/ubuntu',
      packer: program,
      templateFile: join(folder, 'us-east-1.pkr.json'),
      cwd: folder,
      environment: { PATH: process.env.PATH ?? '' },
      folder,
      limitMs: 60_000,
      graceMs: 60_000,
    });
    await expect.poll(() => existsSync(`${program}.child`), { timeout: 60_000 }).toBe(true);
    expect(await hasLetGo(folder)).toBe(false);
    process.kill(attempt.pid, 'SIGKILL');
    await attempt.ended;
    await expect.poll(() => hasLetGo(folder), { timeout: 60_000 }).toBe(true);
  },
);

it('nothing is known about an attempt without a lock', async () => {
  expect(await hasLetGo(newFolder())).toBe(false);
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockRelease } from '../../src/lib/release-lock.ts';

const me = { pid: 10, host: 'here', startedAt: '2026-11-21T12:00:00Z' };
const other = { ...me, pid: 20 };
const newFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'lock');
};
const everybody = () => true;
const nobody = () => false;

it('the lock of a release is held by one at a time, and by the next one when it is released', async () => {
  const file = newFile();
  const first = await lockRelease(file, 'web@1', me, everybody);
  await expect(lockRelease(file, 'web@1', other, everybody)).rejects.toThrow(
    /web@1 is being published by process 10 on here/,
  );
  await first.release();
  await (await lockRelease(file, 'web@1', other, everybody)).release();
  expect(readdirSync(join(file, '..'))).toEqual([]);
});

it('the lock of a process that is gone is taken over', async () => {
  const file = newFile();
  await lockRelease(file, 'web@1', me, everybody);
  await lockRelease(file, 'web@1', other, nobody);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(other);
});

it('the lock of another host, whose processes cannot be seen here, is not taken over', async () => {
  const file = newFile();
  await lockRelease(file, 'web@1', { ...me, host: 'there' }, everybody);
  await expect(lockRelease(file, 'web@1', other, nobody)).rejects.toMatchObject({ status: 4 });
});

it('a lock file that was never written whole is replaced', async () => {
  const file = newFile();
  writeFileSync(file, '{"pid":');
  await lockRelease(file, 'web@1', me, everybody);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(me);
});

it.each(['free', 'dead'])('of many that ask for the lock at once, one gets it: it was %s', async (before) => {
  const file = newFile();
  if (before === 'dead') writeFileSync(file, JSON.stringify({ ...me, pid: 1 }));
  const alive = (pid: number) => pid !== 1;
  const asked = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => lockRelease(file, 'web@1', { ...me, pid: 100 + index }, alive)),
  );
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

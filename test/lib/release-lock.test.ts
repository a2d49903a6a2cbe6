import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LockLost } from '../../src/lib/file-lock.ts';
import { describeTakeOver, isLocked, lockRelease } from '../../src/lib/release-lock.ts';
import { aClaimant } from './a-claimant.ts';

const publish = { release: 'web@1', command: 'publish' };
const me = () => aClaimant();
const other = (own = {}) => aClaimant({ pid: 20, started: '200', ...own });
const there = (own = {}) => aClaimant({ host: 'there@00000002', pid: 1, started: '300', ...own });

const newFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'lock');
};
const partsOf = (file: string) => readdirSync(join(file, '..'));

/** A lock whose owner died, or sleeps: its file without a heartbeat. */
async function deadLock(file: string, own = {}) {
  const held = await lockRelease(file, publish, there(own));
  const text = readFileSync(held.part);
  await held.release();
  writeFileSync(held.part, text);
  return held;
}

/** A claimant that finds the time of every lock changed whenever it waits, as by a heartbeat. */
const besideABeatingHeart = (file: string, own = {}) => {
  const claimant = aClaimant({ pid: 20, ...own });
  let beats = 0;
  return {
    ...claimant,
    async sleep(milliseconds: number) {
      beats++;
      for (const part of partsOf(file)) utimesSync(join(file, '..', part), beats, beats);
      await claimant.sleep(milliseconds);
    },
  };
};

describe('on one machine the lock', () => {
  it('is held by one process at a time, and by the next one when it is released', async () => {
    const file = newFile();
    const first = await lockRelease(file, { ...publish, command: 'cleanup' }, me());
    await expect(lockRelease(file, publish, other())).rejects.toMatchObject({
      status: 4,
      message: expect.stringMatching(
        /^web@1: .*found "gopackgo cleanup": process 10 on here@00000001, since 2026-11-21T12:00:00.000Z\. Wait for it, or stop it\.$/,
      ),
    });
    await first.release();
    await (await lockRelease(file, publish, other())).release();
    expect(partsOf(file)).toEqual([]);
  });

  it('can be read only by its owner', async () => {
    const file = newFile();
    const { part } = await lockRelease(file, publish, me());
    expect(statSync(part).mode & 0o777).toBe(0o600);
  });

  it('of a process that is gone is taken over at once', async () => {
    const file = newFile();
    const first = await lockRelease(file, publish, me());
    const second = await lockRelease(file, publish, other({ isRunning: () => false }));
    expect(partsOf(file)).toHaveLength(1);
    expect(describeTakeOver('web@1', second)).toBeUndefined();
    await expect(first.check()).rejects.toThrow(LockLost);
    expect(first.lost.aborted).toBe(true);
    await expect(second.check()).resolves.toBeUndefined();
  });

  it('is not owned by a process that got the id of the dead one', async () => {
    const file = newFile();
    await lockRelease(file, publish, me());
    await lockRelease(file, publish, other({ startOf: () => '101' }));
    expect(partsOf(file)).toEqual([expect.stringMatching(/\.20\.200\.part$/)]);
  });

  it('is not owned by the asking process if that got the id itself', async () => {
    const file = newFile();
    await lockRelease(file, publish, me());
    await lockRelease(file, publish, other({ pid: 10 }));
    expect(partsOf(file)).toEqual([expect.stringMatching(/\.10\.200\.part$/)]);
  });

  it('is given to one of twenty processes that ask at once', async () => {
    const file = newFile();
    const asked = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => lockRelease(file, publish, aClaimant({ pid: 100 + index }))),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(partsOf(file)).toHaveLength(1);
  });

  it('is noticed as lost by its owner if somebody deletes it', async () => {
    const file = newFile();
    const held = await lockRelease(file, publish, me());
    rmSync(held.part);
    await expect(held.check()).rejects.toThrow(LockLost);
  });
});

describe('a lock of another machine, another container or an earlier boot', () => {
  it.each([
    ['there@00000002', 'another machine'],
    ['here/4026532201@00000001', 'a container'],
    ['here@00000002', 'a machine of the same name, or this one before it restarted'],
  ])('without a heartbeat is taken over, which is reported: %s, %s', async (host) => {
    const file = newFile();
    const dead = await deadLock(file, { host });
    const watched: unknown[] = [];
    const claimant = other();
    const began = claimant.now();
    const held = await lockRelease(file, { ...publish, onWatched: (owner) => watched.push(owner) }, claimant);
    expect(claimant.now() - began).toBeGreaterThanOrEqual(20_000);
    expect(watched).toEqual([{ host, pid: 1, started: '300' }]);
    expect(describeTakeOver('web@1', held)).toContain(`process 1 on ${host} was taken over`);
    expect(partsOf(file)).toEqual([expect.stringMatching(/\.20\.200\.part$/)]);
    await expect(dead.check()).rejects.toThrow(LockLost);
  });

  it('with a heartbeat is respected, and the refusal says when it would be taken over', async () => {
    const file = newFile();
    await lockRelease(file, publish, there());
    await expect(lockRelease(file, publish, besideABeatingHeart(file))).rejects.toMatchObject({
      status: 4,
      message: expect.stringMatching(
        /found "gopackgo publish": process 1 on there@00000002.*no sign of life for 20 s, the same command takes the lock over/,
      ),
    });
  });

  it.each([
    ['a day behind', -86_400_000],
    ['a day ahead', 86_400_000],
  ])('is alive with a heartbeat and dead without, even if the clock is %s', async (_what, by) => {
    const file = newFile();
    const off = Date.parse('2026-11-21T12:00:00Z') + by;
    const first = await deadLock(file);
    const asks = (claimant: ReturnType<typeof aClaimant>) => ({
      ...claimant,
      now: () => claimant.now() + off,
    });
    await expect(lockRelease(file, publish, asks(besideABeatingHeart(file)))).rejects.toMatchObject({
      status: 4,
    });
    await expect(lockRelease(file, publish, asks(other()))).resolves.toBeDefined();
    await expect(first.check()).rejects.toThrow(LockLost);
  });

  it('makes a cleanup see the release as locked only while it has a heartbeat', async () => {
    const file = newFile();
    await deadLock(file);
    expect(await isLocked(file, besideABeatingHeart(file))).toBe(true);
    expect(await isLocked(file, other())).toBe(false);
  });
});

it('gets its heartbeat from its owner automatically', async () => {
  const file = newFile();
  const { part, release } = await lockRelease(file, publish, me());
  const before = statSync(part).mtimeMs;
  await expect.poll(() => statSync(part).mtimeMs, { timeout: 60_000 }).toBeGreaterThan(before);
  await release();
});

describe('a lock of an earlier version', () => {
  const earlier = { pid: 30, host: 'here', startedAt: '2026-11-21T12:00:00Z' };
  it.each([
    ['of a living process', earlier, true],
    ['of another host', { ...earlier, host: 'there' }, true],
    ['of a dead process', { ...earlier, pid: 31 }, false],
  ])('%s: held is %s', async (_what, holder, held) => {
    const file = newFile();
    writeFileSync(file, JSON.stringify(holder));
    const claimant = other({ isRunning: (pid: number) => pid === 30 });
    expect(await isLocked(file, claimant)).toBe(held);
    const locking = lockRelease(file, publish, claimant);
    if (held)
      await expect(locking).rejects.toMatchObject({
        status: 4,
        message: expect.stringContaining(`delete ${file}`),
      });
    else expect(JSON.parse(readFileSync((await locking).part, 'utf8'))).toMatchObject({ pid: 20 });
  });

  it('that was never written completely is replaced', async () => {
    const file = newFile();
    writeFileSync(file, '{"pid":');
    await lockRelease(file, publish, me());
    expect(partsOf(file)).toHaveLength(1);
  });
});

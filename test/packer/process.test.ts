import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimAttemptFolder, readAttempts } from '../../src/packer/attempts.ts';
import { readLog } from '../../src/packer/log-file.ts';
import { type AttemptOrder, startAttempt } from '../../src/packer/process.ts';
import { isAlive, killGroup, stopGroup } from '../../src/packer/process-group.ts';
import { processesOfGroup } from '../../src/packer/process-table.ts';

const target = 'us-east-1-2204-hvm';
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

let root: string;
const started: number[] = [];
const ends: Promise<unknown>[] = [];
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'an attempt ')));
});
afterEach(async () => {
  for (const pid of started.splice(0)) killGroup(pid);
  await Promise.all(ends.splice(0));
  await rm(root, { recursive: true });
});

async function orderOf(play: string, changes: Partial<AttemptOrder> = {}): Promise<AttemptOrder> {
  const { folder } = await claimAttemptFolder(join(root, 'attempts'), target);
  return {
    id: 'a1b2',
    target,
    build: `amazon-ebs.${target}`,
    release: 'test-ebs@1.0.0',
    recipe: 'sha256:00',
    base: '099720109477/ubuntu',
    packer: fixture('packer'),
    templateFile: join(root, 'us-east-1.pkr.json'),
    cwd: root,
    environment: { PATH: process.env.PATH ?? '', PLAY: play, ATTEMPT: folder, EXIT: '0' },
    folder,
    limitMs: 60_000,
    graceMs: 60_000,
    ...changes,
  };
}

async function start(order: AttemptOrder) {
  const attempt = await startAttempt(order);
  started.push(attempt.pid);
  ends.push(attempt.ended);
  return attempt;
}

/** Waits until it holds, for at most 15 s. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it never came to hold');
}

const logged = (file: string, text: string) => until(async () => (await readLog(file)).includes(text));

it("keeps Packer's debug log, if the environment requests one, in a separate file that only its owner can read", async () => {
  const order = await orderOf('show');
  const attempt = await start({ ...order, environment: { ...order.environment, PACKER_LOG: '1' } });
  await attempt.ended;
  expect(await readFile(attempt.log, 'utf8')).toContain('variable PACKER_LOG_PATH\n');
  expect((await stat(join(order.folder, 'debug.log'))).mode & 0o777).toBe(0o600);
});

it('gives Packer its arguments, folder and environment, and the process id before it runs', async () => {
  const order = await orderOf('show', { environment: {} });
  const environment = {
    PATH: process.env.PATH ?? '',
    PLAY: 'show',
    ATTEMPT: order.folder,
    EXIT: '3',
    'ODD$(x)': '"`$',
  };
  const attempt = await start({ ...order, environment });
  expect(await attempt.ended).toEqual({
    exit: 3,
    signal: null,
    seconds: expect.any(Number),
    timedOut: false,
    hung: false,
    outOfSpace: false,
  });

  const lines = (await readFile(attempt.log, 'utf8')).trimEnd().split('\n');
  const named = (word: string) =>
    lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length + 1));
  expect(lines).toContain(`pid ${attempt.pid} on disk ${attempt.pid} attempt a1b2.${attempt.pid}`);
  expect(lines).toContain(`folder ${root}`);
  expect(lines).toContain("stdin ''");
  expect(lines).toContain('on stderr');
  expect(named('argument')).toEqual([
    ...['build', '-color=false', '-timestamp-ui', '-on-error=cleanup', `-only=amazon-ebs.${target}`],
    join(root, 'us-east-1.pkr.json'),
  ]);
  const shells = ['PWD', 'OLDPWD', 'SHLVL', '_'];
  expect(
    named('variable')
      .filter((name) => !shells.includes(name))
      .sort(),
  ).toEqual([...['ATTEMPT', 'EXIT', 'PATH', 'PKR_VAR_attempt', 'PLAY']]);

  expect(await readAttempts(join(root, 'attempts'), [target])).toEqual([
    {
      target,
      number: 1,
      folder: order.folder,
      log: join(order.folder, 'log'),
      pid: attempt.pid,
      record: {
        ...{
          id: 'a1b2',
          target,
          release: 'test-ebs@1.0.0',
          recipe: 'sha256:00',
          base: '099720109477/ubuntu',
        },
        ...{ startedAt: expect.stringMatching(/^\d{4}-.*Z$/), log: join(order.folder, 'log') },
      },
      result: { exit: 3, signal: null, endedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    },
  ]);
});

it('starts nothing if its folder is gone, its id would break the tag, or it has no limit', async () => {
  await expect(startAttempt(await orderOf('show', { id: 'a.b' }))).rejects.toThrow(RangeError);
  await expect(startAttempt(await orderOf('show', { limitMs: Number.POSITIVE_INFINITY }))).rejects.toThrow(
    RangeError,
  );
  const order = await orderOf('show', { cwd: join(root, 'absent') });
  await expect(startAttempt(order)).rejects.toThrow(/ENOENT/);
  await expect(startAttempt({ ...order, folder: join(root, 'absent') })).rejects.toThrow(/ENOENT/);
  expect((await readAttempts(join(root, 'attempts'), [target])).map(({ pid }) => pid)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('reports a missing program by the exit status and in the log', async () => {
  const attempt = await start(await orderOf('show', { packer: join(root, 'absent') }));
  expect((await attempt.ended).exit).toBe(127);
  expect(await readLog(attempt.log)).toContain('absent');
});

it('asks the whole process group to stop and lets it clean up', async () => {
  const attempt = await start(await orderOf('family'));
  await logged(attempt.log, 'ready');
  expect(await isAlive({ pid: attempt.pid, target })).toBe('running');
  expect(await isAlive({ pid: attempt.pid, target: `${target}-2` })).toBe('dead');
  expect(attempt.stop()).toBe(true);
  expect(await attempt.ended).toMatchObject({ exit: 1, timedOut: false });
  expect(await readLog(attempt.log)).toContain('cleaned up');
  expect(await processesOfGroup(attempt.pid)).toEqual([]);
  expect([attempt.stop(), attempt.kill()]).toEqual([false, false]);
});

it("a kill ends every process of Packer's group", async () => {
  const attempt = await start(await orderOf('family'));
  await logged(attempt.log, 'ready');
  attempt.kill();
  expect(await attempt.ended).toMatchObject({ exit: null, signal: 'SIGKILL' });
  await until(async () => (await processesOfGroup(attempt.pid)).length === 0);
  expect(await readLog(attempt.log)).not.toContain('cleaned up');
});

it('a build past its time limit is asked to stop', async () => {
  const attempt = await start(await orderOf('obey', { limitMs: 1500 }));
  expect(await attempt.ended).toMatchObject({ exit: 1, signal: null, timedOut: true });
  expect(await readLog(attempt.log)).toContain('cleaned up');
});

it('a build past its time limit that does not stop within its grace period is killed', async () => {
  const attempt = await start(await orderOf('stubborn', { limitMs: 1500, graceMs: 500 }));
  expect(await attempt.ended).toMatchObject({ exit: null, signal: 'SIGKILL', timedOut: true });
  expect(await readLog(attempt.log)).toContain('heard');
});

it('a build that is asked to stop and does not stop within its grace period is killed', async () => {
  const attempt = await start(await orderOf('stubborn', { graceMs: 500 }));
  await logged(attempt.log, 'ready');
  expect(attempt.stop()).toBe(true);
  expect(await attempt.ended).toMatchObject({ exit: null, signal: 'SIGKILL', timedOut: false });
  expect(await readLog(attempt.log)).toContain('heard');
});

it('a Packer whose plugins have been gone for long is killed, but not one that has children', async () => {
  const alone = await start(await orderOf('alone', { aloneMs: 400 }));
  expect(await alone.ended).toMatchObject({ exit: null, signal: 'SIGKILL', hung: true });
  const family = await start(await orderOf('family', { aloneMs: 6000, limitMs: 13_000 }));
  expect(await family.ended).toMatchObject({ exit: 1, hung: false, timedOut: true });
});

it('leaves no process of Packer behind that outlives its leader', async () => {
  const attempt = await start(await orderOf('leave'));
  expect(await attempt.ended).toMatchObject({ exit: 0 });
  await until(async () => (await processesOfGroup(attempt.pid)).length === 0);
});

/** An attempt whose starter was killed with SIGKILL. */
async function abandoned(play: string) {
  const order = await orderOf(play);
  const starter = spawn(process.execPath, [fixture('start-attempt.ts'), JSON.stringify(order)], {
    stdio: 'inherit',
  });
  await logged(join(order.folder, 'log'), 'ready');
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  const [known] = await readAttempts(join(root, 'attempts'), [target]);
  const pid = known?.pid ?? 0;
  started.push(pid);
  return { order, pid, log: known?.log ?? '' };
}

it('lets Packer finish if its starter was killed, with its log', async () => {
  const { order, pid, log } = await abandoned('finish');
  expect(await isAlive({ pid, target })).toBe('running');
  await writeFile(join(order.folder, 'go'), '');
  await until(async () => (await isAlive({ pid, target })) === 'dead');
  expect(await readLog(log)).toBe('ready\nfinished its build\n');
  expect((await readAttempts(join(root, 'attempts'), [target]))[0]).not.toHaveProperty('result');
});

it('a Packer that an earlier run started is asked to stop by its process id', async () => {
  const { pid, log } = await abandoned('family');
  expect(await isAlive({ pid, target })).toBe('running');
  expect(stopGroup(pid)).toBe(true);
  await until(async () => (await isAlive({ pid, target })) === 'dead');
  expect(await readLog(log)).toContain('cleaned up');
});

it('distinguishes processes whose leader is gone from a running build', async () => {
  const { pid } = await abandoned('family');
  process.kill(pid, 'SIGKILL');
  await until(async () => (await isAlive({ pid, target })) !== 'running');
  expect(await isAlive({ pid, target })).toBe('orphaned');
  expect(await isAlive({ pid, target: 'us-east-1-other' })).toBe('dead');
  expect(killGroup(pid)).toBe(true);
  await until(async () => (await isAlive({ pid, target })) === 'dead');
});

it('does not mistake another program with the same process id for an attempt', async () => {
  const other = spawn('sleep', ['20'], { detached: true, stdio: 'ignore' });
  const pid = other.pid ?? 0;
  started.push(pid);
  expect(await isAlive({ pid, target })).toBe('dead');
  expect((await processesOfGroup(pid)).map((one) => one.command)).toEqual(['sleep 20']);
});

it.runIf(process.platform === 'linux')(
  'a process that has ended and was not reaped (zombie) counts as dead',
  async () => {
    const script = 'setsid sleep 0.3 & echo $!; exec sleep 20';
    const parent = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(parent.pid ?? 0);
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(printed.toString());
    // It becomes its own process group a moment after its id is printed, and stays one: nobody reaps it.
    await until(async () => isGroup(zombie));
    await until(async () => (await processesOfGroup(zombie)).length === 0);
    expect(isGroup(zombie)).toBe(true);
    expect(await isAlive({ pid: zombie, target })).toBe('dead');
  },
);

function isGroup(id: number): boolean {
  try {
    process.kill(-id, 0);
    return true;
  } catch {
    return false;
  }
}

it.each([0, 1, -1, Number.NaN, 1.5])('never signals process id %d, which would reach others', async (pid) => {
  expect(await isAlive({ pid, target })).toBe('dead');
  expect(() => stopGroup(pid)).toThrow(RangeError);
  expect(() => killGroup(pid)).toThrow(RangeError);
});

it('the process table from ps equals the one from /proc', async ({ skip }) => {
  if (process.platform !== 'linux') skip();
  const attempt = await start(await orderOf('family'));
  await logged(attempt.log, 'ready');
  // Only the leader: the fixture's forks come and go between two reads.
  const leader = async (platform: NodeJS.Platform) =>
    (await processesOfGroup(attempt.pid, platform)).find((one) => one.pid === attempt.pid);
  const fromPs = await leader('darwin').catch((error: unknown) =>
    String(error).includes('ENOENT') ? skip() : Promise.reject(error),
  );
  expect(fromPs?.command).toContain(`-only=amazon-ebs.${target}`);
  expect(fromPs).toEqual(await leader('linux'));
});

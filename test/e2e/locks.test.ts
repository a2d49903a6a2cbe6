import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsOfType, resultOf } from './events.ts';
import { cleanEnvironment, newProject, type Project, program, type Run, until } from './project.ts';
import { stateOf } from './state.ts';

const friend = '210987654321';
const words = ['publish', 'test-ebs', '--sandbox', '--yes', '--json'];

let project: Project;
beforeEach(async () => {
  project = await newProject();
  await project.config('test-ebs', (config) => {
    config.share = { accounts: [friend] };
    config.record = 'ami_ids.json';
  });
});
afterEach(() => project.remove());

const releaseFolder = () => {
  const releases = project.path('.gopackgo/sandbox/releases');
  return `${releases}/${readdirSync(releases).find((name) => name.startsWith('test-ebs@'))}`;
};
const locks = () => readdirSync(releaseFolder()).filter((name) => name.startsWith('lock.'));

/** Like a container: with its own processes, process ids and host name, in the machine's folder and network. */
const unshare = ['--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
const mayUnshare = spawnSync('unshare', [...unshare, 'hostname', 'c1']).status === 0;

function inContainer(name: string): { child: ChildProcess; ended: Promise<Run> } {
  const script = 'hostname "$1"; shift; exec "$@"';
  const child = spawn(
    'unshare',
    [...unshare, 'sh', '-c', script, 'sh', name, process.execPath, program, ...words],
    { cwd: project.folder, env: cleanEnvironment(project.folder), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const run: Run = { exit: null, stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    run.stdout += text;
  });
  child.stderr.on('data', (text) => {
    run.stderr += text;
  });
  return { child, ended: once(child, 'close').then(([exit]) => ({ ...run, exit: exit as number | null })) };
}

const launches = async (sandbox: Awaited<ReturnType<Project['sandbox']>>) =>
  (await sandbox.calls()).filter(({ operation, status }) => operation === 'RunInstances' && status === 200)
    .length;

/** Slow enough to be interrupted while it builds. */
const slow = [{ on: 'ssh', command: 'script_', times: 0, does: { delay: 4_000 } }] as const;

describe.skipIf(!mayUnshare)(
  'a publish in a container (skipped if this machine does not allow unshare)',
  () => {
    it('that is killed with all its processes is resumed in the next one, which says so', async () => {
      const sandbox = await project.sandbox([...slow]);
      const first = inContainer('c1');
      await until('both builders to run', async () => (await launches(sandbox)) === 2);
      first.child.kill('SIGKILL');
      await first.ended;
      expect(locks()).toHaveLength(1);

      const again = await inContainer('c2').ended;
      expect(again.exit, again.stderr).toBe(0);
      expect(again.stderr).toMatch(/process 1 on c1\/\d+@[0-9a-f]{8} holds its lock\. Waiting up to 20 s/);
      expect(eventsOfType(again, 'warning').map(({ text }) => text)).toEqual([
        expect.stringMatching(/the lock of process 1 on c1\/\d+@[0-9a-f]{8} was taken over/),
      ]);
      expect(resultOf(again)).toMatchObject({ exit: 0, shared: true, recorded: true });
      const { amis, leftovers } = await stateOf(sandbox.clients);
      expect([amis.length, leftovers]).toEqual([2, []]);
      expect(locks()).toEqual([]);
    });

    it('that is alive makes the next one exit with 4 and say when the lock would be taken over', async () => {
      const sandbox = await project.sandbox([...slow]);
      const first = inContainer('c1');
      await until('a builder to run', async () => (await launches(sandbox)) > 0);
      const second = await inContainer('c2').ended;
      expect(second.exit, second.stderr).toBe(4);
      expect(second.stderr).toMatch(
        /found "gopackgo publish": process 1 on c1\/.*no sign of life for 20 s, the same command takes the lock over/,
      );
      const run = await first.ended;
      expect(run.exit, run.stderr).toBe(0);
    });
  },
);

it('a publish whose lock was taken over, for example while its machine slept, changes nothing more and exits with 1', async () => {
  const sandbox = await project.sandbox([...slow]);
  const { child, ended } = project.start(words);
  await until('both builders to run', async () => (await launches(sandbox)) === 2);
  const [lock = ''] = locks();
  // Another process removes the lock, because it considers the owner dead.
  renameSync(`${releaseFolder()}/${lock}`, project.path('taken'));
  const run = await ended;
  expect(run.exit, run.stderr).toBe(1);
  expect(eventsOfType(run, 'warning').map(({ text }) => text)).toContainEqual(
    expect.stringContaining('no longer holds the lock'),
  );
  const calls = (await sandbox.calls()).filter(({ status }) => status === 200);
  expect(calls.filter(({ operation }) => /^Modify|^Put/.test(operation))).toEqual([]);
  expect(() => readFileSync(`${releaseFolder()}/result.json`)).toThrow(/ENOENT/);
  expect(child.exitCode).toBe(1);

  const again = await project.run(words);
  expect(again.exit, again.stderr).toBe(0);
  expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);
});

it('publish says if a cleanup is working on the release', async () => {
  const sandbox = await project.sandbox();
  await project.config('test-ebs', () => undefined);
  expect((await project.run(words)).exit).toBe(0);
  await sandbox.addFaults([{ on: 'ec2:DeregisterImage', times: 0, does: { delay: 20_000 } }]);
  const release = releaseFolder().split('/').at(-1) ?? '';
  const cleaning = project.start(['cleanup', release, '--sandbox', '--yes', '--including-shared']);
  await until('the lock to be held', () =>
    locks().some((name) => readFileSync(`${releaseFolder()}/${name}`).length > 0),
  );
  const refused = await project.run(words);
  expect(refused.exit, refused.stderr).toBe(4);
  expect(refused.stderr).toContain('found "gopackgo cleanup": process');
  cleaning.child.kill('SIGKILL');
  await cleaning.ended;
});

import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { RunEvent } from '../../src/model/events.ts';
import type { Mode } from '../../src/report/output.ts';
import { createReport } from '../../src/report/report.ts';
import { at, failed, result, sink, start, two } from './made-up.ts';

const target = 'us-east-1-2204-hvm';
const ami = 'ami-0aaaaaaaaaaaaaaa1';
const run: RunEvent[] = [
  at(0, two),
  at(1, { type: 'attempt-started', target, attempt: 1, of: 3, log: 'attempts/log' }),
  at(2, { type: 'attempt-progress', target, text: '\u001b[2J\rpassword=hunter2hunter2 launching' }),
  at(3, { type: 'attempt-progress', target, text: 'Stopping' }),
  at(4, { type: 'attempt-progress', target, text: 'Stopping' }),
  at(5, { type: 'attempt-ended', target, attempt: 1, exit: 0, seconds: 4 }),
  at(6, { type: 'status', target, status: 'built', ami }),
  at(7, { type: 'verified', target, ami }),
  at(8, { type: 'warning', text: 'm3.medium is offered in 1 of 3 zones', region: 'us-east-1' }),
];

const terminal = { columns: 80, rows: 24 };

async function drawn(mode: Mode, events: RunEvent[], stdout = sink(), stderr = sink()) {
  const report = createReport({ mode, stdout: stdout.output, stderr: stderr.output, now: () => start });
  for (const event of events) report.emit(event);
  await report.close();
  return { stdout: stdout.text(), stderr: stderr.text() };
}

it('json: one event on each line of stdout, unchanged except for credentials, and no other output', async () => {
  const { stdout, stderr } = await drawn('json', [...run, at(9, result())]);
  const lines = stdout.split('\n');
  expect(lines.pop()).toBe('');
  const told = lines.map((line) => JSON.parse(line));
  expect(told[2].text).not.toContain('hunter2hunter2');
  expect(told.filter((_, place) => place !== 2)).toEqual(
    [...run, at(9, result())].filter((_, place) => place !== 2),
  );
  expect(stderr).toBe('');
});

it('plain: one line for each change on stderr, no cursor movement, no credential, the result on stdout', async () => {
  const { stdout, stderr } = await drawn('plain', [...run, at(9, result())]);
  expect(stderr.split('\n')).toEqual([
    'test-ebs@1.0.0 · account 123456789012 · sandbox · 2 AMIs in 1 region',
    '  to build 2 · already there 0 · in conflict 0 · shared with nobody',
    '  base images 2 found and pinned, all by SSM',
    '03:04:06  us-east-1-2204-hvm  attempt 1 of 3 starts; log attempts/log',
    expect.stringMatching(/^03:04:07 {2}us-east-1-2204-hvm {3}password=\S+ launching$/),
    '03:04:08  us-east-1-2204-hvm  Stopping',
    '03:04:10  us-east-1-2204-hvm  attempt 1 ended after 4 s',
    `03:04:11  us-east-1-2204-hvm  built  ${ami}`,
    `03:04:12  us-east-1-2204-hvm  verified  ${ami}`,
    '03:04:13  warning: us-east-1: m3.medium is offered in 1 of 3 zones',
    '! us-east-1: m3.medium is offered in 1 of 3 zones',
    '',
  ]);
  expect(stderr).not.toContain('hunter2hunter2');
  expect(stdout.split('\n')).toEqual([
    '  TARGET              AMI                    STATE     SECONDS  ATTEMPTS  SNAPSHOTS',
    '  us-east-1-2204-hvm  ami-0aaaaaaaaaaaaaaa1  verified     12.3         1  snap-0aaaaaaaaaaaaaaa1',
    '  us-east-1-2404-hvm  ami-0aaaaaaaaaaaaaaa2  verified     20.0         2  snap-0aaaaaaaaaaaaaaa2',
    '  templates and logs  .gopackgo/test-ebs@1.0.0',
    '',
    'test-ebs@1.0.0: 2 of 2 verified, shared with nobody; took 9 s.',
    '',
  ]);
});

/** A call that fails is repeated, and then succeeds. */
const call = { operation: 'ec2:DescribeKeyPairs', region: 'us-east-1' };
const until = '2026-11-21T03:09:05.000Z';
const retrying: RunEvent = at(0, {
  type: 'retrying',
  ...call,
  error: 'InternalError: password=hunter2hunter2',
  retryIn: 2,
  until,
});
const answered: RunEvent = at(1, { type: 'answered', ...call });

it.each(['plain', 'live'] as const)(
  '%s: says which call fails and is repeated, before the plan as well',
  async (mode) => {
    const { stderr } = await drawn(mode, [retrying, answered, at(2, two)]);
    const [first, second] = stripVTControlCharacters(stderr).split('\n');
    expect(first).toMatch(
      /^03:04:05 {2}ec2:DescribeKeyPairs in us-east-1 fails; repeating it until 03:09:05 at most: InternalError: .*; next in 2 s$/,
    );
    expect(second).toBe('03:04:06  ec2:DescribeKeyPairs in us-east-1 succeeds again');
    expect(stderr).not.toContain('hunter2hunter2');
  },
);

it('quiet: the result, and each failure with its place and what to do next', async () => {
  const removed = at(8, { type: 'removed', region: 'us-east-1', kind: 'instance', id: 'i-0a8' });
  const { stdout, stderr } = await drawn('quiet', [...run.slice(0, -1), removed, at(9, failed)]);
  expect(stdout).toContain('test-ebs@1.0.0: 1 of 2 verified, shared with nobody; took 9 s.');
  expect(stderr.split('\n')).toEqual([
    '✖ us-east-1-2404-hvm  provisioner failed (exit 9); not retried: it would fail again',
    '    E: Unable to locate package ink',
    expect.stringMatching(/^ {4}password=(?!hunter2)/),
    '    log .gopackgo/test-ebs@1.0.0/attempts/us-east-1-2404-hvm/1/log:412',
    '  kept      1 AMI, shared with nobody by this run: ami-0aaaaaaaaaaaaaaa1',
    '  removed   i-0a8',
    '  next      fix configs/provision/test.sh, then',
    '            gopackgo publish test-ebs',
    'exit status 1',
    '',
  ]);
});

it('wraps failures between words, and names a key pair as such', async () => {
  const removed = at(8, { type: 'removed', region: 'us-east-1', kind: 'key pair', id: 'gopackgo-test' });
  const { stderr } = await drawn(
    'quiet',
    [at(0, two), removed, at(9, failed)],
    sink(),
    sink({ columns: 60, rows: 24 }),
  );
  expect(stripVTControlCharacters(stderr).split('\n').slice(0, 2)).toEqual([
    '✖ us-east-1-2404-hvm  provisioner failed (exit 9); not',
    '    retried: it would fail again',
  ]);
  expect(stderr).toContain('  removed   key gopackgo-test\n');
});

it('says that nothing was built if a run found everything', async () => {
  const targets = result().targets.map((one) => ({ ...one, attempts: 0 }));
  const { stdout } = await drawn('quiet', [at(0, two), at(1, result({ targets }))]);
  expect(stdout).toContain(
    '2 of 2 verified, shared with nobody; all exist already, nothing was built; took 1 s.',
  );
});

it('says with whom the AMIs are shared, and when only some are', async () => {
  const plan = at(0, { ...two, accounts: ['210987654321'] });
  const shared = result().targets.map((one) => ({ ...one, status: 'shared' as const }));
  const all = await drawn('quiet', [plan, at(1, result({ shared: true, targets: shared }))]);
  expect(all.stdout).toContain('2 of 2 verified, shared with 210987654321; took');
  const some = await drawn('quiet', [
    plan,
    at(1, result({ exit: 1, targets: [...shared.slice(0, 1), ...result().targets.slice(1)] })),
  ]);
  expect(some.stdout).toContain('2 of 2 verified, 1 of 2 shared; took');
  const none = await drawn('quiet', [plan, at(1, { ...failed, shared: false })]);
  expect(none.stdout).toContain('1 of 2 verified, nothing was shared; took');
});

it('says that AMIs are public, and when none or only some are', async () => {
  const plan = at(0, { ...two, public: true });
  const open = result().targets.map((one) => ({ ...one, status: 'shared' as const }));
  const said = async (one: Parameters<typeof result>[0]) =>
    (await drawn('quiet', [plan, at(1, result(one))])).stdout;
  expect(await said({ shared: true, targets: open })).toContain('2 of 2 verified, public; took');
  expect(await said({ exit: 1, targets: [...open.slice(0, 1), ...result().targets.slice(1)] })).toContain(
    '2 of 2 verified, 1 of 2 public; took',
  );
  expect(await said({ exit: 1 })).toContain('2 of 2 verified, nothing was made public; took');
});

it('prints nothing for a run without a result', async () => {
  expect(await drawn('quiet', run)).toEqual({ stdout: '', stderr: '' });
});

it('continues when nobody reads its output any longer', async () => {
  const stdout = sink();
  const report = createReport({
    mode: 'json',
    stdout: stdout.output,
    stderr: sink().output,
    now: () => start,
  });
  report.emit(at(0, two));
  stdout.stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await new Promise((closed) => stdout.stream.once('close', closed));
  for (const event of run) report.emit(event);
  await report.close();
  expect(stdout.text().trim().split('\n')).toHaveLength(1);
});

it('live: draws within the terminal, restores the stream and the cursor, and ends with the result', async () => {
  const stdout = sink(terminal);
  const stderr = sink(terminal);
  const { write } = stderr.output.stream;
  const listeners = process.listenerCount('SIGINT');
  const report = createReport({
    mode: 'live',
    stdout: stdout.output,
    stderr: stderr.output,
    now: () => start,
  });
  for (const event of run) report.emit(event);
  await expect.poll(() => stderr.text()).toContain('1 of 2 verified');
  expect(process.listenerCount('SIGINT')).toBe(listeners);
  report.emit(at(9, result()));
  await report.close();
  expect(stderr.output.stream.write).toBe(write);
  const screen = stderr.text();
  expect(screen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.lastIndexOf('\u001b[?25l'));
  const lines = stripVTControlCharacters(screen).split('\n');
  expect(lines).toContain(`  ✔ 2204-hvm  ${ami}  verified`);
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
  expect(stdout.text()).toContain('2 of 2 verified');
});

it('quiet: nothing on stderr if there is no problem', async () => {
  const next = ['gopackgo status test-ebs   shows it as AWS has it'];
  const well = [at(0, two), at(1, result({ next }))];
  expect((await drawn('quiet', well)).stderr).toBe('');
  expect((await drawn('plain', well)).stderr).toContain(next[0]);
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Host } from '../../src/commands/host.ts';
import { type Run, type RunOptions, runCommand } from '../../src/commands/run.ts';
import type { EventBody, Result } from '../../src/model/events.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const done: Result = {
  type: 'result',
  format: 2,
  release: 'web@1.0.0',
  exit: 0,
  targets: [],
  shared: true,
  recorded: false,
  folder: 'shown',
  next: [],
};

/** A run of this work, with everything that it shows, in order, and a way to interrupt it. */
function started(
  work: (run: Run<EventBody>) => Promise<Result>,
  more: Partial<RunOptions<EventBody, Result>> = {},
  closeScreen: () => Promise<void> = async () => undefined,
) {
  const order: string[] = [];
  let handler: (count: number) => void = () => undefined;
  let crash: (error: unknown) => void = () => undefined;
  const stream = { write: (text: string) => order.push(text.trimEnd()) };
  const host = {
    cwd: '/',
    environment: {},
    stdout: stream,
    stderr: stream,
    onInterrupt(given: typeof handler) {
      handler = given;
      return () => order.push('listens no longer');
    },
    onCrash(given: typeof crash) {
      crash = given;
      return () => order.push('crashes are its own no longer');
    },
    leave: (status: number) => order.push(`leaves with ${status}`),
  } as unknown as Host;
  const exit = runCommand<EventBody, Result>(
    host,
    {
      folder: join(folder, 'web@1.0.0'),
      files: { events: 'events.ndjson', result: 'result.json' },
      report: () => ({
        emit: (event) => order.push(event.type === 'warning' ? `warning: ${event.text}` : event.type),
        async close() {
          await closeScreen();
          order.push('closed');
        },
      }),
      json: false,
      describeLeft: () => 'stays behind',
      ...more,
    },
    work,
  );
  return {
    exit,
    order,
    interrupt: (count: number) => handler(count),
    crash: (error: unknown) => crash(error),
  };
}

const read = (name: string) => readFileSync(join(folder, 'web@1.0.0', name), 'utf8');
const eventsKept = () =>
  read('events.ndjson')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

it('keeps every event with its time, and the result in a separate file; both are shown', async () => {
  const { exit, order } = started(async ({ emit }) => {
    emit({ type: 'verified', target: 'one', ami: 'ami-1' });
    return done;
  });
  expect(await exit).toBe(0);
  expect(order).toEqual([
    'verified',
    'result',
    'listens no longer',
    'crashes are its own no longer',
    'closed',
  ]);
  expect(eventsKept()).toEqual([
    { time: expect.stringMatching(/^\d{4}-.*Z$/), type: 'verified', target: 'one', ami: 'ami-1' },
    { time: expect.any(String), ...done },
  ]);
  expect(JSON.parse(read('result.json'))).toEqual(done);
});

it('keeps neither events nor a result that the command does not want to keep', async () => {
  const { exit, order } = started(
    async ({ emit }) => {
      emit({ type: 'verified', target: 'one', ami: 'ami-1' });
      return done;
    },
    { isKept: ({ type }) => type !== 'verified', isResultKept: () => false },
  );
  await exit;
  expect(order.slice(0, 2)).toEqual(['verified', 'result']);
  expect(eventsKept()).toEqual([expect.objectContaining({ type: 'result' })]);
  expect(() => read('result.json')).toThrow('ENOENT');
});

it.each([
  ['a good run has failed', 0, 1],
  ['an interrupted one stays interrupted', 130, 130],
] as const)('says if the result file cannot be written: %s', async (_, exit, becomes) => {
  mkdirSync(join(folder, 'web@1.0.0', 'result.json'), { recursive: true });
  const run = started(async () => ({ ...done, exit }), { withoutFile: () => 'The AMIs: one ami-1' });
  expect(await run.exit).toBe(becomes);
  expect(run.order[0]).toMatch(/^warning: result.json could not be written \(.*\)\. The AMIs: one ami-1$/);
  expect(eventsKept().at(-1)).toMatchObject({ type: 'result', exit: becomes });
});

it('ends the report if the work throws, and rethrows the error', async () => {
  const { exit, order } = started(async () => {
    throw new Error('refused');
  });
  await expect(exit).rejects.toThrow('refused');
  expect(order).toEqual(['listens no longer', 'crashes are its own no longer', 'closed']);
});

const never = () => new Promise<never>(() => undefined);

const crashed = (message: string): Result => ({
  ...done,
  exit: 1,
  shared: false,
  targets: [
    {
      name: 'one',
      region: 'us-east-1',
      status: 'unknown',
      attempts: 0,
      seconds: 0,
      error: { kind: 'unknown', message },
    },
  ],
});

it.each<[string, (run: ReturnType<typeof started>) => void, () => Promise<Result>]>([
  ['is thrown by the work', () => undefined, () => Promise.reject(new RangeError('too deep'))],
  ['nothing catches, while the work runs on', ({ crash }) => crash(new RangeError('too deep')), never],
])(
  'writes a result if an error %s, says what is still running, and rethrows the error',
  async (_, then, work) => {
    const run = started(work, { crashed, describeRunning: () => 'runs on' });
    then(run);
    await expect(run.exit).rejects.toThrow('too deep');
    expect(run.order).toEqual([
      'result',
      'runs on',
      'listens no longer',
      'crashes are its own no longer',
      'closed',
    ]);
    expect(JSON.parse(read('result.json'))).toEqual(
      crashed('gopackgo failed unexpectedly: RangeError: too deep'),
    );
  },
);

it('removes the result of an earlier run if it crashes without a result', async () => {
  await started(async () => done).exit;
  await expect(started(() => Promise.reject(new Error('refused'))).exit).rejects.toThrow('refused');
  expect(() => read('result.json')).toThrow('ENOENT');
});

it('clears a progress line before an event is shown', async () => {
  const lines: string[] = [];
  const { exit } = started(async () => done, {
    clearProgress: () => lines.push('cleared'),
    report: () => ({ emit: ({ type }) => lines.push(type), close: async () => undefined }),
  });
  await exit;
  expect(lines.slice(0, 2)).toEqual(['cleared', 'result']);
});

/** Work that ends when it is stopped. */
const untilStopped = ({ stop }: Run<EventBody>) =>
  new Promise<Result>((resolve) => stop.addEventListener('abort', () => resolve({ ...done, exit: 130 })));

it('stops the work at the first Ctrl-C, and still shows its result', async () => {
  const { exit, order, interrupt } = started(untilStopped);
  interrupt(1);
  expect(await exit).toBe(130);
  expect(order).toEqual([
    'interrupted',
    'result',
    'listens no longer',
    'crashes are its own no longer',
    'closed',
  ]);
});

const leaves = ['stays behind', 'leaves with 130'];

it('closes the report before it says what stays behind, since a screen holds back other output', async () => {
  const { order, interrupt } = started(never);
  interrupt(1);
  interrupt(2);
  await vi.waitFor(() => expect(order).toEqual(['interrupted', 'interrupted', 'closed', ...leaves]));
});

it('does not wait for the screen: briefly the second time, not at all the third time', async () => {
  const second = started(never, {}, never);
  second.interrupt(2);
  await vi.waitFor(() => expect(second.order).toEqual(['interrupted', ...leaves]), { timeout: 5000 });
  const third = started(never, {}, never);
  third.interrupt(3);
  expect(third.order).toEqual(leaves);
});

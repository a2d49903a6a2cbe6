import { PassThrough } from 'node:stream';
import type { EventBody, PlanSummary, Result, RunEvent } from '../../src/model/events.ts';
import { type Output, outputTo } from '../../src/report/output.ts';
import { after, nothingYet, type RunState } from '../../src/report/run-state.ts';

export const start = Date.parse('2026-01-02T03:04:05.000Z');

export const at = (seconds: number, body: EventBody): RunEvent => ({
  time: new Date(start + seconds * 1000).toISOString(),
  ...body,
});

export function planned(regions: string[], images: string[], accounts: string[] = []): PlanSummary {
  const targets = regions.flatMap((region) =>
    images.map((image) => ({
      name: `${region}-${image}`,
      region,
      amiName: `test ${image} 1.0.0`,
      base: {
        id: 'ami-0123456789abcdef0',
        name: `ubuntu/images/hvm-ssd/ubuntu-${image}-server-20260101`,
        via: 'ssm' as const,
      },
      status: 'absent' as const,
    })),
  );
  const { length: toBuild } = targets;
  const counts = { toBuild, present: 0, inConflict: 0 };
  return {
    type: 'planned',
    release: 'test-ebs@1.0.0',
    account: '123456789012',
    endpoint: 'sandbox:6f1c',
    regions,
    targets,
    ...counts,
    public: false,
    accounts,
    organizations: [],
  };
}

export const two = planned(['us-east-1'], ['2204-hvm', '2404-hvm']);

export const result = (more: Partial<Result> = {}): Result => ({
  type: 'result',
  format: 2,
  release: 'test-ebs@1.0.0',
  exit: 0,
  targets: [
    {
      name: 'us-east-1-2204-hvm',
      region: 'us-east-1',
      status: 'verified',
      ami: 'ami-0aaaaaaaaaaaaaaa1',
      snapshots: ['snap-0aaaaaaaaaaaaaaa1'],
      attempts: 1,
      seconds: 12.34,
    },
    {
      name: 'us-east-1-2404-hvm',
      region: 'us-east-1',
      status: 'verified',
      ami: 'ami-0aaaaaaaaaaaaaaa2',
      snapshots: ['snap-0aaaaaaaaaaaaaaa2'],
      attempts: 2,
      seconds: 20,
    },
  ],
  shared: false,
  recorded: false,
  folder: '.gopackgo/test-ebs@1.0.0',
  next: [],
  ...more,
});

export const failed = result({
  exit: 1,
  targets: [
    ...result().targets.slice(0, 1),
    {
      name: 'us-east-1-2404-hvm',
      region: 'us-east-1',
      status: 'failed',
      attempts: 1,
      seconds: 4,
      error: {
        kind: 'provisioner',
        message: 'provisioner failed (exit 9); not retried: it would fail again',
        lines: ['E: Unable to locate package ink', 'password=hunter2hunter2'],
        log: '.gopackgo/test-ebs@1.0.0/attempts/us-east-1-2404-hvm/1/log:412',
      },
    },
  ],
  next: ['fix configs/provision/test.sh, then', 'gopackgo publish test-ebs'],
});

export const stateAfter = (...events: RunEvent[]): RunState => events.reduce(after, nothingYet);

/** A stream that keeps what was written to it. */
export function sink(terminal?: { columns: number; rows: number }, environment: Record<string, string> = {}) {
  const chunks: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const whole = Object.assign(stream, terminal === undefined ? {} : { isTTY: true, ...terminal });
  const output: Output = outputTo(whole as unknown as NodeJS.WriteStream, environment);
  return { output, stream, text: () => chunks.join('') };
}

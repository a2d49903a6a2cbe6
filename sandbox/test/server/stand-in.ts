import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Behaviour, standardBehaviour } from '../../model/behaviour.ts';
import type { AwsRequest, AwsResponse, Machine, SshFault, Unanswered } from '../../model/contract.ts';
import type { Sandbox, SandboxOptions } from '../../server/sandbox.ts';
import { start } from '../../server/start.ts';

/** A folder that is deleted after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox server-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const credentials = { accessKeyId: 'AKIASTANDIN000000001', secretAccessKey: 'made-up' };

/** An API side without EC2: records the requests, and answers as the test configures. */
export interface StandIn {
  requests: AwsRequest[];
  answer: (request: AwsRequest) => Promise<AwsResponse | Unanswered>;
  running: Machine[];
  id: string;
  /** The settings that were applied. */
  behaviours: Behaviour[];
}

export const standIn = (): StandIn => ({
  requests: [],
  answer: async ({ path }) => ({ status: 200, headers: { 'x-path': path }, body: Buffer.from('done') }),
  running: [],
  id: 'state-1',
  behaviours: [],
});

/** Faults that apply to every matching command and are never used up. */
export function sshFaults(faults: SshFault[]) {
  const matches = (fault: SshFault, command: string) => new RegExp(fault.command ?? '').test(command);
  return {
    forCommand: (_machine: Machine, command: string) => faults.find((fault) => matches(fault, command)),
  };
}

/** The real network side with a stand-in for the API side, closed after the test. */
export async function startWith(
  api: StandIn,
  options: SandboxOptions & { sshFaults?: SshFault[] },
): Promise<Sandbox> {
  let listed: ReturnType<Sandbox['faults']['list']> = [];
  const sandbox = await start(options, {
    accounts: [{ id: '111122223333', ...credentials }],
    faults: {
      add: (faults) => void listed.push(...faults),
      list: () => listed,
      clear: () => {
        listed = [];
      },
      forCall: () => undefined,
      ...sshFaults(options.sshFaults ?? []),
    },
    createAws: ({ machines }) => ({
      get id() {
        return api.id;
      },
      async handle(request) {
        api.requests.push(request);
        return api.answer(request);
      },
      running: () => api.running,
      isReachable: () => true,
      interrupt: async () => false,
      sleep: async () => undefined,
      async reset() {
        for (const { instanceId } of api.running) await machines.stop(instanceId);
        api.running = [];
        api.id = 'state-2';
      },
      close: async () => undefined,
      calls: () => api.requests.map(({ path }) => ({ path })),
      settings: {
        change: (behaviour) => void api.behaviours.push(behaviour),
        show: () => {
          const { durations: speed, ...others } = standardBehaviour;
          return { speed, ...others, accounts: [], now: '2026-11-21T12:00:00.000Z' };
        },
        advance: (seconds) => new Date(seconds * 1000),
      },
    }),
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Aws,
  type Behaviour,
  createAws,
  createFaults,
  createRequestHandler,
  defaultAccount,
  regions,
  type SeededWorld,
  seedState,
} from '../../sandbox/testing/without-vitest.ts';
import { type Clients, createClients } from '../../src/aws/connection.ts';
import type { Pace } from '../../src/aws/pace.ts';

/** An account that may use every region and share what it likes. */
export const openAccount: Behaviour = {
  accounts: [
    {
      optedIn: true,
      imageBlockPublicAccess: 'unblocked',
      quotas: { 'L-0E3CBAB9': 10_000, 'L-1216C47A': 10_000 },
    },
  ],
};

/** All regions that the sandbox has: those of the partition `aws`. */
export const allRegions: readonly string[] = regions.map(({ name }) => name);

export interface Embedded {
  aws: Aws;
  /** Where its state and its log of all calls are. */
  folder: string;
  /** Our clients; their calls go into it without a socket. */
  clients(settings?: { pace?: Pace; handle?: Aws['handle'] }): Clients;
  close(): Promise<void>;
}

/** An embedded AWS in this process, in a folder of its own. */
export function embeddedAws({
  world = {},
  behaviour = {},
  now = () => new Date(),
}: {
  world?: SeededWorld;
  behaviour?: Behaviour;
  now?: () => Date;
}): Embedded {
  const folder = mkdtempSync(join(tmpdir(), 'gopackgo-bench-'));
  seedState(folder, world, now());
  const aws = createAws({
    folder,
    faults: createFaults(),
    machines: { start: async () => undefined, stop: async () => undefined },
    behaviour: { ...openAccount, ...behaviour },
    now,
  });
  return {
    aws,
    folder,
    clients: ({ pace, handle = aws.handle } = {}) =>
      createClients({
        credentials: defaultAccount,
        client: () => ({ requestHandler: createRequestHandler({ handle }) }),
        ...(pace ? { pace } : {}),
      }),
    async close() {
      await aws.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

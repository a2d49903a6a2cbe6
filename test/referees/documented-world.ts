import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Behaviour, createAws, createFaults } from '../../sandbox/testing/index.ts';
import { operations, readBody, Store } from '../../sandbox/testing/internals.ts';

/** An embedded AWS behind plain HTTP on loopback, for clients with a configured endpoint. */
export interface World {
  url: string;
  /** How many calls have changed the state. */
  changes(): number;
  close(): Promise<void>;
}

/** The id of a key that its accounts have. */
export const judgedKey = '1234abcd-12ab-34cd-56ef-1234567890ab';

/** Every call is accepted, and accounts may publish: refusals by these settings are tested elsewhere. */
const behaviour: Behaviour = {
  requestRates: 'off',
  accounts: [
    {
      imageBlockPublicAccess: 'unblocked',
      snapshotBlockPublicAccess: 'unblocked',
      kmsKeys: ['alias/judged', judgedKey],
      instanceProfiles: ['judged', 'ExampleInstanceProfile'],
    },
  ],
};

/** Opens a world whose state is written beforehand. A client that calls itself `forbidden` may do nothing. */
export const openWorld = async (seed: (store: Store, folder: string) => void): Promise<World> => {
  const folder = mkdtempSync(join(tmpdir(), 'judged-'));
  const store = new Store(folder);
  store.transact(() => seed(store, folder));
  store.close();
  const faults = createFaults();
  faults.add(
    Object.keys(operations).map((service) => ({
      on: `${service}:*`,
      userAgent: 'forbidden',
      times: 0,
      does: { error: 'UnauthorizedOperation', message: 'You are not authorized to perform this operation.' },
    })),
  );
  const machines = { start: async () => {}, stop: async () => {} };
  const aws = createAws({ folder, faults, machines, behaviour });
  const server = createServer(async (request, response) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
    );
    const body = (await readBody(request, 1024 * 1024)) ?? Buffer.alloc(0);
    const { method = '', url: path = '/' } = request;
    const answer = await aws.handle({ method, hostname: hostOf(headers), path, headers, body });
    if (typeof answer === 'string') return request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const lines = () => readFileSync(join(folder, 'state.ndjson'), 'utf8').split('\n').length;
  const before = lines();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    changes: () => lines() - before,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await aws.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** The host that a request to our endpoint is meant for, from its signature. */
const hostOf = ({ authorization = '' }: Record<string, string>): string => {
  const [, region, service] = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(authorization) ?? [];
  return service === 'iam' ? 'iam.amazonaws.com' : `${service}.${region}.amazonaws.com`;
};

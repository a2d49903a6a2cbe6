import { cpSync } from 'node:fs';
import {
  createRequestHandler,
  createWorld,
  defaultAccount,
  type World as Sandbox,
  temporaryFolder,
} from '../../sandbox/testing/index.ts';
import { type Clients, createClients } from '../../src/aws/connection.ts';

/** Clients whose calls fail after so many that went well: all of them, as where the process was killed, or the next one. */
export function failing(
  sandbox: Sandbox,
  after: number,
  times: number,
): { clients: Clients; calls: () => number } {
  const handler = createRequestHandler(sandbox.aws);
  let calls = 0;
  const clients = createClients({
    credentials: defaultAccount,
    client: () =>
      ({
        maxAttempts: 1,
        requestHandler: {
          ...handler,
          async handle(...args: Parameters<typeof handler.handle>) {
            if (++calls > after && calls <= after + times)
              throw Object.assign(new Error('killed'), { name: 'Killed' });
            return handler.handle(...args);
          },
        },
      }) as object,
  });
  return { clients, calls: () => calls };
}

/** A sandbox that starts from another one's state. */
export function copyOf(folder: string): Sandbox {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return createWorld({ folder: copy });
}

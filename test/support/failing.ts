import { cpSync } from 'node:fs';
import {
  createRequestHandler,
  createWorld,
  defaultAccount,
  type World as Sandbox,
  temporaryFolder,
} from '../../sandbox/testing/index.ts';
import { type Clients, createClients } from '../../src/aws/connection.ts';

/** Clients whose calls fail after so many successful ones: all of them, as if the process was killed, or only the next one. */
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
export function copyOf(folder: string, copy = temporaryFolder()): Sandbox {
  cpSync(folder, copy, { recursive: true });
  return createWorld({ folder: copy });
}

/**
 * Runs something in a sandbox whose calls are counted.
 *
 * @returns how many calls came before each call that changes something, and all of them: the points at which a kill leaves another state.
 */
export async function callsBeforeChanges(
  sandbox: Sandbox,
  run: (clients: Clients) => Promise<unknown>,
): Promise<number[]> {
  const before = sandbox.aws.calls().length;
  const counting = failing(sandbox, Number.POSITIVE_INFINITY, 0);
  await run(counting.clients);
  const made = sandbox.aws.calls().slice(before, before + counting.calls());
  const changing = made.flatMap(({ operation = '' }, index) =>
    /^(?:Describe|Get|List)/.test(operation) ? [] : [index],
  );
  return [...changing, made.length];
}

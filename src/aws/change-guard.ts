import type { WithStack } from './middleware.ts';

/** Runs before every call that changes something in AWS, including retries. Rejects if the call may not be made. */
export type Check = () => Promise<void>;

/** A check that is not known yet when the clients are created. */
export interface ChangeGuard {
  /** Sets the check that is called before every change from now on. */
  set(check: Check): void;
  check: Check;
}

export function createChangeGuard(): ChangeGuard {
  let current: Check | undefined;
  return {
    set(check) {
      current = check;
    },
    check: async () => current?.(),
  };
}

/** Operations that change nothing, by AWS's naming; AssumeRole only creates credentials. */
const changesNothing = /^(?:Describe|Get|List|Head|AssumeRole)/;

/** Makes each attempt of each changing call of a client wait for the guard, immediately before it is sent. */
export function guardChanges<Client>(client: Client, guard: Pick<ChangeGuard, 'check'> | undefined): Client {
  if (!guard) return client;
  (client as WithStack).middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (!changesNothing.test(commandName)) await guard.check();
        return next(args);
      },
    { name: 'changeGuard', step: 'finalizeRequest', priority: 'low' },
  );
  return client;
}

import type { Clients } from '../../src/aws/connection.ts';
import { type Context, unknownLag } from '../../src/aws/context.ts';
import { realClock } from '../../src/lib/clock.ts';

/** The world as the steps of a release see it, with nothing that builds. */
export const worldWith = (clients: Clients, clock = realClock): Context => ({
  clients,
  host: 'bench',
  clock,
  lag: unknownLag,
  builds: {
    known: async () => [],
    took: async () => new Map(),
    alive: async () => 'dead',
    start: async () => {
      throw new Error('nothing is built here');
    },
    stop: () => undefined,
    kill: () => undefined,
  },
  placeOf: () => '',
  command: (verb, named) => `gopackgo ${verb} ${named}`,
  emit: () => undefined,
  stop: new AbortController().signal,
});

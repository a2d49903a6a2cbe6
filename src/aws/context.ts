import type { Clock } from '../lib/clock.ts';
import type { Builds } from '../model/builds.ts';
import type { EventSink } from '../model/events.ts';
import type { Clients } from './connection.ts';

/** What the steps of a release may touch, passed in so that tests can stand in for any of it. */
export interface Context {
  clients: Clients;
  /** This machine's name, as builders carry it in the tag `gopackgo:host`. */
  host: string;
  clock: Clock;
  /**
   * For how long AWS may show what was before a change ("Eventual consistency in the Amazon EC2 API"), in milliseconds:
   * `unknownLag` for AWS, which names no limit; what a sandbox says of itself.
   */
  lag: number;
  builds: Builds;
  emit: EventSink;
  /** Aborted when the user asked to stop: nothing new starts, what runs is asked to clean up. */
  stop: AbortSignal;
  /** Ids of another host's builders that the user said are dead (`--take-over`). */
  takenOver?: ReadonlySet<string>;
}

/** Of AWS, which names no limit. */
export const unknownLag = Number.POSITIVE_INFINITY;

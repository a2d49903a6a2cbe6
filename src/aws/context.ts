import type { Clock } from '../lib/clock.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { Builds } from '../model/builds.ts';
import type { EventSink } from '../model/events.ts';
import type { Target } from '../model/release-plan.ts';
import type { Timeouts } from '../model/timeouts.ts';
import type { Clients } from './connection.ts';
import type { CredentialSource } from './credentials.ts';

/** Everything that the steps of a release may use, passed in so that tests can replace any of it. */
export interface Context {
  clients: Clients;
  /** This machine's name, as in the builders' tag `gopackgo:host`. */
  host: string;
  clock: Clock;
  /**
   * How long AWS may show the old state after a change ("Eventual consistency in the Amazon EC2 API"), in milliseconds:
   * `unknownLag` for AWS, which gives no limit; a sandbox's own value.
   */
  lag: number;
  builds: Builds;
  /** Set if they differ from the usual ones. */
  timeouts?: Timeouts;
  /**
   * The place in the config of an option of a target's builder (for example `['instance_type']`), with the file:
   * `configs/web.json: images[0].builder.instance_type`.
   */
  placeOf(target: Target, option: readonly (string | number)[]): string;
  /** Formats a command that a message recommends. */
  command: AdvisedCommand;
  /** The credentials of the clients; absent if checks need not know when they expire. */
  credentials?: CredentialSource;
  /** The version of Packer's amazon plugin; undefined if there is no usable one. */
  plugin?(): Promise<string | undefined>;
  emit: EventSink;
  /** Aborted when the user asked to stop: nothing new starts, running builds are asked to clean up. */
  stop: AbortSignal;
  /** Ids of other hosts' builders that the user declared dead (`--take-over`). */
  takenOver?: ReadonlySet<string>;
}

/** For AWS, which gives no limit. */
export const unknownLag = Number.POSITIVE_INFINITY;

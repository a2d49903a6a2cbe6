import type { Behaviour } from '../model/behaviour.ts';
import type { EmbeddedAws, Fault, Faults, Mirror } from '../model/contract.ts';
import type { Account } from './control.ts';
import type { Refusal } from './refusals.ts';

export interface SandboxOptions {
  /** The state folder. Created if it is missing; one sandbox at a time. */
  folder: string;
  faults?: Fault[];
  /** How it behaves, and how its accounts are set up. */
  behaviour?: Behaviour;
  /**
   * A folder whose content every instance has from the start, at its absolute paths: for downloads of files that the commands,
   * which are not run, would have created. It may be missing.
   */
  instanceFiles?: string;
  /** Port of the proxy. Absent: the folder's last port, if it is free. */
  port?: number;
  /** For people: refusals, failed handshakes, the sandbox's own failures. */
  log?: (message: string) => void;
  /** For tests of the wire layer with other clients: answers under `/_sandbox/mirror/`. Absent: no such endpoint. */
  mirror?: Mirror;
}

/** A running sandbox, seen from its own process. `Call` is a line of the call log. */
export interface Sandbox<Call = unknown> {
  /** URL of the proxy and the control endpoint: `http://127.0.0.1:PORT`. */
  url: string;
  /** Identity of the state; a reset changes it. */
  readonly id: string;
  /** The account that `credentials` belong to. */
  account: string;
  credentials: Credentials;
  /** All accounts; the first is `account`. */
  accounts: Account[];
  /** For a tool that should use the sandbox instead of AWS. */
  environment(): Record<string, string>;
  /** The same for a tool that accepts an endpoint URL (`AWS_ENDPOINT_URL`): without a proxy. */
  endpointEnvironment(): Record<string, string>;
  /** PEM. */
  ca: string;
  caFile: string;
  sshPort: number;
  faults: Faults;
  settings: EmbeddedAws['settings'];
  /** How long a new resource may currently be missed, in milliseconds; 0 if everything is visible at once. */
  readonly consistencyLag: number;
  /** For clients in this process, which need no socket. */
  handle: EmbeddedAws['handle'];
  /** The newest API calls, oldest first. */
  calls(): Call[];
  refusals(): Refusal[];
  /** Deletes everything except the authority, the host key, the ports and the behaviour of the start; stops every instance. */
  reset(): Promise<void>;
  /** Ends within some seconds, whatever is in progress. */
  close(): Promise<void>;
  /** Resolves once it is closed, by `close` or through the control endpoint. */
  closed: Promise<void>;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

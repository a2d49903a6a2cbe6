import type { Behaviour } from '../model/behaviour.ts';
import type { EmbeddedAws, Fault, Faults, Mirror } from '../model/contract.ts';
import type { Account } from './control.ts';
import type { Refusal } from './refusals.ts';

export interface SandboxOptions {
  /** Where the state is kept. Made where it is missing; one sandbox at a time. */
  folder: string;
  faults?: Fault[];
  /** How it acts beyond what it holds, and how its accounts are set up. */
  behaviour?: Behaviour;
  /**
   * A folder whose content every instance has from the start, at its absolute paths: for downloads of what the
   * commands, which are not run, would have made. It may be missing.
   */
  instanceFiles?: string;
  /** Of the proxy. Without it the folder's last one, where that is free. */
  port?: number;
  /** For a person to read: refusals, failed handshakes, the sandbox's own failures. */
  log?: (message: string) => void;
  /** For tests of the wire layer with other clients: answers under `/_sandbox/mirror/`. Without it, nothing is there. */
  mirror?: Mirror;
}

/** A running sandbox, seen from the process that runs it. `Call` is a line of the call log. */
export interface Sandbox<Call = unknown> {
  /** Of the proxy and the control endpoint: `http://127.0.0.1:PORT`. */
  url: string;
  /** Identity of the state; another one after a reset. */
  readonly id: string;
  /** The account that `credentials` belong to. */
  account: string;
  credentials: Credentials;
  /** All accounts; the first is `account`. */
  accounts: Account[];
  /** For a tool that shall speak to the sandbox instead of AWS. */
  environment(): Record<string, string>;
  /** The same for a tool that takes an endpoint URL (`AWS_ENDPOINT_URL`): without a proxy. */
  endpointEnvironment(): Record<string, string>;
  /** PEM. */
  ca: string;
  caFile: string;
  sshPort: number;
  faults: Faults;
  settings: EmbeddedAws['settings'];
  /** For how long what is new may be missed, in milliseconds, as it is set up now; 0 where everything is seen at once. */
  readonly consistencyLag: number;
  /** For clients in this process, which need no socket. */
  handle: EmbeddedAws['handle'];
  /** The newest API calls, oldest first. */
  calls(): Call[];
  refusals(): Refusal[];
  /** Forgets everything but the authority, the host key, the ports and the behaviour of the start; stops every instance. */
  reset(): Promise<void>;
  /** Ends within some seconds, whatever is under way. */
  close(): Promise<void>;
  /** Resolves once it is closed, be it by `close` or through the control endpoint. */
  closed: Promise<void>;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

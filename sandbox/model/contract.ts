import type { AccountRule } from './account-settings.ts';
import type { Behaviour, Durations, GlobalBehaviour } from './behaviour.ts';

/** What the parts of the embedded AWS ask of each other. Nothing here knows of sockets. */

/** An HTTP request to an AWS host, body read whole. Header names are in lower case. */
export interface AwsRequest {
  method: string;
  /** Without port: `ec2.us-east-1.amazonaws.com`. */
  hostname: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

export interface AwsResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Where the connection is to be cut or never answered (faults `drop`, `dropAnswer` and `hang`). */
export type Unanswered = 'drop' | 'hang';

/** How the sandbox acts, and its accounts' settings, while it runs. */
export interface Settings {
  /** Throws where it names an account that there is not. */
  change(behaviour: Behaviour): void;
  /** What is in force, as `change` takes it, and what time it is in the sandbox. */
  show(): Omit<GlobalBehaviour, 'durations'> & { speed: Durations; accounts: AccountRule[]; now: string };
  /** Moves the clock forward; what time it is then. */
  advance(seconds: number): Date;
}

/** The API side: answers requests, keeps state, asks `Machines` for something that answers SSH. */
export interface EmbeddedAws {
  /** State that the answer speaks of is on disk before it is returned. */
  handle(request: AwsRequest): Promise<AwsResponse | Unanswered>;
  /** Instances that run according to the state on disk: the SSH side has to answer for them after a restart. */
  running(): Machine[];
  /** Takes a Spot Instance away as EC2 does that wants its capacity back; false for one that is none. */
  interrupt(instanceId: string): Promise<boolean>;
  /** Whether a connection to one of an instance's addresses gets to its sshd on a port, as its networks are now. */
  isReachable(instanceId: string, address: string, port: number): boolean;
  /** Returns when so many milliseconds have passed on its clock, by itself or by `advance`; rejects once it is closed. */
  sleep(milliseconds: number): Promise<void>;
  settings: Settings;
  /** Forget everything, on disk too; back to the settings of the start. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A running instance as the SSH side needs it. */
export interface Machine {
  instanceId: string;
  account: string;
  region: string;
  /** The instance's public IPv4 address, on loopback: `127.77.x.y`, or `127.76.x.y` where it is an Elastic IP address. */
  address: string;
  /** The one from inside its VPC, on loopback too: `127.78.x.y`. */
  privateAddress?: string;
  /** OpenSSH public keys (`ssh-rsa AAAA…`) that may log in; none where its metadata does not tell it of any. */
  publicKeys: string[];
  /** The instance's tags at launch, for faults by target. */
  tags: Record<string, string>;
  /** The image that it was started from. */
  image: string;
  metadata: InstanceMetadata;
  /** Which Ubuntu the instance's image goes back to; absent where nobody knows. */
  ubuntu?: Ubuntu;
}

/** What a program on an instance finds out from 169.254.169.254 without a session token, as tools of before 2019 ask. */
export interface InstanceMetadata {
  /** Whether it answers them at all: not where it is off, or where tokens are required. */
  answers: boolean;
  /** Whether it has the keys of a role, by the instance's profile. */
  hasRole: boolean;
}

export interface Ubuntu {
  /** `22.04` */
  version: string;
  /** `jammy` */
  codename: string;
}

/** The SSH side. `start` returns once the address accepts connections: Packer waits 5 s after a refused one. */
export interface Machines {
  start(machine: Machine): Promise<void>;
  stop(instanceId: string): Promise<void>;
}

/** What goes wrong on purpose. Rules are tried in order; the first that matches and is not used up acts. */
export type Fault = ApiFault | SshFault;

export interface ApiFault {
  /** `ec2:RunInstances`, `ssm:GetParameters`, `sts:GetCallerIdentity`, or `ec2:*`. */
  on: string;
  region?: string;
  /** Text that the request's User-Agent holds, in any case: `packer`. */
  userAgent?: string;
  /** Text that the request's parameters, written as JSON, hold. */
  input?: string;
  /** Matching calls let through first. 0. */
  skip?: number;
  /** Matching calls acted on; 0 is all. 1. */
  times?: number;
  does:
    | { error: string; message?: string; status?: number }
    | { delay: number }
    /** Carry the call out, then hold the answer back for so many milliseconds. */
    | { delayAnswer: number }
    /** Carry the call out, then cut the connection in place of an answer. */
    | { dropAnswer: true }
    | { becomes: 'failed'; reason?: string }
    | 'drop'
    | 'hang';
}

export interface SshFault {
  on: 'ssh';
  /** Text that the instance's tag `gopackgo:target` or its id equals. All instances without it. */
  target?: string;
  /** Regular expression that the command matches. */
  command?: string;
  skip?: number;
  /** 0 is all. 1. */
  times?: number;
  does:
    | { exit: number; stderr?: string; stdout?: string }
    | { delay: number }
    | 'hang'
    | 'disconnect'
    /** EC2 takes the Spot Instance away; one on demand carries the command out. */
    | 'interrupt';
}

/** The rules in force, with what is left of each. */
export interface Faults {
  add(faults: Fault[]): void;
  list(): Fault[];
  clear(): void;
  /** The rule that acts on this call, used up by one; undefined where none does. */
  forCall(call: {
    operation: string;
    region: string;
    userAgent: string;
    input: unknown;
  }): ApiFault | undefined;
  forCommand(machine: Machine, command: string): SshFault | undefined;
}

/** The wire layer for whoever compares it with another client's: no operation is carried out. */
export interface Mirror {
  /** What a request says: its operation and input. */
  request(request: unknown): unknown;
  /** The HTTP answer that says a given output. */
  answer(answer: unknown): unknown;
}

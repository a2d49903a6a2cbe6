import type { AccountRule } from './account-settings.ts';
import type { Behaviour, Durations, GlobalBehaviour } from './behaviour.ts';

/** What the parts of the embedded AWS ask of each other. Nothing here knows of sockets. */

/** An HTTP request to an AWS host, with its complete body. Header names are in lower case. */
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

/** For connections to cut or leave unanswered (faults `drop`, `dropAnswer` and `hang`). */
export type Unanswered = 'drop' | 'hang';

/** The sandbox's behaviour and its accounts' settings, while it runs. */
export interface Settings {
  /** Throws for an unknown account. */
  change(behaviour: Behaviour): void;
  /** The current settings, in the form that `change` accepts, and the sandbox's time. */
  show(): Omit<GlobalBehaviour, 'durations'> & { speed: Durations; accounts: AccountRule[]; now: string };
  /** Moves the clock forward; returns the new time. */
  advance(seconds: number): Date;
}

/** The API side: answers requests, keeps state, and asks `Machines` for the SSH side of instances. */
export interface EmbeddedAws {
  /** The state that the answer reports is on disk before it is returned. */
  handle(request: AwsRequest): Promise<AwsResponse | Unanswered>;
  /** Instances that run according to the state on disk; the SSH side has to answer for them after a restart. */
  running(): Machine[];
  /** Interrupts a Spot Instance, as EC2 does when it needs the capacity; false for any other instance. */
  interrupt(instanceId: string): Promise<boolean>;
  /** Whether a connection to one of an instance's addresses and ports reaches its sshd in the current networks. */
  isReachable(instanceId: string, address: string, port: number): boolean;
  /** Returns after this many milliseconds of its clock, which `advance` may move; rejects once it is closed. */
  sleep(milliseconds: number): Promise<void>;
  settings: Settings;
  /** Deletes everything, including on disk, and returns to the settings of the start. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A running instance, as the SSH side needs it. */
export interface Machine {
  instanceId: string;
  account: string;
  region: string;
  /** The instance's public IPv4 address, on loopback: `127.77.x.y`, or `127.76.x.y` for an Elastic IP address. */
  address: string;
  /** Its address inside its VPC, also on loopback: `127.78.x.y`. */
  privateAddress?: string;
  /** OpenSSH public keys (`ssh-rsa AAAA…`) that may log in; none if the instance cannot learn them from its metadata. */
  publicKeys: string[];
  /** The instance's tags at launch, for faults by target. */
  tags: Record<string, string>;
  /** The image it was started from. */
  image: string;
  metadata: InstanceMetadata;
  /** The Ubuntu release that the instance's image is based on; absent if unknown. */
  ubuntu?: Ubuntu;
}

/** What programs on an instance learn from 169.254.169.254 without a session token, as tools from before 2019 ask. */
export interface InstanceMetadata {
  /** Whether it answers them at all: not if it is off or requires tokens. */
  answers: boolean;
  /** Whether it has the keys of a role, through the instance's profile. */
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

/** A deliberate failure. Rules are tried in order; the first one that matches and is not used up applies. */
export type Fault = ApiFault | SshFault;

export interface ApiFault {
  /** `ec2:RunInstances`, `ssm:GetParameters`, `sts:GetCallerIdentity`, or `ec2:*`. */
  on: string;
  region?: string;
  /** Text that the request's User-Agent contains, ignoring case: `packer`. */
  userAgent?: string;
  /** Text that the request's parameters, written as JSON, contain. */
  input?: string;
  /** How many matching calls to let pass first. Default 0. */
  skip?: number;
  /** How many matching calls to affect; 0 means all. Default 1. */
  times?: number;
  does:
    | { error: string; message?: string; status?: number }
    | { delay: number }
    /** Execute the call, then hold the answer back for this many milliseconds. */
    | { delayAnswer: number }
    /** Execute the call, then cut the connection instead of answering. */
    | { dropAnswer: true }
    | { becomes: 'failed'; reason?: string }
    | 'drop'
    | 'hang';
}

export interface SshFault {
  on: 'ssh';
  /** The instance's tag `gopackgo:target`, or its id. Absent: all instances. */
  target?: string;
  /** A regular expression that matches the command. */
  command?: string;
  skip?: number;
  /** 0 means all. Default 1. */
  times?: number;
  does:
    | { exit: number; stderr?: string; stdout?: string }
    | { delay: number }
    | 'hang'
    | 'disconnect'
    /** EC2 interrupts the Spot Instance; an On-Demand Instance executes the command. */
    | 'interrupt';
}

/** The current rules, with the remaining count of each. */
export interface Faults {
  add(faults: Fault[]): void;
  list(): Fault[];
  clear(): void;
  /** The rule that applies to this call, counted down by one; undefined if none does. */
  forCall(call: {
    operation: string;
    region: string;
    userAgent: string;
    input: unknown;
  }): ApiFault | undefined;
  forCommand(machine: Machine, command: string): SshFault | undefined;
}

/** The wire layer, for comparisons with another client's: no operation is executed. */
export interface Mirror {
  /** The content of a request: its operation and input. */
  request(request: unknown): unknown;
  /** The HTTP answer for a given output. */
  answer(answer: unknown): unknown;
}

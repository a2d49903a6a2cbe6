import { notImplemented } from '../model/aws-error.ts';
import type { Durations } from '../model/behaviour.ts';
import type { Machines } from '../model/contract.ts';
import type { Store } from '../state/store.ts';
import type { ServiceName } from '../wire/service.ts';
import type { Caller } from './sessions.ts';

/** The context of an operation: caller, place, time and state. */
export interface Context {
  account: string;
  caller: Caller;
  region: string;
  /** The request went to S3's global endpoint. */
  isGlobal?: boolean;
  now: Date;
  store: Store;
  machines: Machines;
  /** Folder for files besides the state, such as generated keys. */
  folder: string;
  /** The reachable address for an instance that asks for the given one. */
  addressFor(address: string): string;
  /** How long things take. */
  durations: Durations;
  /** Whether this call sees the resource with this id: a new one may be missed for a while. */
  sees(id: string): boolean;
  /** Set if a fault makes the new resource fail. */
  becomesFailed?: { reason?: string };
  /** Registers an effect that runs after the state is on disk and before the answer is sent. */
  afterwards(effect: () => Promise<void>): void;
}

/**
 * One operation: the input members it supports, and what it does. `run` is synchronous, so that a call is one uninterrupted
 * transaction.
 */
export interface Operation {
  knows: ReadonlySet<string>;
  run(context: Context, input: object): object;
}

/** Creates an operation from a function and the input members that it really implements; any other member is refused. */
export const operation = <I extends object, O extends object>(
  knows: readonly (keyof I & string)[],
  run: (context: Context, input: I) => O,
): Operation => ({
  knows: new Set<string>([...knows, 'DryRun']),
  run: (context, input) => run(context, input as I),
});

/** Throws if the input asks for something that the operation would silently ignore. */
export const refuseUnknownMembers = (
  service: ServiceName,
  name: string,
  { knows }: Operation,
  input: object,
): void => {
  const unknown = Object.keys(input).find((member) => !knows.has(member));
  if (unknown) throw notImplemented(`${service}:${name} with the parameter ${unknown}`);
};

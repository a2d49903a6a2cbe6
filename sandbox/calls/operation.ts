import { notImplemented } from '../model/aws-error.ts';
import type { Durations } from '../model/behaviour.ts';
import type { Machines } from '../model/contract.ts';
import type { Store } from '../state/store.ts';
import type { ServiceName } from '../wire/service.ts';
import type { Caller } from './sessions.ts';

/** What an operation works with: who asks, where, when, and the state. */
export interface Context {
  account: string;
  caller: Caller;
  region: string;
  /** The request went to S3's global endpoint. */
  isGlobal?: boolean;
  now: Date;
  store: Store;
  machines: Machines;
  /** Folder for what is kept besides the state, such as generated keys. */
  folder: string;
  /** The address at which an instance can be reached that would like to have the one given. */
  addressFor(address: string): string;
  /** How long things take. */
  durations: Durations;
  /** Whether what has this id is seen by this call: what is new may be missed for a while. */
  sees(id: string): boolean;
  /** A fault asks that what is made turns out failed. */
  becomesFailed?: { reason?: string };
  /** Something to do in the world after the state is on disk and before the answer. */
  afterwards(effect: () => Promise<void>): void;
}

/**
 * One operation: which members of its input it knows, and what it does. `run` is synchronous, so that a call is one
 * transaction that nothing comes between.
 */
export interface Operation {
  knows: ReadonlySet<string>;
  run(context: Context, input: object): object;
}

/** Makes an operation of a function and the input members that it really carries out; any other is refused. */
export const operation = <I extends object, O extends object>(
  knows: readonly (keyof I & string)[],
  run: (context: Context, input: I) => O,
): Operation => ({
  knows: new Set<string>([...knows, 'DryRun']),
  run: (context, input) => run(context, input as I),
});

/** Throws where the input asks for something that the operation would pass over in silence. */
export const refuseUnknownMembers = (
  service: ServiceName,
  name: string,
  { knows }: Operation,
  input: object,
): void => {
  const unknown = Object.keys(input).find((member) => !knows.has(member));
  if (unknown) throw notImplemented(`${service}:${name} with the parameter ${unknown}`);
};

import type { CallRecord } from './calls/call-log.ts';
import type { SeededWorld } from './seeding/seeded-world.ts';
import type { Sandbox as AnySandbox, SandboxOptions } from './server/sandbox.ts';

export type { AccountRule, AccountSettings } from './model/account-settings.ts';
export type { Behaviour, Consistency, Durations } from './model/behaviour.ts';
export type { ApiFault, AwsRequest, AwsResponse, Fault, Faults, SshFault } from './model/contract.ts';
export type {
  SeededBucket,
  SeededBundle,
  SeededCall,
  SeededFleet,
  SeededImage,
  SeededInstance,
  SeededObject,
  SeededSnapshot,
  SeededSpotFleet,
  SeededVolume,
  SeededWorld,
} from './seeding/seeded-world.ts';
export { callSandbox, connectSandbox, findSandbox } from './server/connect.ts';
export type { Account, RunningSandbox } from './server/control.ts';
export { asExports } from './server/environment.ts';
export type { RecordedCommand, Upload } from './server/instance-record.ts';
export type { Refusal } from './server/refusals.ts';
export type { SandboxOptions } from './server/sandbox.ts';
export { SandboxError } from './server/sandbox-error.ts';
export { createRequestHandler } from './wire/request-handler.ts';

export type Sandbox = AnySandbox<CallRecord>;

/**
 * Starts the embedded AWS on this machine: API, TLS proxy, SSH side, control endpoint, all on loopback. Throws `SandboxError`
 * if another sandbox has the folder, or a requested port is in use. Its parts are loaded here, so that a caller that only looks
 * for a running sandbox loads none of them.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const [{ start }, { createAws }, { createFaults }, { defaultAccount, otherAccount }] = await Promise.all([
    import('./server/start.ts'),
    import('./aws.ts'),
    import('./calls/faults.ts'),
    import('./model/accounts.ts'),
  ]);
  return start(options, {
    createAws,
    faults: createFaults(),
    accounts: [defaultAccount, otherAccount],
  });
}

/**
 * Writes a prepared world into the state folder of a sandbox that is not running: thousands of images with all their resources
 * in a second or two. Throws `SandboxError` if a sandbox has the folder, and an error that names the place in the description
 * if something in it is impossible.
 */
export async function seedSandbox(folder: string, world: SeededWorld): Promise<void> {
  const [{ claimFolder }, { seedState }, { mkdirSync }] = await Promise.all([
    import('./server/claim.ts'),
    import('./seeding/seed-state.ts'),
    import('node:fs'),
  ]);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const claim = claimFolder(folder);
  try {
    seedState(folder, world);
  } finally {
    claim.release();
  }
}

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Behaviour, consistencyLag } from '../model/behaviour.ts';
import type { EmbeddedAws, Faults, Machines } from '../model/contract.ts';
import { removeAddress, writeAddress } from './address-file.ts';
import { openAuthority } from './authority.ts';
import { claimFolder } from './claim.ts';
import { type Closing, createClosing } from './closing.ts';
import type { Account } from './control.ts';
import { endpointEnvironmentFor, environmentFor } from './environment.ts';
import { openHostKey } from './host-key.ts';
import { createMachines, type SshMachines } from './machines.ts';
import { startNetwork } from './network.ts';
import { rememberedPorts, rememberPorts } from './ports.ts';
import { createRefusals } from './refusals.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';

/** The API side, as the network side needs it. */
export interface Parts<Call> {
  /** `addressFor` returns the reachable address for an instance that asks for the given one. */
  createAws(options: {
    folder: string;
    machines: Machines;
    faults: Faults;
    addressFor: (address: string) => string;
    behaviour: Behaviour;
  }): EmbeddedAws & { readonly id: string; calls(): Call[] };
  faults: Faults;
  /** The first one is used for sessions. */
  accounts: readonly [Account, ...Account[]];
}

/**
 * Starts an embedded AWS with its network side. Throws `SandboxError` if another sandbox has the folder or a requested port is
 * in use; nothing is left running then.
 */
export async function start<Call>(options: SandboxOptions, parts: Parts<Call>): Promise<Sandbox<Call>> {
  const log = options.log ?? (() => undefined);
  const closing = createClosing(log);
  try {
    return await open({ ...options, folder: resolve(options.folder), log }, parts, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function open<Call>(
  { folder, log, ...options }: SandboxOptions & { log: (message: string) => void },
  { faults, accounts, ...parts }: Parts<Call>,
  closing: Closing,
): Promise<Sandbox<Call>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const claim = claimFolder(folder);
  closing.afterwards(claim.release);
  faults.add(options.faults ?? []);

  const now = () => new Date();
  const remembered = rememberedPorts(folder);
  const { instanceFiles } = options;
  const machines = await openMachines(
    {
      folder,
      instanceFiles,
      faults,
      handle: (request) => aws.handle(request),
      interrupt: (instanceId) => aws.interrupt(instanceId),
      isReachable: (instanceId, address, port) => aws.isReachable(instanceId, address, port),
      sleep: (duration) => aws.sleep(duration),
      now,
      log,
      port: remembered.ssh,
    },
    closing,
  );
  const [account] = accounts;
  const { behaviour = {} } = options;
  const aws: ReturnType<typeof parts.createAws> = parts.createAws({
    folder,
    machines,
    faults,
    behaviour,
    addressFor: machines.addressFor,
  });
  closing.afterwards(() => aws.close());
  const lag = () => consistencyLag(aws.settings.show().consistency);
  for (const machine of aws.running()) await machines.start(machine);

  const authority = await openAuthority(folder, now);
  const refusals = createRefusals({ folder, now, log });
  const announce = (url: string) => writeAddress(folder, { url, pid: process.pid, id: aws.id });
  const network = await startNetwork({
    aws,
    authority,
    faults,
    refusals,
    log,
    port: options.port,
    mirror: options.mirror,
    lastPort: remembered.proxy,
    running: (url) => ({
      url,
      id: aws.id,
      account: account.id,
      accounts: [...accounts],
      pid: process.pid,
      consistencyLag: lag(),
      environment: environment(url),
      endpointEnvironment: endpointEnvironment(url),
    }),
    async reset(url) {
      await aws.reset();
      await machines.clear();
      faults.clear();
      refusals.clear();
      rmSync(join(folder, 'instances'), { recursive: true, force: true });
      announce(url);
    },
    stop() {
      closing.close().catch((error: unknown) => log(`closing: ${String(error)}`));
    },
  });
  closing.afterwards(network.close);

  const emptyFile = join(folder, 'empty');
  writeFileSync(emptyFile, '');
  const environment = (url: string) =>
    environmentFor({
      url,
      credentials: account,
      caFile: authority.caFile,
      emptyFile,
      sshPort: machines.port,
    });
  const endpointEnvironment = (url: string) =>
    endpointEnvironmentFor({ url, credentials: account, emptyFile });
  rememberPorts(folder, { proxy: network.port, ssh: machines.port });
  closing.afterwards(() => removeAddress(folder));
  announce(network.url);
  return {
    url: network.url,
    get id() {
      return aws.id;
    },
    account: account.id,
    credentials: { accessKeyId: account.accessKeyId, secretAccessKey: account.secretAccessKey },
    accounts: [...accounts],
    environment: () => environment(network.url),
    endpointEnvironment: () => endpointEnvironment(network.url),
    ca: authority.ca,
    caFile: authority.caFile,
    sshPort: machines.port,
    faults,
    settings: aws.settings,
    get consistencyLag() {
      return lag();
    },
    handle: (request) => aws.handle(request),
    calls: () => aws.calls(),
    refusals: refusals.list,
    reset: network.reset,
    close: closing.close,
    closed: closing.closed,
  };
}

interface MachinesOptions {
  folder: string;
  instanceFiles: string | undefined;
  faults: Faults;
  handle: EmbeddedAws['handle'];
  interrupt: EmbeddedAws['interrupt'];
  isReachable: EmbeddedAws['isReachable'];
  sleep: EmbeddedAws['sleep'];
  now: () => Date;
  log: (message: string) => void;
  port: number | undefined;
}

async function openMachines(options: MachinesOptions, closing: Closing): Promise<SshMachines> {
  const machines = await createMachines({ ...options, hostKey: openHostKey(options.folder) });
  closing.afterwards(machines.close);
  return machines;
}

import { createServer } from 'node:net';
import type { EmbeddedAws, Faults, Machine, Machines } from '../model/contract.ts';
import { cannedFiles } from './canned-files.ts';
import { instanceFiles } from './instance-files.ts';
import { instanceFolder, recordCommand } from './instance-record.ts';
import { closeListener, listenAnywhere, tryToListen } from './ports.ts';
import { SandboxError } from './sandbox-error.ts';
import { listenForSsh, type SshListener, type SshListenerOptions } from './ssh-listener.ts';
import { serveSession } from './ssh-session.ts';
import { uploadedFiles } from './uploaded-files.ts';

/** The SSH side of the instances. */
export interface SshMachines extends Machines {
  /** The one port on which all instances answer. */
  port: number;
  /**
   * The reachable address for an instance that asks for this one: the same address if the system has all of 127.0.0.0/8
   * (Linux), otherwise 127.0.0.1 (macOS), where instances are distinguished by their key pairs.
   */
  addressFor(address: string): string;
  /** Stops all machines. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface SshMachinesOptions {
  /** The state folder. */
  folder: string;
  hostKey: string;
  /** A folder whose content every instance has from the start, at its absolute paths. */
  instanceFiles?: string | undefined;
  /** The port to try first. */
  port?: number | undefined;
  faults: Pick<Faults, 'forCommand'>;
  /** Asks the embedded AWS that the machines belong to. */
  handle: EmbeddedAws['handle'];
  /** Interrupts a Spot Instance; by default no instance is one. */
  interrupt?: EmbeddedAws['interrupt'];
  /** Whether a connection to an address of an instance gets through; by default all do. */
  isReachable?: EmbeddedAws['isReachable'];
  now: () => Date;
  sleep: (duration: number) => Promise<void>;
  log: (message: string) => void;
  /** Whether instances have addresses of their own; if absent, found out by trying. */
  ownAddresses?: boolean;
}

/** Never an instance's public address: a listener on it has its port to itself, among all sandboxes of the machine. */
const reserved = '127.77.255.254';
const shared = '127.0.0.1';

export async function createMachines(options: SshMachinesOptions): Promise<SshMachines> {
  const ownAddresses = options.ownAddresses ?? (await canListenOn(reserved));
  const machines = new Map<string, Machine>();
  const listeners = new Map<string, SshListener>();
  const { isReachable = () => true } = options;
  const reaches = (address: string) => (machine: Machine) => isReachable(machine.instanceId, address, port);
  const reservation = createServer((socket) => socket.destroy());
  const port = await listenAnywhere(reservation, ownAddresses ? reserved : shared, options.port);
  const common = listenerOptions(options, port);
  if (!ownAddresses) {
    await closeListener(reservation);
    listeners.set(
      shared,
      await listen({
        ...common,
        address: shared,
        machines: () => [...machines.values()],
        isReachable: reaches(shared),
      }),
    );
  }

  async function stop(instanceId: string): Promise<void> {
    const machine = machines.get(instanceId);
    machines.delete(instanceId);
    if (machine === undefined) return;
    if (!ownAddresses) return listeners.get(shared)?.cut(instanceId);
    for (const address of addressesOf(machine)) {
      const listener = listeners.get(address);
      listeners.delete(address);
      await listener?.close();
    }
  }

  return {
    port,
    addressFor: (address) => (ownAddresses ? address : shared),
    async start(machine) {
      await stop(machine.instanceId);
      machines.set(machine.instanceId, machine);
      if (!ownAddresses) return;
      try {
        for (const address of addressesOf(machine)) {
          if (!/^127\.7[678]\.\d+\.\d+$/.test(address) || address === reserved) {
            throw new SandboxError(
              `${machine.instanceId}: ${address} is not an address an instance can have.`,
            );
          }
          const own = { address, machines: () => [machine], isReachable: reaches(address) };
          listeners.set(address, await listen({ ...common, ...own }));
        }
      } catch (error) {
        await stop(machine.instanceId);
        throw error;
      }
    },
    stop,
    async clear() {
      await Promise.all([...machines.keys()].map(stop));
    },
    async close() {
      await Promise.all([...listeners.values()].map((listener) => listener.close()));
      if (reservation.listening) await closeListener(reservation);
    },
  };
}

function addressesOf({ address, privateAddress }: Machine): string[] {
  return privateAddress === undefined ? [address] : [address, privateAddress];
}

function listenerOptions(
  options: SshMachinesOptions,
  port: number,
): Omit<SshListenerOptions, 'address' | 'machines' | 'isReachable'> {
  const { folder, hostKey, instanceFiles: given, faults, handle, now, sleep, log } = options;
  const { interrupt = async () => false } = options;
  return {
    port,
    hostKey,
    log,
    serve(session, { machine, user, cut }) {
      const kept = instanceFolder(folder, machine.instanceId);
      const uploaded = uploadedFiles(kept);
      serveSession(session, {
        machine,
        user,
        cut,
        faults,
        handle,
        interrupt,
        sleep,
        log,
        uploaded,
        files: instanceFiles({ uploaded, given, canned: cannedFiles(machine.ubuntu) }),
        record: (command) => recordCommand(kept, now(), command),
      });
    },
  };
}

async function listen(options: SshListenerOptions): Promise<SshListener> {
  const listener = await listenForSsh(options);
  if (listener) return listener;
  throw new SandboxError(
    `${options.address}:${options.port} is in use by another program that listens on all addresses. Stop it, or restart the sandbox.`,
  );
}

async function canListenOn(address: string): Promise<boolean> {
  const probe = createServer();
  try {
    return await tryToListen(probe, address, 0);
  } catch {
    return false;
  } finally {
    if (probe.listening) await closeListener(probe);
  }
}

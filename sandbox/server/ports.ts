import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { writeAtomically } from './atomic-write.ts';
import { SandboxError } from './sandbox-error.ts';

/** The ports that a state folder's sandbox used last. */
export interface Ports {
  proxy?: number;
  ssh?: number;
}

const fileName = 'ports.json';

/** A Packer process that outlives its sandbox finds the next one on the same port. */
export function rememberedPorts(folder: string): Ports {
  try {
    const { proxy, ssh } = JSON.parse(readFileSync(join(folder, fileName), 'utf8'));
    return { ...(isPort(proxy) && { proxy }), ...(isPort(ssh) && { ssh }) };
  } catch {
    return {};
  }
}

export const rememberPorts = (folder: string, ports: Required<Ports>): void =>
  writeAtomically(join(folder, fileName), `${JSON.stringify(ports)}\n`);

const isPort = (port: unknown): port is number =>
  Number.isInteger(port) && Number(port) > 1023 && Number(port) < 65536;

/**
 * Below the ports that Linux (32768) and macOS (49152) use for outgoing connections, which could otherwise occupy a remembered
 * port, and above those that Packer uses for its plugins (10000 to 25000).
 */
const lowest = 26000;
const highest = 32000;
const attempts = 50;

/** Listens on `first`, or on another port if that is in use. Never on another address. */
export async function listenAnywhere(
  server: Server,
  address: string,
  first: number | undefined,
): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = attempt === 0 && first !== undefined ? first : randomInt(lowest, highest);
    if (await tryToListen(server, address, port)) return port;
  }
  throw new SandboxError(
    `${address}: no free port among ${attempts} tried between ${lowest} and ${highest}.`,
  );
}

/** Listens on one address and port; false if that port is in use. */
export function tryToListen(server: Server, address: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', listening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    const listening = () => {
      server.off('error', failed);
      resolve(true);
    };
    server.once('error', failed);
    server.once('listening', listening);
    server.listen({ host: address, port, exclusive: true });
  });
}

/** Stops listening. Connections that are open stay open. */
export function closeListener(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

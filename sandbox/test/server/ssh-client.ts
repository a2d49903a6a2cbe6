import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type ConnectConfig, utils } from 'ssh2';
import { onTestFinished } from 'vitest';
import { newEd25519Key } from '../../ec2/openssh-key.ts';
import type { Machine } from '../../model/contract.ts';
import { createMachines, type SshMachines, type SshMachinesOptions } from '../../server/machines.ts';
import { sshFaults, temporaryFolder } from './stand-in.ts';

export const keyPair = () => utils.generateKeyPairSync('ecdsa', { bits: 256 });

export const ed25519KeyPair = () => {
  const { privateKey, blob } = newEd25519Key();
  return { private: privateKey, public: `ssh-ed25519 ${blob.toString('base64')}` };
};

export const machineWith = (publicKey: string, given: Partial<Machine> = {}): Machine => ({
  instanceId: 'i-0123456789abcdef0',
  account: '111122223333',
  region: 'us-east-1',
  address: '127.77.1.2',
  publicKeys: [publicKey],
  tags: {},
  image: 'ami-0123456789abcdef0',
  metadata: { answers: true, hasRole: false },
  ...given,
});

/** Only the SSH side, closed after the test. */
export async function startMachines(
  given: Partial<SshMachinesOptions> & { script?: Parameters<typeof sshFaults>[0] } = {},
): Promise<{ machines: SshMachines; folder: string; logged: string[] }> {
  const folder = given.folder ?? temporaryFolder();
  const logged: string[] = [];
  const machines = await createMachines({
    folder,
    hostKey: keyPair().private,
    faults: sshFaults(given.script ?? []),
    handle: () => Promise.reject(new Error('No test here asks AWS')),
    now: () => new Date('2026-02-03T04:05:06Z'),
    sleep: async () => undefined,
    log: (message) => void logged.push(message),
    ...given,
  });
  onTestFinished(() => machines.close());
  return { machines, folder, logged };
}

/** Logs in, or rejects with the server's answer. */
export function logIn(host: string, port: number, given: Partial<ConnectConfig>): Promise<Client> {
  const client = new Client();
  onTestFinished(() => void client.destroy());
  return new Promise((resolve, reject) => {
    client.on('ready', () => {
      client.setNoDelay(true);
      resolve(client);
    });
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed')));
    client.connect({ host, port, username: 'ubuntu', readyTimeout: 5000, ...given });
  });
}

export interface Ran {
  /** null if the connection or the channel ended without one. */
  exit: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command; `input` is its standard input. */
export function run(client: Client, command: string, input?: Buffer): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      const ran: Ran = { exit: null, stdout: '', stderr: '' };
      channel.on('data', (chunk: Buffer) => {
        ran.stdout += chunk.toString('latin1');
      });
      channel.stderr.on('data', (chunk: Buffer) => {
        ran.stderr += chunk.toString();
      });
      channel.on('exit', (exit: number) => {
        ran.exit = exit;
      });
      channel.on('close', () => resolve(ran));
      channel.on('error', () => resolve(ran));
      if (input) channel.end(input);
    });
  });
}

/** The records of an instance, without the times. */
export function recorded(folder: string, instanceId = 'i-0123456789abcdef0'): Record<string, unknown>[] {
  const text = readFileSync(join(folder, 'instances', instanceId, 'commands.ndjson'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { time, ...command } = JSON.parse(line);
      if (Number.isNaN(Date.parse(time))) throw new Error(`no time in ${line}`);
      return command;
    });
}

/** The local path of an uploaded file. */
export const uploaded = (folder: string, path: string, instanceId = 'i-0123456789abcdef0'): string =>
  join(folder, 'instances', instanceId, 'files', path);

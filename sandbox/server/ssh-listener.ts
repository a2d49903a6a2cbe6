import { createServer, type Socket } from 'node:net';
import ssh2, { type Connection, type Session } from 'ssh2';
import type { Machine } from '../model/contract.ts';
import { closeListener, tryToListen } from './ports.ts';
import { accept, machineFor } from './ssh-authentication.ts';

export interface SshListener {
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
  /** Cuts the connections of one machine. */
  cut(instanceId: string): void;
}

export interface SshListenerOptions {
  address: string;
  port: number;
  /** The server's host key, PEM or OpenSSH. */
  hostKey: string;
  /** The machines that a connection to this address may be for. */
  machines: () => Machine[];
  /**
   * Whether a connection to this address reaches a machine's sshd. One that does not is held and never answered: AWS drops its
   * packets, so that the client runs into its own timeout.
   */
  isReachable: (machine: Machine) => boolean;
  serve: (session: Session, connection: { machine: Machine; user: string; cut: () => void }) => void;
  log: (message: string) => void;
}

/** How long a login may take, as in sshd's LoginGraceTime. Milliseconds. */
const loginLimit = 60_000;
const connectionLimit = 64;

/** An SSH server on one address; undefined if the port is in use there. */
export async function listenForSsh(options: SshListenerOptions): Promise<SshListener | undefined> {
  const connections = new Map<number, { socket: Socket; machine?: Machine }>();
  const ssh = new ssh2.Server(
    { hostKeys: [options.hostKey], ident: 'gopackgo-sandbox' },
    (client, { port }) => {
      const connection = connections.get(port);
      if (connection) serveClient(client, connection, options);
    },
  );
  const listener = createServer({ noDelay: true }, (socket) => {
    const port = socket.remotePort;
    socket.on('error', () => socket.destroy());
    if (port === undefined) {
      socket.destroy();
      return;
    }
    connections.set(port, { socket });
    socket.once('close', () => connections.delete(port));
    if (options.machines().some(options.isReachable)) ssh.injectSocket(socket);
    else hold(socket);
  });
  listener.maxConnections = connectionLimit;
  if (!(await tryToListen(listener, options.address, options.port))) return undefined;
  listener.on('error', (error) => options.log(`${options.address}: ${error.message}`));
  return {
    async close() {
      const closed = closeListener(listener);
      for (const { socket } of connections.values()) socket.destroy();
      await closed;
    },
    cut(instanceId) {
      for (const { socket, machine } of connections.values()) {
        if (machine?.instanceId === instanceId) socket.destroy();
      }
    },
  };
}

/** Reads all input, answers nothing, and closes after the time limit of a login. */
function hold(socket: Socket): void {
  const letGo = setTimeout(() => socket.destroy(), loginLimit);
  socket.once('close', () => clearTimeout(letGo));
  socket.resume();
}

function serveClient(
  client: Connection,
  connection: { socket: Socket; machine?: Machine },
  options: SshListenerOptions,
): void {
  const cut = () => {
    connection.socket.destroy();
  };
  const tooLate = setTimeout(cut, loginLimit);
  let user = '';
  client.on('error', cut);
  client.on('close', () => clearTimeout(tooLate));
  client.on('authentication', (context) => {
    const machine = machineFor(context, options.machines());
    if (machine === undefined) return context.reject(['publickey']);
    if (!options.isReachable(machine)) return;
    connection.machine = machine;
    user = context.username;
    accept(context);
  });
  client.on('ready', () => clearTimeout(tooLate));
  client.on('session', (acceptSession) => {
    if (connection.machine) options.serve(acceptSession(), { machine: connection.machine, user, cut });
  });
}

import type { ServerChannel, Session } from 'ssh2';
import type { AwsRequest, AwsResponse, Machine, Unanswered } from '../model/contract.ts';
import { runAmiTools } from './ami-tools/run-tools.ts';
import { byteReader } from './byte-reader.ts';
import { answerCommand, type CommandAnswer } from './command-answer.ts';
import type { InstanceFiles } from './instance-files.ts';
import type { Upload } from './instance-record.ts';
import { receiveScp } from './scp.ts';
import { parseScpCommand, type ScpCommand } from './scp-command.ts';
import { sendScp } from './scp-send.ts';
import { findBrokenScript } from './script-check.ts';
import { serveSftp } from './sftp.ts';
import { actOnFault, type FaultOptions } from './ssh-fault.ts';
import type { UploadedFiles } from './uploaded-files.ts';

/** Everything needed to answer the commands of one connection. */
export interface SessionOptions extends FaultOptions {
  machine: Machine;
  user: string;
  uploaded: UploadedFiles;
  /** The readable files of the instance. */
  files: InstanceFiles;
  /** Asks the embedded AWS, for requests of programs on the instance. */
  handle: (request: AwsRequest) => Promise<AwsResponse | Unanswered>;
  log: (message: string) => void;
}

/**
 * Answers a session: commands are recorded and, except for the AMI tools, not run; files can be uploaded and downloaded;
 * everything else is refused.
 */
export function serveSession(session: Session, options: SessionOptions): void {
  session.on('pty', (accept) => accept?.());
  session.on('env', (accept) => accept?.());
  session.on('exec', (accept, _reject, { command }) => {
    carryOut(accept(), command.replace(/\n$/, ''), options);
  });
  session.on('sftp', (accept) => serveSftp(accept(), options));
  session.on('shell', (accept) => {
    refuse(accept(), 'shell', 'The sandbox records commands; it has no interactive shell.', options);
  });
  session.on('subsystem', (accept, _reject, { name }) => {
    refuse(accept(), `subsystem:${name}`, `The sandbox has no ${name}. scp and sftp work.`, options);
  });
}

function carryOut(channel: ServerChannel, command: string, options: SessionOptions): void {
  channel.on('error', () => options.cut());
  answer(channel, command, options).catch((error: unknown) => {
    options.log(`${options.machine.instanceId}: ${error instanceof Error ? error.stack : String(error)}`);
    options.cut();
  });
}

async function answer(channel: ServerChannel, command: string, options: SessionOptions): Promise<void> {
  const fate = await actOnFault(command, options);
  if (!fate.goOn) return fate.answer && finish(channel, fate.answer);
  const { uploads, downloads, ...given } = await carriedOut(channel, command, options);
  options.record({
    command,
    exit: given.exit,
    ...(given.stderr && { stderr: given.stderr }),
    ...(uploads && { uploads }),
    ...(downloads && { downloads }),
    ...(fate.fault && { fault: fate.fault }),
  });
  finish(channel, given);
}

type Outcome = CommandAnswer & { uploads?: Upload[]; downloads?: string[] };

async function carriedOut(
  channel: ServerChannel,
  command: string,
  options: SessionOptions,
): Promise<Outcome> {
  const scp = parseScpCommand(command);
  if (scp) return copied(channel, scp, options);
  const { uploaded, files, user } = options;
  const broken = await findBrokenScript(command, user, uploaded);
  if (broken) return { exit: 2, stderr: broken.stderr };
  const bundled = await runAmiTools(command, options);
  if (bundled) return bundled;
  return answerCommand(command, { user, files, resolve: (path) => uploaded.resolve(path, user) });
}

async function copied(
  channel: ServerChannel,
  scp: ScpCommand,
  { uploaded, files, user }: SessionOptions,
): Promise<Outcome> {
  if (scp.does === 'nothing') return { exit: 1, stderr: `scp: ${scp.because}\n` };
  const reader = byteReader(channel.iterator({ destroyOnReturn: false }));
  if (scp.does === 'receive') {
    return receiveScp({
      reader,
      send(bytes) {
        channel.write(bytes);
      },
      target: uploaded.resolve(scp.target, user),
      recursive: scp.recursive,
      files: uploaded,
    });
  }
  return sendScp({
    reader,
    send: (bytes) => written(channel, bytes),
    sources: scp.sources.map((source) => uploaded.resolve(source, user)),
    recursive: scp.recursive,
    files,
  });
}

/** Resolves when there is room for more, or when nobody reads any more. */
function written(channel: ServerChannel, bytes: string | Buffer): Promise<void> {
  if (channel.destroyed || channel.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      channel.off('drain', done);
      channel.off('close', done);
      resolve();
    };
    channel.once('drain', done);
    channel.once('close', done);
  });
}

function refuse(channel: ServerChannel, asked: string, why: string, options: SessionOptions): void {
  channel.on('error', () => options.cut());
  const refused = { exit: 1, stderr: `${why}\n` };
  options.record({ command: asked, ...refused });
  finish(channel, refused);
}

/** The exit status has to be sent before the channel ends, or the client sees a command without one. */
function finish(channel: ServerChannel, { exit, stdout, stderr }: CommandAnswer): void {
  channel.resume();
  if (stdout) channel.write(stdout);
  if (stderr) channel.stderr.write(stderr);
  channel.exit(exit);
  channel.end();
}

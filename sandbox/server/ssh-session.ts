import type { ServerChannel, Session } from 'ssh2';
import type { Faults, Machine } from '../contract.ts';
import { byteReader } from './byte-reader.ts';
import { answerCommand, type CommandAnswer } from './command-answer.ts';
import type { RecordedCommand, Upload } from './instance-record.ts';
import { receiveScp } from './scp.ts';
import { parseScpCommand } from './scp-command.ts';
import { findBrokenScript } from './script-check.ts';
import type { UploadedFiles } from './uploaded-files.ts';

/** What the commands of one connection are answered from. */
export interface SessionOptions {
  machine: Machine;
  user: string;
  files: UploadedFiles;
  faults: Pick<Faults, 'forCommand'>;
  /** Returns when the command is on disk: what was answered can always be read. */
  record: (command: RecordedCommand) => void;
  /** Milliseconds. Rejects where the sandbox ends before. */
  sleep: (duration: number) => Promise<void>;
  /** Cuts the connection without a word. */
  cut: () => void;
  log: (message: string) => void;
}

/** Answers a session: commands are recorded and not run, uploads are kept, everything else is refused. */
export function serveSession(session: Session, options: SessionOptions): void {
  session.on('pty', (accept) => accept?.());
  session.on('env', (accept) => accept?.());
  session.on('exec', (accept, _reject, { command }) => {
    carryOut(accept(), command.replace(/\n$/, ''), options);
  });
  session.on('shell', (accept) => {
    refuse(accept(), 'shell', 'The sandbox records commands; it has no interactive shell.', options);
  });
  session.on('subsystem', (accept, _reject, { name }) => {
    refuse(accept(), `subsystem:${name}`, `The sandbox has no ${name}. Uploads by scp work.`, options);
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
  const does = options.faults.forCommand(options.machine, command)?.does;
  if (does === 'hang' || does === 'disconnect') {
    options.record({ command, exit: null, fault: does });
    if (does === 'disconnect') options.cut();
    return;
  }
  if (does !== undefined && 'exit' in does) {
    options.record({ command, exit: does.exit, ...(does.stderr && { stderr: does.stderr }), fault: 'exit' });
    return finish(channel, does);
  }
  if (does !== undefined) await options.sleep(does.delay);
  const { uploads, ...given } = await carriedOut(channel, command, options);
  options.record({
    command,
    exit: given.exit,
    ...(given.stderr && { stderr: given.stderr }),
    ...(uploads && { uploads }),
    ...(does && { fault: 'delay' }),
  });
  finish(channel, given);
}

async function carriedOut(
  channel: ServerChannel,
  command: string,
  { files, user }: SessionOptions,
): Promise<CommandAnswer & { uploads?: Upload[] }> {
  const scp = parseScpCommand(command);
  if (scp?.does === 'receive') {
    const result = await receiveScp({
      reader: byteReader(channel.iterator({ destroyOnReturn: false })),
      send: (bytes) => void channel.write(bytes),
      target: files.resolve(scp.target, user),
      recursive: scp.recursive,
      files,
    });
    return result;
  }
  if (scp?.does === 'nothing') return { exit: 1, stderr: `scp: ${scp.because}\n` };
  if (scp?.does === 'send') {
    const why = 'the sandbox records uploads and has nothing to download from an instance';
    return { exit: 1, stdout: `\x02scp: ${why}\n`, stderr: `scp: ${why}\n` };
  }
  const broken = await findBrokenScript(command, user, files);
  return broken ? { exit: 2, stderr: broken.stderr } : answerCommand(command, user);
}

function refuse(channel: ServerChannel, asked: string, why: string, options: SessionOptions): void {
  channel.on('error', () => options.cut());
  const refused = { exit: 1, stderr: `${why}\n` };
  options.record({ command: asked, ...refused });
  finish(channel, refused);
}

/** The exit status has to be out before the channel ends, or the client sees a command that went without one. */
function finish(channel: ServerChannel, { exit, stdout, stderr }: CommandAnswer): void {
  channel.resume();
  if (stdout) channel.write(stdout);
  if (stderr) channel.stderr.write(stderr);
  channel.exit(exit);
  channel.end();
}

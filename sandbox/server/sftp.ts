import type { SFTPWrapper } from 'ssh2';
import { failureReply, type SftpAttributes, type SftpReply } from './sftp-reply.ts';
import { type SftpOptions, sftpRequests } from './sftp-requests.ts';

/**
 * Answers an SFTP session, one request after the other: a client sends the parts of a file without waiting, and they have to be
 * processed in order. ssh2 answers requests that are not implemented here (symbolic links, extensions) as unsupported.
 */
export function serveSftp(
  sftp: SFTPWrapper,
  options: SftpOptions & { log: (message: string) => void },
): void {
  const requests = sftpRequests(options);
  let turn: Promise<void> = Promise.resolve();
  let ended = false;

  function inTurn(work: () => Promise<void>): void {
    turn = turn.then(work).catch((error: unknown) => {
      options.log(`${options.machine.instanceId}: sftp: ${String(error)}`);
      options.cut();
    });
  }
  function answer(id: number, request: () => Promise<SftpReply>): void {
    inTurn(async () => {
      if (ended) return;
      const reply = await attempt(request);
      if (!ended) send(sftp, id, reply);
    });
  }
  function end(): void {
    if (ended) return;
    ended = true;
    inTurn(() => requests.end());
    sendExitStatus(sftp);
    sftp.end();
  }
  sftp.on('error', () => options.cut());
  sftp.on('end', end);
  sftp.on('close', end);
  sftp.on('OPEN', (id, path, flags, attributes) =>
    answer(id, async () => requests.open(path, flags, attributes)),
  );
  sftp.on('READ', (id, handle, offset, length) => answer(id, () => requests.read(handle, offset, length)));
  sftp.on('WRITE', (id, handle, offset, data) => answer(id, () => requests.write(handle, offset, data)));
  sftp.on('CLOSE', (id, handle) => answer(id, () => requests.close(handle)));
  sftp.on('STAT', (id, path) => answer(id, () => requests.stat(path)));
  sftp.on('LSTAT', (id, path) => answer(id, () => requests.stat(path)));
  sftp.on('FSTAT', (id, handle) => answer(id, () => requests.handleStat(handle)));
  sftp.on('SETSTAT', (id, path, attributes: Partial<SftpAttributes>) =>
    answer(id, () => requests.changeMode(path, attributes)),
  );
  sftp.on('FSETSTAT', (id, handle, attributes: Partial<SftpAttributes>) =>
    answer(id, () => requests.handleChangeMode(handle, attributes)),
  );
  sftp.on('MKDIR', (id, path, attributes: Partial<SftpAttributes>) =>
    answer(id, () => requests.makeFolder(path, attributes)),
  );
  sftp.on('REMOVE', (id, path) => answer(id, () => requests.removeFile(path)));
  sftp.on('RMDIR', (id, path) => answer(id, () => requests.removeFolder(path)));
  sftp.on('RENAME', (id, from, to) => answer(id, () => requests.rename(from, to)));
  sftp.on('OPENDIR', (id, path) => answer(id, () => requests.openFolder(path)));
  sftp.on('READDIR', (id, handle) => answer(id, () => requests.readFolder(handle)));
  sftp.on('REALPATH', (id, path) => answer(id, () => requests.absolute(path)));
}

/**
 * Sends an exit status, as sshd does: without one OpenSSH's scp reports a successful transfer as failed. ssh2 1.17.0 offers
 * none for SFTP, so this uses its internals, and does nothing if they are different.
 */
function sendExitStatus(sftp: SFTPWrapper): void {
  const { _protocol: protocol, outgoing } = sftp as {
    _protocol?: { exitStatus?: (channel: number, status: number) => void };
    outgoing?: { id: number; state: string };
  };
  const isOpen = outgoing?.state === 'open' || outgoing?.state === 'eof';
  if (isOpen) protocol?.exitStatus?.(outgoing.id, 0);
}

async function attempt(request: () => Promise<SftpReply>): Promise<SftpReply> {
  try {
    return await request();
  } catch (error) {
    return failureReply(error);
  }
}

function send(sftp: SFTPWrapper, id: number, reply: SftpReply): void {
  if (reply === 'nothing') return;
  if ('status' in reply) sftp.status(id, reply.status, reply.message);
  else if ('handle' in reply) sftp.handle(id, reply.handle);
  else if ('data' in reply) sftp.data(id, reply.data);
  else if ('attributes' in reply) sftp.attrs(id, reply.attributes);
  else sftp.name(id, reply.names);
}

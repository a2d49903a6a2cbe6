import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Seen {
  /** Argument lists of all processes that ran at one of the looks. */
  commands: Set<string>;
  /** Tokens by which the Packer that works in `folder` may ask for credentials. */
  tokens: Set<string>;
}

/** Looks at all processes again and again until `ended` settles, as anybody on the machine can. */
export async function watchProcesses(folder: string, ended: Promise<unknown>): Promise<Seen> {
  const seen: Seen = { commands: new Set(), tokens: new Set() };
  let over = false;
  const stop = () => {
    over = true;
  };
  ended.then(stop, stop);
  while (!over) {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    await Promise.all(pids.map((pid) => lookup(pid, folder, seen)));
    await sleep(30);
  }
  return seen;
}

async function lookup(pid: string, folder: string, { commands, tokens }: Seen): Promise<void> {
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    commands.add(command.replaceAll('\0', ' '));
    if (!command.includes('packer') || !command.includes(folder)) return;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    const [, token] = /(?:^|\0)AWS_CONTAINER_AUTHORIZATION_TOKEN=([0-9a-f]{64})/.exec(environment) ?? [];
    if (token !== undefined) tokens.add(token);
  } catch {
    // It has ended, or belongs to somebody else.
  }
}

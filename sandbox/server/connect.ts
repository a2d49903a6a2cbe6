import { Agent, request } from 'node:http';
import { readAddress } from './address-file.ts';
import type { RunningSandbox } from './control.ts';
import { SandboxError } from './sandbox-error.ts';

/**
 * Milliseconds. A sandbox always runs on this machine, so it answers at once unless the machine is overloaded: at a load of 50
 * on two cores it took more than ten seconds. A reset removes files first.
 */
const limits = { ask: 30_000, change: 60_000 };

/**
 * The running sandbox of a state folder; undefined if none is running, even if there is a stale address file. Loads none of the
 * sandbox's servers.
 */
export async function findSandbox(folder: string): Promise<RunningSandbox | undefined> {
  const address = readAddress(folder);
  if (address === undefined) return undefined;
  try {
    const running = await connectSandbox(address.url);
    return running.id === address.id && running.pid === address.pid ? running : undefined;
  } catch (error) {
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}

/** Asks the sandbox at `http://127.0.0.1:PORT` for its identity. Throws `SandboxError` if no sandbox answers in time. */
export async function connectSandbox(url: string): Promise<RunningSandbox> {
  const answer = await callSandbox(url, 'GET', '/_sandbox/environment');
  if (!isRunningSandbox(answer))
    throw new SandboxError(`${url}: expected a gopackgo sandbox, but something else answers there.`);
  return answer;
}

/** Sends one request to a sandbox's control endpoint and returns the answer. Throws `SandboxError` with the sandbox's message. */
export function callSandbox(url: string, method: string, path: string, body?: unknown): Promise<unknown> {
  if (!/^http:\/\/(127\.0\.0\.1|localhost):\d+\/?$/.test(url)) {
    throw new SandboxError(
      `${url}: expected a sandbox. Its address is http://127.0.0.1:PORT, as printed by \`gopackgo sandbox\`.`,
      'no address',
    );
  }
  const limit = method === 'GET' ? limits.ask : limits.change;
  return new Promise((resolve, reject) => {
    const refused = (why: string) => reject(new SandboxError(`${url}: no sandbox answers there (${why}).`));
    const asked = request(new URL(path, url), {
      method,
      agent: new Agent(),
      signal: AbortSignal.timeout(limit),
    });
    asked.on('error', (error) =>
      refused(error.name === 'AbortError' ? `no answer within ${limit} ms` : error.message),
    );
    asked.on('response', async (response) => {
      try {
        const answer: unknown = JSON.parse(Buffer.concat(await response.toArray()).toString('utf8'));
        if (response.statusCode === 200) resolve(answer);
        else
          reject(new SandboxError(`${url}${path}: ${messageOf(answer) ?? `status ${response.statusCode}`}`));
      } catch (error) {
        refused((error as Error).message);
      }
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const messageOf = (answer: unknown): string | undefined =>
  typeof answer === 'object' && answer !== null && 'error' in answer ? String(answer.error) : undefined;

function isRunningSandbox(answer: unknown): answer is RunningSandbox {
  if (typeof answer !== 'object' || answer === null) return false;
  const { url, id, account, pid, environment, consistencyLag } = answer as Partial<Record<string, unknown>>;
  const isText = [url, id, account].every((value) => typeof value === 'string');
  const areNumbers = [pid, consistencyLag].every(Number.isInteger);
  return isText && areNumbers && typeof environment === 'object' && environment !== null;
}

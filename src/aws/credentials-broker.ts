import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from './credentials.ts';

export interface CredentialsBroker {
  /** For a process that needs the credentials; all AWS SDKs and Packer 1.6.6 read it. Its token is secret. */
  environment: {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: string;
    AWS_CONTAINER_AUTHORIZATION_TOKEN: string;
  };
  /** Secrets it has handed out so far, to hide from messages: its token, keys and their ids, session tokens. */
  secrets(): string[];
  close(): Promise<void>;
}

const path = '/credentials';

/**
 * Serves credentials on loopback with the protocol of container credentials, so that they are in no environment and no file
 * ("Container credential provider", AWS SDKs and Tools Reference Guide). The token gives access to them. A process keeps the
 * credentials it got, so that it can finish after this one has ended.
 */
export async function startCredentialsBroker(
  credentials: () => Promise<Credentials>,
  now: () => number = Date.now,
): Promise<CredentialsBroker> {
  const token = randomBytes(32).toString('hex');
  const secrets = new Set([token]);
  const isAllowed = sameAs(token);
  const server = createServer((request, response) => {
    answer(request, isAllowed, async () => {
      const given = await credentials();
      secrets.add(given.accessKeyId).add(given.secretAccessKey);
      if (given.sessionToken) secrets.add(given.sessionToken);
      return asAnswer(given, now());
    }).then(
      (given) => respond(response, given),
      () => response.destroy(),
    );
  });
  server.requestTimeout = 10_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}${path}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    },
    secrets: () => [...secrets],
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

interface Answer {
  status: number;
  body: object;
}

async function answer(
  request: IncomingMessage,
  isAllowed: (given: string) => boolean,
  give: () => Promise<object>,
): Promise<Answer> {
  if (!isAllowed(request.headers.authorization ?? ''))
    return errorAnswer(403, 'AccessDenied', 'not the token');
  if (request.method !== 'GET') return errorAnswer(405, 'MethodNotAllowed', 'only GET');
  if (request.url !== path) return errorAnswer(404, 'NotFound', `only ${path}`);
  try {
    return { status: 200, body: await give() };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return errorAnswer(503, name, message);
  }
}

/** In the SDKs' format: `code` and `message`. */
const errorAnswer = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});

function respond(response: ServerResponse, { status, body }: Answer): void {
  response.on('error', () => undefined);
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Longer than any build may take. */
const untilAsked = 12 * 60 * 60_000;

/**
 * Always with `Token` and `Expiration`: the SDKs for Python and JavaScript, and so the AWS CLI, refuse a response without them.
 * Credentials without an expiration are fetched again after twelve hours.
 */
function asAnswer({ accessKeyId, secretAccessKey, sessionToken, expiration }: Credentials, now: number) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken ?? '',
    Expiration: (expiration ?? new Date(now + untilAsked)).toISOString(),
  };
}

/** Compares in constant time, whatever the length. */
function sameAs(token: string): (given: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (given) => timingSafeEqual(digest(given), expected);
}

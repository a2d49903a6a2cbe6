import type { Socket } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import { countdown } from './countdown.ts';

/** How long opening a connection may take: to the proxy, and then the TLS handshake. Milliseconds. */
export const connectLimit = 10_000;

/** The SDK retries after this code. */
const notConnected = (milliseconds: number) =>
  Object.assign(new Error(`no connection within ${milliseconds / 1000} s`), { code: 'ETIMEDOUT' });

/**
 * Destroys a TLS connection whose handshake takes longer than `connectLimit`. The SDK's own limit starts with the request, so
 * it includes the time that the request waits for a connection.
 */
export function limitHandshake<S extends Socket>(socket: S, clock: Clock): S {
  const ended = new AbortController();
  const end = () => ended.abort();
  for (const event of ['secureConnect', 'close']) socket.once(event, end);
  const overdue = (isOver: boolean) => {
    if (isOver) socket.destroy(notConnected(connectLimit));
  };
  countdown(connectLimit, clock, ended.signal).then(overdue, () => undefined);
  return socket;
}

/**
 * Opens a connection, or fails after `connectLimit`. A connection that opens later is closed again.
 *
 * @throws the error of `opening`; ETIMEDOUT.
 */
export async function withinConnectLimit<S extends Socket>(opening: Promise<S>, clock: Clock): Promise<S> {
  const ended = new AbortController();
  const limit = countdown(connectLimit, clock, ended.signal);
  try {
    const opened = await Promise.race([opening, limit]);
    if (typeof opened === 'object') return opened;
  } finally {
    ended.abort();
  }
  opening.then(
    (late) => late.destroy(),
    () => undefined,
  );
  throw notConnected(connectLimit);
}

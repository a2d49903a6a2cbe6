import { errorCode } from '../lib/error-code.ts';
import { failedLookup, type Lookup, okLookup } from '../model/lookup.ts';

/**
 * Asks AWS, and returns the outcome as a value. Every failure, whether AWS refused or the network is down, is `ok: false` with
 * the code, so that it cannot be mistaken for "absent".
 */
export async function ask<T>(operation: string, region: string, call: () => Promise<T>): Promise<Lookup<T>> {
  try {
    return okLookup(await call());
  } catch (error) {
    return failedLookup({ operation, region, ...describe(error) });
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'Unknown', message: String(error) };
  const system = errorCode(error);
  const status = httpStatusOf(error);
  // The SDK could not parse the response: usually the error page of a proxy.
  if (error.name === 'Unknown' && status !== undefined) {
    return { code: `Http${status}`, message: `HTTP status ${status}, in a response that is not from AWS` };
  }
  const code = error.name === 'Error' && system ? system : error.name;
  return { code, message: withoutEncoded(error.message) || code };
}

/**
 * Removes EC2's addition to "You are not authorized": a kilobyte that only `sts:DecodeAuthorizationMessage` can read, and that
 * may reveal more about the account than its reader should know.
 */
const withoutEncoded = (message: string): string =>
  message.replace(/\s*Encoded authorization failure message: \S+/, '').trim();

function httpStatusOf(error: Error): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/** Whether a code says that a resource does not exist, rather than that the answer is unknown. */
export function saysNotFound(code: string): boolean {
  return /\.NotFound$|^InvalidAMIID\.Unavailable$|^ParameterNotFound$/.test(code);
}

/** Deleting a resource that is already gone counts as success. */
export function orGone(outcome: Lookup<unknown>): Lookup<void> {
  if (outcome.ok || saysNotFound(outcome.error.code)) return okLookup(undefined);
  return outcome;
}

/** Splits into parts of at most `size`, since AWS limits the values of a filter and the names in a call. */
export function inParts<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size));
  return parts;
}

/** AWS accepts at most 200 values in all filters of a call (says its error FilterLimitExceeded). */
export const filterValues = 200;

import { errorCode } from '../lib/error-code.ts';
import { failedLookup, type Lookup, okLookup } from '../model/lookup.ts';

/**
 * Ask AWS, and make what came of it a value. Every failure, be it AWS's refusal or a dead network, is
 * `ok: false` with the code, so that nobody can mistake it for "absent".
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
  // What the SDK calls an answer that it cannot read: the error page of a proxy, as a rule.
  if (error.name === 'Unknown' && status !== undefined) {
    return { code: `Http${status}`, message: `HTTP status ${status}, in an answer that is not of AWS` };
  }
  const code = error.name === 'Error' && system ? system : error.name;
  return { code, message: error.message || code };
}

function httpStatusOf(error: Error): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/** Which codes say that a thing is not there, rather than that nobody knows. */
export function saysNotFound(code: string): boolean {
  return /\.NotFound$|^InvalidAMIID\.Unavailable$|^ParameterNotFound$/.test(code);
}

/** A thing that is already gone was deleted, by whomever. */
export function orGone(outcome: Lookup<unknown>): Lookup<void> {
  if (outcome.ok || saysNotFound(outcome.error.code)) return okLookup(undefined);
  return outcome;
}

/** In parts of at most `size`, since AWS bounds the values of a filter and the names of a call. */
export function inParts<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size));
  return parts;
}

/** AWS takes at most 200 values in all filters of a call (its error FilterLimitExceeded says so). */
export const filterValues = 200;

/**
 * The answer to one question, or the error. A failed lookup is a value, never "absent": the code that decides has to handle an
 * unknown explicitly.
 */
export type Lookup<T> = { ok: true; value: T } | { ok: false; error: LookupError };

/** Why a lookup failed, with the service's message. Contains no credentials. */
export interface LookupError {
  /** The service's error code, such as `UnauthorizedOperation`, or the name of a network error. */
  code: string;
  message: string;
  /** The call that failed, such as `ec2:DescribeImages`. */
  operation: string;
  region: string;
}

/** In words, with the place where it failed. */
export const describeLookupError = ({ operation, region, code, message }: LookupError): string =>
  `${operation} in ${region}: ${code}: ${message}`;

export const okLookup = <T>(value: T): Lookup<T> => ({ ok: true, value });
export const failedLookup = (error: LookupError): Lookup<never> => ({ ok: false, error });

/** All values of several lookups, or the first failure among them. */
export function allLookups<T extends Record<string, Lookup<unknown>>>(
  lookups: T,
): Lookup<{ [key in keyof T]: T[key] extends Lookup<infer V> ? V : never }> {
  const values: Record<string, unknown> = {};
  for (const [key, lookup] of Object.entries(lookups)) {
    if (!lookup.ok) return lookup;
    values[key] = lookup.value;
  }
  return okLookup(values as { [key in keyof T]: T[key] extends Lookup<infer V> ? V : never });
}

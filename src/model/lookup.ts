/**
 * What came of asking the world a question. A failed look-up is a value, never "absent":
 * whoever decides on it has to say what an unknown means.
 */
export type Look<T> = { ok: true; value: T } | { ok: false; error: LookError };

/** Why a look-up failed, in the service's own words. Holds no credential. */
export interface LookError {
  /** The service's error code, such as `UnauthorizedOperation`, or the name of a network error. */
  code: string;
  message: string;
  /** The call that failed, such as `ec2:DescribeImages`. */
  operation: string;
  region: string;
}

export const seen = <T>(value: T): Look<T> => ({ ok: true, value });
export const unseen = (error: LookError): Look<never> => ({ ok: false, error });

/** All values of several look-ups, or the first failure among them. */
export function allSeen<T extends Record<string, Look<unknown>>>(
  looks: T,
): Look<{ [key in keyof T]: T[key] extends Look<infer V> ? V : never }> {
  const values: Record<string, unknown> = {};
  for (const [key, look] of Object.entries(looks)) {
    if (!look.ok) return look;
    values[key] = look.value;
  }
  return seen(values as { [key in keyof T]: T[key] extends Look<infer V> ? V : never });
}

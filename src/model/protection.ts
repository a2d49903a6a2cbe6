import type { Ami } from './ami.ts';

/** Deregistration protection of an AMI. `cooling`: it was turned off, but EC2 still refuses to deregister the AMI. */
export type Protection = { is: 'off' } | { is: 'on'; cooldown: boolean } | { is: 'cooling'; until: string };

/** How long EC2 refuses to deregister an AMI after protection with a cooldown was turned off ("Protect an AMI from deregistration"). Milliseconds. */
export const cooldown = 24 * 60 * 60_000;

/**
 * Parses DescribeImages' value: `disabled`, `enabled-without-cooldown`, `enabled-with-cooldown`; during a cooldown `disabled
 * after` and a time. Any other value counts as protection. Pure.
 *
 * @param now milliseconds since 1970: a cooldown that has ended does not count.
 */
export function protectionOf({ protection = 'disabled' }: Pick<Ami, 'protection'>, now: number): Protection {
  if (isProtected({ protection })) return { is: 'on', cooldown: protection === 'enabled-with-cooldown' };
  const [, until] = /^disabled after (.+)$/.exec(protection) ?? [];
  return until === undefined || Date.parse(until) <= now ? { is: 'off' } : { is: 'cooling', until };
}

/** Whether it is on; not during a cooldown. Pure. */
export const isProtected = ({ protection = 'disabled' }: Pick<Ami, 'protection'>): boolean =>
  !/^disabled( after .+)?$/.test(protection);

/** `2026-12-01 18:44 UTC`; EC2's own text if it is not a time. Pure. */
export function untilWords(until: string): string {
  const at = Date.parse(until);
  return Number.isNaN(at) ? until : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

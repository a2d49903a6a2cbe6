import { homeRegion } from '../aws/account.ts';
import { clockOffset } from '../aws/clock-offset.ts';
import type { Lookup } from '../model/lookup.ts';
import type { Check } from './check.ts';
import { type Finding, notKnown } from './finding.ts';

export const clockSkew: Check = async (works, { clients, clock }) => {
  if (!works.some(({ toBuild }) => toBuild.length > 0)) return [];
  return [judgeClock(await clockOffset(clients, homeRegion(works.map(({ region }) => region)), clock))];
};

const minute = 60_000;

/**
 * Whether this machine's clock is close enough to AWS's: AWS refuses requests signed five minutes off its own time. Pure.
 *
 * @param lookup milliseconds that AWS's clock is ahead; undefined if AWS did not say.
 */
export function judgeClock(lookup: Lookup<number | undefined>): Finding {
  const place = { check: 'clock of this machine', stops: 'building' } as const;
  const expected = "AWS's time, give or take a minute";
  if (!lookup.ok) return notKnown(place, expected, lookup.error);
  if (lookup.value === undefined) {
    const found = 'an answer without a date';
    return { ...place, is: 'not-checked', expected, found, todo: 'Compare the clock with another one' };
  }
  const off = Math.abs(lookup.value);
  if (off <= minute) return { ...place, is: 'ok' };
  const found = `${inWords(off)} ${lookup.value > 0 ? 'behind' : 'ahead'}`;
  const todo = 'Set the clock, by NTP for example (timedatectl set-ntp true)';
  return off > 5 * minute
    ? {
        ...place,
        is: 'refused',
        code: 'clock-skew',
        expected,
        found,
        todo: `${todo}: AWS refuses the requests that Packer signs`,
      }
    : {
        ...place,
        is: 'warning',
        expected,
        found,
        todo: `${todo}: AWS refuses requests from a clock that is off by more than five minutes`,
      };
}

const inWords = (milliseconds: number): string =>
  milliseconds < 2 * minute
    ? `${Math.round(milliseconds / 1000)} s`
    : `${Math.round(milliseconds / minute)} min`;

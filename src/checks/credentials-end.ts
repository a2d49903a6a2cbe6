import type { Check } from './check.ts';
import type { Finding } from './finding.ts';

/** For a target without an earlier build. Seconds. */
const usualBuild = 15 * 60;

/** Asks only this machine: AWS does not tell when credentials expire. */
export const credentialsEnd: Check = async (works, { credentials, builds, clock }) => {
  const toBuild = works.flatMap((work) => work.toBuild);
  if (toBuild.length === 0 || !credentials) return [];
  const took = await builds.took(toBuild.map(({ name }) => name));
  const seconds = toBuild.map(({ name }) => took.get(name) ?? usualBuild);
  const atOnce = works.reduce((sum, work) => sum + Math.min(work.atOnce, work.toBuild.length), 0);
  const given = await credentials({}).catch(() => undefined);
  const end = given?.expiration;
  const isSoon = end !== undefined && end.getTime() - clock.now() < expectedLength(seconds, atOnce);
  const newest = isSoon ? await credentials({ forceRefresh: true }).catch(() => given) : given;
  return judgeCredentialsEnd(newest?.expiration, { seconds, atOnce, now: clock.now() });
};

/** How long these builds take if this many run at once: at least as long as the longest. Milliseconds. Pure. */
export const expectedLength = (seconds: readonly number[], atOnce: number): number => {
  const all = seconds.reduce((sum, one) => sum + one, 0);
  return 1000 * Math.max(0, ...seconds, all / Math.max(1, atOnce));
};

/** Whether the credentials last as long as the builds are expected to take. Pure. */
export function judgeCredentialsEnd(
  end: Date | undefined,
  { seconds, atOnce, now }: { seconds: readonly number[]; atOnce: number; now: number },
): Finding[] {
  if (end === undefined) return [];
  const place = { check: 'lifetime of the credentials', stops: 'building' } as const;
  const needed = expectedLength(seconds, atOnce);
  const left = end.getTime() - now;
  if (left >= needed) return [{ ...place, is: 'ok' }];
  return [
    {
      ...place,
      is: 'warning',
      expected: `them to last for the builds, about ${minutes(needed)} min`,
      found: `that they expire at ${end.toISOString().slice(11, 16)} UTC, in ${minutes(left)} min`,
      todo: 'Log in again first (aws sso login). If they expire during a build, the same command resumes',
    },
  ];
}

const minutes = (milliseconds: number): number => Math.max(0, Math.round(milliseconds / 60_000));

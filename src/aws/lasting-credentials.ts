import { type CredentialSource, type Credentials, endsBy } from './credentials.ts';

/**
 * An hour, less the moments that a session of one hour, the shortest that AWS gives to a role by default, has lost on
 * its way here. Milliseconds.
 */
const enough = 59 * 60_000;

/**
 * Credentials that have an hour left, refreshed for that where it is needed; where that cannot be, those that there are,
 * and `warn` is told, once.
 *
 * @throws what the source throws where there are none at all.
 */
export function lasting(
  source: CredentialSource,
  { now, warn }: { now: () => number; warn: (text: string) => void },
): () => Promise<Credentials> {
  const endsSoon = endsBy(enough, now);
  let warned = false;
  const warnOnce = (text: string) => {
    if (!warned) warn(text);
    warned = true;
  };
  return async () => {
    const kept = await source();
    const given = endsSoon(kept) ? await source({ forceRefresh: true }).catch(() => kept) : kept;
    if (endsSoon(given)) warnOnce(shortLived(given));
    if (given.sessionToken && !given.expiration) warnOnce(endless);
    return given;
  };
}

const whatThen =
  'Where they end before a build does, what it has made is kept or removed by the next run: log in again ' +
  '(aws sso login), then run the same command.';

const shortLived = ({ expiration }: Credentials): string =>
  `The AWS credentials end at ${expiration?.toISOString().slice(11, 16)} UTC, in less than an hour, and there are no newer ones; ` +
  `a build may take longer. ${whatThen}`;

const endless =
  'The AWS credentials are temporary (they have a session token) and do not say when they end; a build may take longer. ' +
  whatThen;

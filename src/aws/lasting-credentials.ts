import { type CredentialSource, type Credentials, endsBy } from './credentials.ts';

/**
 * An hour minus a margin: a one-hour session, the shortest that AWS gives a role by default, has slightly less left on arrival.
 * Milliseconds.
 */
const enough = 59 * 60_000;

/**
 * Credentials with at least an hour left, refreshed if needed; if that is not possible, the current ones, and `warn` is called
 * once.
 *
 * @throws the source's error if there are none.
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
  'If they expire during a build, the next run keeps or removes what it made: log in again ' +
  '(aws sso login), then run the same command.';

const shortLived = ({ expiration }: Credentials): string =>
  `The AWS credentials expire at ${expiration?.toISOString().slice(11, 16)} UTC, in less than an hour, and could not be refreshed; ` +
  `a build may take longer. ${whatThen}`;

const endless =
  'The AWS credentials are temporary (they have a session token) without a known expiration; a build may take longer. ' +
  whatThen;

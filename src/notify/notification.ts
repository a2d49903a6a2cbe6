import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { News, Notification } from '../model/notification-output.ts';

/**
 * A hash of what identifies an outcome: release, account, the status of each target, and why it was yanked; not how long the run took,
 * nor the words of an error, only how many there are. Two runs with the same outcome give the same hash. Pure.
 */
export function contentOf(news: News): string {
  const { outcome, release, account, targets, shared, recorded, reason = null, rehearsal = false } = news;
  const problems = (news.problems ?? []).length;
  const each = targets.map(({ name, status = null, ami = null, error }) => ({
    name,
    status,
    ami,
    failed: error !== undefined,
  }));
  return hash(
    canonicalJson({
      outcome,
      release,
      account,
      targets: each,
      shared,
      recorded,
      reason,
      rehearsal,
      ...(problems > 0 ? { problems } : {}),
    }),
  );
}

/** The notification of an outcome. `before`: the id of the previously sent outcome. Pure. */
export function notificationOf(news: News, now: Date, before?: string): Notification {
  const id = hash(canonicalJson({ content: contentOf(news), before: before ?? null }));
  return { type: 'notification', format: 1, id, time: now.toISOString(), text: sentenceOf(news), ...news };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `web@1.0.0 published: 2 AMIs in 1 region, shared, recorded; took 14 s` Pure. */
function sentenceOf({
  outcome,
  release,
  candidate,
  rehearsal,
  targets,
  regions,
  shared,
  recorded,
  seconds,
  reason,
}: News): string {
  const of = `${rehearsal ? 'Rehearsal: ' : ''}${release}${candidate ? ', a candidate,' : ''}`;
  if (outcome === 'yanked') return `${of} yanked${reason === undefined ? '' : `: ${reason}`}`;
  const there = targets.filter(({ ami, error }) => ami !== undefined && error === undefined).length;
  const amis =
    there === targets.length ? counted(there, 'AMI') : `${there} of ${counted(targets.length, 'AMI')}`;
  const more = [...(shared ? ['shared'] : []), ...(recorded ? ['recorded'] : [])];
  const facts = [`${amis} in ${counted(regions.length, 'region')}`, ...more].join(', ');
  return `${of} ${words[outcome]}: ${facts}; took ${lengthOf(seconds)}`;
}

const words = { published: 'published', partial: 'published in part', failed: 'failed' };

const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const lengthOf = (seconds: number): string =>
  seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;

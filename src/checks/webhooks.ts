import { definedOnly } from '../lib/defined-only.ts';
import type { Finding, Place } from './finding.ts';

/** A webhook of "notify": the variable that holds its URL, and whether that holds a usable URL. */
export interface NamedWebhook {
  place: string;
  variable: string;
  holds: 'a URL' | 'something else' | 'nothing';
}

/** Whether the outcome can be announced to all webhooks. An unusable webhook does not stop a release. Pure. */
export function judgeWebhooks(webhooks: readonly NamedWebhook[]): Finding[] {
  if (webhooks.length === 0) return [];
  const all: Place = { check: 'webhooks', stops: 'building' };
  const wrong = webhooks.flatMap(({ place, variable, holds }): Finding[] =>
    holds === 'a URL'
      ? []
      : [
          {
            ...all,
            ...definedOnly({ place }),
            is: 'warning',
            expected: `an https:// URL in the environment variable ${variable}`,
            found: holds === 'nothing' ? 'none' : 'something else (not shown)',
            todo: 'Set it, or nothing is sent there',
          },
        ],
  );
  return wrong.length > 0 ? wrong : [{ ...all, is: 'ok' }];
}

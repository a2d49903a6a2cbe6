import type { Clients } from '../aws/connection.ts';
import { publishToTopic } from '../aws/topics.ts';
import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../model/events.ts';
import { describeLookupError } from '../model/lookup.ts';
import type { News, Notification } from '../model/notification-output.ts';
import type { Channel } from '../model/publication.ts';
import { keyOf, nameOf } from './channel.ts';
import { emptyLedger, type Ledger, readLedger, withOutcome, withoutChannel, writeLedger } from './ledger.ts';
import { contentOf, notificationOf } from './notification.ts';
import { runCommandOf } from './run-command.ts';
import { slackBody } from './slack.ts';
import { postToWebhook, webhookUrl } from './webhook.ts';

export interface Announcing {
  channels: readonly Channel[];
  /** The release's folder, absolute; it holds the record of sent messages. */
  folder: string;
  clients: Clients;
  /** URLs of webhooks and proxies are read from it. */
  environment: NodeJS.ProcessEnv;
  commands: {
    /** Where they run; absolute. */
    folder: string;
    environment: NodeJS.ProcessEnv;
    /** Secrets to hide in their output. */
    secrets: readonly string[];
  };
  /**
   * In a rehearsal nothing is sent and nothing is recorded; the output shows what would be sent. Commands run only if
   * `runLocal` is true.
   */
  rehearsal?: { runLocal: boolean };
  clock: Clock;
  emit: EventSink;
}

/**
 * Sends an outcome of a release to the channels that want it, at least once: it is saved before it is sent, and the next run
 * sends whatever a channel missed. The same outcome twice in a row is sent once. A failure is a warning.
 *
 * @param news undefined if the run has no outcome: then only what is left of earlier ones is sent.
 */
export async function announce(news: News | undefined, announcing: Announcing): Promise<void> {
  if (announcing.channels.length === 0) return;
  if (announcing.rehearsal) return rehearse(news, announcing, announcing.rehearsal);
  const { folder, channels } = announcing;
  const book = await openBook(announcing);
  const before = await readLedger(folder);
  await book.write(news === undefined ? before : withNews(before, news, announcing));
  const failing = new Set<string>();
  for (const { notification, to } of book.ledger().pending) {
    const sends = to.map(async (key) => {
      const channel = channels.find((one) => keyOf(one) === key);
      // A channel gets outcomes in order: after a failure it waits for the next run.
      if (channel && (failing.has(key) || !(await sent(channel, notification, announcing)))) failing.add(key);
      else await book.write(withoutChannel(book.ledger(), notification.id, key));
    });
    await Promise.all(sends);
  }
}

function withNews(before: Ledger, news: News, { channels, clock }: Announcing): Ledger {
  const content = contentOf(news);
  if (before.last?.content === content) return before;
  const notification = notificationOf(news, new Date(clock.now()), before.last?.id);
  const to = channels.filter(({ on }) => on.includes(news.outcome)).map(keyOf);
  return withOutcome(before, notification, content, [...new Set(to)]);
}

/** The ledger, in memory and on disk, written by one caller at a time. */
async function openBook({ folder, emit }: Announcing) {
  let now: Ledger = emptyLedger;
  let writing = Promise.resolve();
  let warned = false;
  return {
    ledger: () => now,
    write(ledger: Ledger): Promise<void> {
      now = ledger;
      writing = writing.then(async () => {
        try {
          await writeLedger(folder, ledger);
        } catch (error) {
          if (!warned) emit({ type: 'warning', text: notKept(error) });
          warned = true;
        }
      });
      return writing;
    },
  };
}

const notKept = (error: unknown): string =>
  `notifications.json could not be written (${String(error)}): the next run may send the same outcome again`;

/** @returns whether the channel got it. */
async function sent(channel: Channel, notification: Notification, announcing: Announcing): Promise<boolean> {
  const { emit } = announcing;
  const { id, outcome } = notification;
  const why = await send(channel, notification, announcing);
  const to = nameOf(channel);
  if (why === undefined) emit({ type: 'notified', id, outcome, to });
  else
    emit({
      type: 'warning',
      text: `${to} was not notified of the outcome of ${notification.release}, ${outcome}: ${why}. The next run tries again`,
    });
  return why === undefined;
}

async function send(
  { webhook, format, sns, command }: Channel,
  notification: Notification,
  { environment, clients, clock, commands }: Announcing,
): Promise<string | undefined> {
  const body = bodyOf(notification, format);
  if (webhook !== undefined) {
    const url = webhookUrl(environment[webhook] ?? '');
    if (url) return postToWebhook(url, body, { environment, clock });
    return environment[webhook] ? 'the variable holds no https:// URL' : 'the variable is not set';
  }
  if (sns === undefined) return runCommandOf(command ?? [], body, commands);
  const { id, outcome, publication, release } = notification;
  const published = await publishToTopic(clients, {
    topic: sns,
    body,
    subject: `${release}: ${outcome}`,
    attributes: { outcome, publication },
    id,
    group: publication,
  });
  return published.ok ? undefined : describeLookupError(published.error);
}

const bodyOf = (notification: Notification, format: Channel['format']): string =>
  format === 'slack' ? slackBody(notification) : JSON.stringify(notification);

async function rehearse(
  news: News | undefined,
  { channels, commands, clock, emit }: Announcing,
  { runLocal }: { runLocal: boolean },
): Promise<void> {
  if (news === undefined) return;
  const notification = notificationOf(news, new Date(clock.now()));
  const { id, outcome } = notification;
  for (const channel of channels.filter(({ on }) => on.includes(outcome))) {
    const body = bodyOf(notification, channel.format);
    const to = nameOf(channel);
    if (channel.command === undefined || !runLocal) {
      emit({ type: 'notified', id, outcome, to, rehearsed: body });
      continue;
    }
    const why = await runCommandOf(channel.command, body, commands);
    if (why === undefined) emit({ type: 'notified', id, outcome, to });
    else emit({ type: 'warning', text: `${to} failed: ${why}` });
  }
}

import type { Notification } from '../model/notification-output.ts';

/**
 * More are only counted: Slack truncates a text after 40,000 characters, and people stop reading before ("chat.postMessage",
 * Slack API).
 */
const listedAtMost = 40;

/**
 * The body for an incoming webhook of Slack: `{"text": …}` in mrkdwn ("Sending messages using incoming webhooks", Slack API),
 * which Mattermost and Rocket.Chat accept as well. Pure.
 */
export function slackBody({ text, targets, problems = [], next }: Notification): string {
  const wrong = targets.filter(({ error }) => error !== undefined);
  const right = targets.filter(({ error }) => error === undefined);
  const lines = [
    ...problems.map((problem) => `• ${escaped(problem)}`),
    ...wrong.map(({ name, error = '' }) => `• ${escaped(name)}: ${escaped(error)}`),
    ...right.map(({ name, ami }) => `• ${escaped(name)}${ami === undefined ? '' : ` \`${ami}\``}`),
  ];
  const more = lines.length - listedAtMost;
  const shown = [
    `*${escaped(text)}*`,
    ...lines.slice(0, listedAtMost),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...next.map((one) => `Next: ${command(one)}`),
  ];
  return JSON.stringify({ text: shown.join('\n') });
}

/** `gopackgo status web   shows it` → the command as code. */
function command(text: string): string {
  const [what = '', ...does] = text.split(/ {3}/);
  if (!what.startsWith('gopackgo ') || what.includes('`')) return escaped(text);
  return [`\`${escaped(what)}\``, ...does.map(escaped)].join(' ');
}

/** "Formatting text for app surfaces", Slack API: these three characters start links, mentions and entities. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

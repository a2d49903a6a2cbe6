import type { Channel } from '../model/publication.ts';

/** Identifies a channel of a config, wherever it is in the list. Pure. */
export const keyOf = (channel: Channel): string => {
  const { webhook, format, sns, command } = channel;
  if (webhook !== undefined) return `webhook ${webhook} ${format}`;
  if (sns !== undefined) return `sns ${sns}`;
  return `command ${JSON.stringify(command)}`;
};

/** A channel as messages name it: never by the URL of a webhook, which is a secret. Pure. */
export const nameOf = ({ webhook, sns, command = [] }: Channel): string =>
  webhook !== undefined ? `the webhook in ${webhook}` : (sns ?? command.join(' '));

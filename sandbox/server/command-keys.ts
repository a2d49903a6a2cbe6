/** What stands in the place of a key on record. */
const leftOut = '(left out)';

const tool = /\bec2-upload-bundle\b/;

/**
 * Where `ec2-upload-bundle` takes a secret key or a session's token: the option, in any form that the tool reads, with
 * quotes of any depth, and behind it the value. An access key id is no secret.
 */
const option = String.raw`(?<=[\s'"\\])(?:-[st]|--se[a-z-]*|--del[a-z-]*)['"\\]*`;
const between = String.raw`(?:=|(?:\s|\\\r?\n)+)?`;
/** No space at its begin, so that an empty value does not end what is looked at. */
const quoted = String.raw`['"\\]+[^'"\s\\](?:[^'"]*[^'"\\])?`;
const bare = String.raw`(?:[^\s'"\\;&|<>()]|\\\S)+`;
const secret = new RegExp(`(?<before>${option}${between})(?:${quoted}|${bare})`, 'g');

/**
 * A command without the keys that it hands to `ec2-upload-bundle`: amazon-instance's own command has those that the user
 * publishes with. It looks at text alone, so that a command is covered which nothing else here understands, and takes
 * rather too much than too little. All other commands pass unchanged.
 */
export function withoutKeys(command: string): string {
  const start = command.search(tool);
  if (start < 0) return command;
  return command.slice(0, start) + command.slice(start).replace(secret, `$<before>${leftOut}`);
}

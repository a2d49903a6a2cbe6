/** Replaces a key in records. */
const leftOut = '(left out)';

const tool = /\bec2-upload-bundle\b/;

/**
 * The places of a secret key or a session token in `ec2-upload-bundle`: the option, in any form that the tool reads, with
 * quotes of any depth, followed by the value. An access key id is no secret.
 */
const option = String.raw`(?<=[\s'"\\])(?:-[st]|--se[a-z-]*|--del[a-z-]*)['"\\]*`;
const between = String.raw`(?:=|(?:\s|\\\r?\n)+)?`;
/** Does not start with a space, so that an empty value does not end the match. */
const quoted = String.raw`['"\\]+[^'"\s\\](?:[^'"]*[^'"\\])?`;
const bare = String.raw`(?:[^\s'"\\;&|<>()]|\\\S)+`;
const secret = new RegExp(`(?<before>${option}${between})(?:${quoted}|${bare})`, 'g');

/**
 * A command without the keys that it passes to `ec2-upload-bundle`: amazon-instance's own command contains the user's
 * publishing keys. Works on the text alone, so that it also covers commands that nothing else here understands, and rather
 * removes too much than too little. All other commands are unchanged.
 */
export function withoutKeys(command: string): string {
  const start = command.search(tool);
  if (start < 0) return command;
  return command.slice(0, start) + command.slice(start).replace(secret, `$<before>${leftOut}`);
}

import { withoutEndlessWords } from './bounded-text.ts';
import { looksLikeSecretKey, redactCredentials } from './credentials.ts';

const hidden = '(credential)';

const authorization =
  /(?<=\bauthorization["']?\s*[:=]\s*["']?(?:(?:basic|bearer|token)\s+)?)(?!(?:basic|bearer|token)\s)[^\s"',]+/gi;
const otherTokens = /\b(?:glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)/g;
/**
 * A word that is the name of a file: `configs/passwd`, `/etc/passwd`, `../token`. Not every word with a slash: `user/password:
 * hunter2` is a password.
 */
const folder = '(?:^|[\\s"\'(\u2018\u201c])(?:~|\\.{0,2}|configs)/(?:[^\\s:"\']{0,200}/)?[\\w.-]{0,100}';
/**
 * `PASSWORD=…`; `"SecretAccessKey": "…"`; `password: …`, but not an error code such as `ExpiredToken: The …`, nor a place in
 * one of our messages: `passwd: expected …`.
 */
const assigned = [
  /(?<=(?:secret|token|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|signature)\w*\s*=\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s"',;&(]+)/gi,
  /(?<="\w*(?:secret|token|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key|private[_-]?key)\w*"\s*:\s*)"[^"\n]*"/gi,
  new RegExp(
    `(?<=(?<![a-z])(?<!${folder})(?:secret|token|passw(?:or)?d|passphrase|api[_-]?key)\\s*:\\s*)(?!expected )` +
      `(?:"[^"\\n]*"|'[^'\\n]*'|[^\\s"',;&(]+)`,
    'gi',
  ),
];
const longWord = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40,}={0,2}(?![A-Za-z0-9/+=])/g;

/**
 * `text` for display, without anything that looks like a credential: the patterns that are refused in a config, and credentials
 * that programs print, such as values of names like `password`, headers and session tokens. It errs on the side of hiding; it
 * can't recognize a secret that looks like a plain word.
 */
export function redact(text: string): string {
  const unnamed = assigned.reduce(
    (shown, pattern) => shown.replace(pattern, hidden),
    redactCredentials(withoutEndlessWords(text)),
  );
  return unnamed
    .replace(authorization, hidden)
    .replace(otherTokens, hidden)
    .replace(longWord, (word) => (looksLikeSecretKey(word) || looksLikeSessionToken(word) ? hidden : word));
}

/** Hundreds of base64 characters. A path has a slash every few characters, a hash uses one case. */
function looksLikeSessionToken(word: string): boolean {
  const slashes = word.split('/').length - 1;
  const mixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
  return mixed && word.length >= 100 && slashes * 10 <= word.length;
}

/**
 * Patterns that are credentials wherever they occur. AWS documents the prefixes of access key ids (`AKIA`: long-lived,
 * `ASIA`: temporary) in its IAM user guide, "IAM identifiers"; GitHub those of its tokens.
 */
const forms: { kind: string; pattern: RegExp }[] = [
  { kind: 'an AWS access key id', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    kind: 'a private key',
    pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*-----|$)/g,
  },
  { kind: 'a GitHub token', pattern: /\b(?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g },
  { kind: 'a password in a URL', pattern: /(?<=:\/\/[^\s:/@]+:)[^\s/@${]+(?=@)/g },
  {
    kind: 'a secret key or token',
    pattern: /(?<=(?:secret[_-]?(?:access[_-]?)?key|session[_-]?token)=["']?)[^\s"'`$%{<\\][^\s"'\\]*/gi,
  },
  {
    kind: 'a secret key or token',
    pattern:
      /(?<=(?:secret[_-]?(?:access[_-]?)?key|session[_-]?token)["']?\s*[=:]\s*["']?)[^\s"'`$%{<\\][^\s"'\\]{15,}/gi,
  },
];

const secretName = /(?:secret[_-]?(?:access[_-]?)?key|session[_-]?token)$/i;
const secretKeyShape = /^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9/+=]{40}$/;

/** The kind of literal credential in a text, for a message; undefined if there is none. */
export function credentialIn(text: string): string | undefined {
  return forms.find(({ pattern }) => text.search(pattern) !== -1)?.kind;
}

/** The text with every literal credential replaced, so that it can be shown. */
export function redactCredentials(text: string): string {
  return forms.reduce((shown, { pattern }) => shown.replace(pattern, '(credential)'), text);
}

/** Whether a key, an option or a variable with this name holds a secret: `aws_secret_access_key`, `--secret-key`. */
export const namesSecret = (name: string): boolean => secretName.test(name);

/** Whether a text looks like an AWS secret access key: forty mixed base64 characters. */
export const looksLikeSecretKey = (text: string): boolean => secretKeyShape.test(text);

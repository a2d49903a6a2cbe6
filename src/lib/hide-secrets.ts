const hidden = '(secret)';

/** Shorter ones occur in too many ordinary words. */
const shortest = 8;

/** Removes these secrets from `text`: plain, in JSON, in a URL, in base64 and in hexadecimal. */
export function hideSecrets(text: string, secrets: Iterable<string>): string {
  const forms = [...secrets].filter(({ length }) => length >= shortest).flatMap(formsOf);
  // Longest first: if one secret is a prefix of another, no part of the longer one remains.
  const inOrder = [...new Set(forms)].sort((one, other) => other.length - one.length);
  return inOrder.reduce((shown, form) => shown.replaceAll(form, hidden), text);
}

/** The encodings in which programs may print a secret. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

/** The secret lines of a PEM key: a program may print one of them. */
export const linesOfKey = (pem: string): string[] =>
  pem.split(/\r?\n/).filter((line) => line.length > 30 && !line.startsWith('-----'));

const namesOfSecrets = /secret|token|passw|passphrase|credential|api_?key|access_?key|private_?key/i;
/** Their values are locations or identities, not secrets. */
const namesOfPlaces = /(?:^GOPACKGO_|_(?:FILE|PATH|DIR|URI|URL|ID)$)/i;

/** The values of environment variables whose names mark them as secret: `DB_PASSWORD`, `GITHUB_TOKEN`. */
export const secretsIn = (environment: NodeJS.ProcessEnv): string[] =>
  Object.entries(environment).flatMap(([name, value]) =>
    value && namesOfSecrets.test(name) && !namesOfPlaces.test(name) ? [value] : [],
  );

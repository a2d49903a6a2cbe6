const hidden = '(secret)';

/** Shorter ones stand in too many words that are no secret. */
const shortest = 8;

/** `text` without these secrets: as they are, in JSON, in a URL, in base64 and in hexadecimal. */
export function hideSecrets(text: string, secrets: Iterable<string>): string {
  const forms = [...secrets].filter(({ length }) => length >= shortest).flatMap(formsOf);
  // The longest first, so that no rest of one stays where another is its beginning.
  const inOrder = [...new Set(forms)].sort((one, other) => other.length - one.length);
  return inOrder.reduce((shown, form) => shown.replaceAll(form, hidden), text);
}

/** The forms in which programs print what they were given. */
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

/** The lines of a key in PEM that are secret: a program may print one of them. */
export const linesOfKey = (pem: string): string[] =>
  pem.split(/\r?\n/).filter((line) => line.length > 30 && !line.startsWith('-----'));

const namesOfSecrets = /secret|token|passw|passphrase|credential|api_?key|access_?key|private_?key/i;
/** Their values say where something is, or who one is, and are no secrets. */
const namesOfPlaces = /(?:^GOPACKGO_|_(?:FILE|PATH|DIR|URI|URL|ID)$)/i;

/** The values of environment variables whose names say that they are secret: `DB_PASSWORD`, `GITHUB_TOKEN`. */
export const secretsIn = (environment: NodeJS.ProcessEnv): string[] =>
  Object.entries(environment).flatMap(([name, value]) =>
    value && namesOfSecrets.test(name) && !namesOfPlaces.test(name) ? [value] : [],
  );

import { credentialIn, looksLikeSecretKey, namesSecret } from '../../lib/credentials.ts';
import { type Problem, placeOf } from '../../lib/problem.ts';
import type { Json } from '../../model/publication.ts';
import type { Read } from '../parse-json.ts';

type Path = (string | number)[];

const inAConfig =
  'Remove it, revoke it if it was ever committed, and use the AWS profile, the environment or the ' +
  "builder's instance profile instead.";

/**
 * Literal credentials anywhere in a config: in its texts, keys and comments. Shows none. Everybody who can read the repository
 * can read its configs, and they end up in templates and logs. `advice` says what to do instead.
 */
export function credentialProblems(
  { value, comments }: Pick<Read, 'value' | 'comments'>,
  advice = inAConfig,
): Problem[] {
  const inComments = comments.flatMap(({ text, line }) => {
    const kind = credentialIn(text);
    return kind ? [{ place: `line ${line}, a comment`, kind }] : [];
  });
  return [...search(value, []), ...inComments].map(({ place, kind }) => ({
    place,
    expected: 'no literal credential',
    found: `${kind} (not shown)`,
    advice,
  }));
}

interface Finding {
  place: string;
  kind: string;
}

function search(value: Json, path: Path, before?: Json): Finding[] {
  if (typeof value === 'string') {
    const kind = credentialIn(value) ?? secretBesideName(value, path.at(-1), before);
    return kind ? [{ place: placeOf(path), kind }] : [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => search(item, [...path, index], value[index - 1]));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const kind = credentialIn(key);
    return kind ? [{ place: `a key of ${placeOf(path) || 'the file'}`, kind }] : search(item, [...path, key]);
  });
}

/** `"secret_key": "…"`, and a secret after its name in a list: `["--secret-key", "…"]`. */
function secretBesideName(
  value: string,
  key: string | number | undefined,
  before: Json | undefined,
): string | undefined {
  const literal = value.trim() !== '' && !/^[{$%<]/.test(value.trim());
  const named = typeof key === 'string' && namesSecret(key) && literal;
  const follows = typeof before === 'string' && namesSecret(before) && looksLikeSecretKey(value);
  return named || follows ? 'a secret key or token' : undefined;
}

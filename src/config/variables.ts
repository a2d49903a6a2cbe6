import { definedOnly } from '../lib/defined-only.ts';
import { didYouMean } from '../lib/nearest.ts';
import { variableName } from '../lib/placeholders.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';
import { optionsOf } from './rules/builders.ts';
import { credentialProblems } from './rules/credentials.ts';

/** What the config says of its variables: a value, or `null` where only `--var` can give one. */
export type WrittenVariables = Readonly<Record<string, string | null>>;

const placeholder = new RegExp(String.raw`(?<![$%{])\{var\.(${variableName})\}`, 'g');

/**
 * The value of each variable: what `--var` gives, else the config's own.
 *
 * @param given by name, as `--var` gave it.
 */
export function variablesFor(
  publication: Publication,
  written: WrittenVariables,
  given: Readonly<Record<string, string>>,
): { variables: Record<string, string>; problems: Problem[] } {
  const known = Object.keys(written);
  const values = Object.entries({ ...written, ...given });
  const missing = values.flatMap(([name, value]): Problem[] => {
    if (value !== null) return [];
    const place = placeOf(['variables', name]);
    return [{ place, expected: 'a value', found: 'null', advice: `Add --var ${name}=VALUE` }];
  });
  const strangers = Object.keys(given).flatMap((name) => {
    const expected = `${JSON.stringify(name)} for --var ${name}=…`;
    return Object.hasOwn(written, name) ? [] : [unknownVariable('variables', expected, 'none', name, known)];
  });
  const uses = optionsOf(publication).flatMap(([place, value]) =>
    [...new Set([...JSON.stringify(value).matchAll(placeholder)].map(([, name = '']) => name))].flatMap(
      (name) =>
        Object.hasOwn(written, name)
          ? []
          : [unknownVariable(place, 'a variable that "variables" names', `{var.${name}}`, name, known)],
    ),
  );
  const secrets = credentialProblems(
    { value: { variables: given }, comments: [] },
    "let the environment or the builder's instance profile give it: what --var says ends up in templates and logs",
  );
  return {
    variables: Object.fromEntries(values.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
    problems: [...missing, ...strangers, ...uses, ...secrets],
  };
}

function unknownVariable(
  place: string,
  expected: string,
  found: string,
  name: string,
  known: string[],
): Problem {
  const advice = didYouMean(name, known);
  return { place, expected, found, ...definedOnly({ advice }) };
}

import { didYouMean } from '../lib/nearest.ts';
import { stringsIn } from '../lib/placeholders.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';
import { optionsOf } from './rules/builders.ts';
import { timestampForms } from './timestamp.ts';

const placeholder = /(?<![$%{])\{(timestamp(?:\.[A-Za-z]\w*)*)\}/g;

/** Uses of `{timestamp}` in options although the version contains no time: they would stay text. Pure. */
export function momentProblems(publication: Publication): Problem[] {
  const { moment = {} } = publication;
  return optionsOf(publication)
    .flatMap(({ path, value }) => stringsIn(value, path))
    .flatMap(({ path, text }) =>
      [...new Set([...text.matchAll(placeholder)].map(([, form = '']) => form))]
        .filter((form) => !Object.hasOwn(moment, form))
        .map((form) => ({ place: placeOf(path), ...problemWith(form, publication) })),
    );
}

function problemWith(form: string, { version }: Publication): Omit<Problem, 'place'> {
  const known: readonly string[] = timestampForms;
  if (!known.includes(form)) {
    const expected = `one of ${known.map((one) => `{${one}}`).join(', ')}`;
    return { expected, found: `{${form}}`, advice: didYouMean(form, known) ?? '' };
  }
  return {
    expected: 'a version that says when the release is made',
    found: `{${form}} with version ${JSON.stringify(version)}`,
    advice: 'Put {timestamp} into "version", such as "1.4.{timestamp}", or remove it here.',
  };
}

import { choice, constant, described, list, object, type Static, text } from '../lib/json-schema.ts';
import { format, refusalCode } from './output-parts.ts';

const parts = {
  place: text('Where: a place in a file, an option, a check in a region.'),
  expected: text('What should be there.'),
  found: text('What is there.'),
};

const advice = text('What to do.');

/** The last line on stdout with `--json` if a command ends without a result. */
export const refused = object(
  'Why a command ended without doing its work: the last line on stdout. Of several problems, "place", "expected", ' +
    '"found" and "advice" are those of the first one. They are absent if the message does not have these parts.',
  {
    type: constant('What kind of line it is.', 'refused'),
    format,
    code: described('Which refusal it is.', refusalCode),
    message: text('The whole message, as on stderr. Anything that looks like a credential is hidden.'),
    exit: choice('Exit status of the process, which follows from the code.', [1, 2, 4, 130]),
  },
  {
    ...parts,
    advice,
    problems: list(
      'All problems, if there are several.',
      object('A problem.', parts, {
        advice,
        code: described('Its code, if a run can be refused for several reasons at once.', refusalCode),
      }),
    ),
  },
);

export type RefusedLine = Static<typeof refused>;

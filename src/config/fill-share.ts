import { filledItems } from '../lib/placeholders.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import type { VariableValue } from '../model/publication.ts';
import type { Written, WrittenSharing } from './defaults.ts';
import { shareItemPatterns } from './schema.ts';

type Variables = Readonly<Record<string, VariableValue>>;

/**
 * "share" and "candidates.share" with the values of variables in their lists; each of them is checked then, since the schema
 * sees the variable alone. Pure.
 */
export function fillShare(
  written: Written,
  variables: Variables,
): { filled: Pick<Written, 'share' | 'candidates'>; problems: Problem[] } {
  const problems: Problem[] = [];
  const { share, candidates } = written;
  return {
    filled: {
      ...(share ? { share: filledSharing(share, ['share'], variables, problems) } : {}),
      ...(candidates
        ? {
            candidates: {
              ...candidates,
              ...(candidates.share
                ? { share: filledSharing(candidates.share, ['candidates', 'share'], variables, problems) }
                : {}),
            },
          }
        : {}),
    },
    problems,
  };
}

function filledSharing(
  share: WrittenSharing,
  path: string[],
  variables: Variables,
  problems: Problem[],
): WrittenSharing {
  const lists = Object.entries(shareItemPatterns).flatMap(([key, { pattern, expected }]) => {
    const written = share[key as keyof typeof shareItemPatterns];
    if (written === undefined) return [];
    const items = written.flatMap((text, index) => {
      const filled = filledItems(text, variables);
      for (const item of filled) {
        if (item === text || new RegExp(pattern).test(item)) continue;
        const found = `${describeValue(item)}, of ${text}`;
        problems.push({ place: placeOf([...path, key, index]), expected, found });
      }
      return filled;
    });
    return [[key, [...new Set(items)]]];
  });
  return { ...share, ...Object.fromEntries(lists) };
}

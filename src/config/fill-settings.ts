import { filledItems } from '../lib/placeholders.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import type { VariableValue } from '../model/publication.ts';
import type { Written, WrittenSharing } from './defaults.ts';
import { notifyTextPatterns } from './notify-schema.ts';
import { shareItemPatterns } from './schema.ts';

type Variables = Readonly<Record<string, VariableValue>>;
type Path = readonly (string | number)[];
/** `single`: a single text is needed, not the items of a list. */
type Pattern = Readonly<{ pattern: string; expected: string; single?: boolean }>;
type WrittenChannel = NonNullable<Written['notify']>[number];

/**
 * "share", "candidates.share" and "notify" with the values of variables. The results are checked here, since the schema only
 * sees the variable. Pure.
 */
export function fillSettings(
  written: Written,
  variables: Variables,
): { filled: Pick<Written, 'share' | 'candidates' | 'notify'>; problems: Problem[] } {
  const problems: Problem[] = [];
  const fillText: FillText = (text, path, { pattern, expected, single }) => {
    const items = filledItems(text, variables);
    const filled = single ? [items.join(',')] : items;
    for (const item of filled) {
      if (item === text || new RegExp(pattern).test(item)) continue;
      problems.push({ place: placeOf([...path]), expected, found: `${describeValue(item)}, of ${text}` });
    }
    return filled;
  };
  const { share, candidates, notify } = written;
  return {
    filled: {
      ...(share ? { share: filledSharing(share, ['share'], fillText) } : {}),
      ...(candidates
        ? {
            candidates: {
              ...candidates,
              ...(candidates.share
                ? { share: filledSharing(candidates.share, ['candidates', 'share'], fillText) }
                : {}),
            },
          }
        : {}),
      ...(notify
        ? { notify: notify.map((channel, index) => filledChannel(channel, ['notify', index], fillText)) }
        : {}),
    },
    problems,
  };
}

type FillText = (text: string, path: Path, pattern: Pattern) => string[];

function filledSharing(share: WrittenSharing, path: Path, fillText: FillText): WrittenSharing {
  const lists = Object.entries(shareItemPatterns).flatMap(([key, pattern]) => {
    const written = share[key as keyof typeof shareItemPatterns];
    if (written === undefined) return [];
    const items = written.flatMap((text, index) => fillText(text, [...path, key, index], pattern));
    return [[key, [...new Set(items)]]];
  });
  return { ...share, ...Object.fromEntries(lists) };
}

function filledChannel(channel: WrittenChannel, path: Path, fillText: FillText): WrittenChannel {
  const texts = (['webhook', 'sns'] as const).flatMap((key) => {
    const text = channel[key];
    if (text === undefined) return [];
    return [[key, fillText(text, [...path, key], { ...notifyTextPatterns[key], single: true })[0]]];
  });
  const { command } = channel;
  return {
    ...channel,
    ...Object.fromEntries(texts),
    ...(command === undefined
      ? {}
      : {
          command: command.flatMap((text, index) =>
            fillText(text, [...path, 'command', index], notifyTextPatterns.command),
          ),
        }),
  };
}

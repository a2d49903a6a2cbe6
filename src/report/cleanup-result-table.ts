import { exitStatus } from '../lib/actionable-error.ts';
import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import type { CleanedAmi, CleanedPart, CleanupResult } from '../model/events.ts';
import { amountsInWords, withOthers } from './cleanup-amounts.ts';
import { type Paint, painter } from './color.ts';
import { count, wrap } from './text.ts';

/** One sentence on what was deleted, for stdout. Pure. */
export function cleanupSentence(result: CleanupResult, paint: Paint = painter(false)): string {
  const {
    publication,
    release = publication,
    applied,
    amis,
    removed,
    exit,
    folder,
  } = mapTexts(result, printable);
  const [retired, unprotected] = (['retired', 'unprotected'] as const).map(
    (is) => amis.filter(({ outcome }) => outcome === is).length,
  ) as [number, number];
  const said = [
    ...(Object.values(removed).some((number) => number > 0) ? [`deleted ${amountsInWords(removed)}`] : []),
    ...(retired > 0 ? [`retired ${count(retired, 'AMI')}`] : []),
    ...(unprotected > 0 ? [`turned off the protection of ${count(unprotected, 'AMI')}`] : []),
  ];
  const sentence = paint(
    exit === exitStatus.done ? 'green' : 'red',
    `${release}: ${said.join('; ') || 'nothing was deleted'}.`,
  );
  return `${sentence}\n${applied ? `  details in ${folder}\n` : ''}`;
}

/** What was not deleted as planned, with advice, for stderr; empty if all was. Pure. */
export function cleanupTrouble(result: CleanupResult, width: number, paint: Paint = painter(false)): string {
  const { amis, leftovers, unseen, next, exit } = mapTexts(result, printable);
  const say = (sign: string, place: string, { why = 'it was not removed' }: Pick<CleanedPart, 'why'>) =>
    wrap(`${sign} ${place}  ${why}`, width, '    ').map((line) =>
      paint(sign === '✖' ? 'red' : 'yellow', line),
    );
  const lines = [
    ...keptAlike(amis).flatMap((some) => {
      const [first] = some;
      return first
        ? say('!', `${first.region} ${withOthers(some.map(({ ami }) => ({ id: ami })))}`, first)
        : [];
    }),
    ...amis.flatMap((one) => [
      ...(one.usedBy && one.outcome === 'removed'
        ? say('!', `${one.target ?? one.region} ${one.ami}`, one)
        : []),
      ...(one.outcome === 'remains' ? say('✖', `${one.target ?? one.region} ${one.ami}`, one) : []),
      ...one.parts.flatMap((part) => {
        const place = `${one.target ?? one.region} ${part.kind} ${part.id}`;
        if (part.outcome === 'remains') return say('✖', place, part);
        return part.outcome === 'kept' ? say('!', place, part) : [];
      }),
    ]),
    ...leftovers.flatMap((one) =>
      one.outcome === 'remains'
        ? say('✖', `${one.region} ${one.kind} ${one.id}`, one)
        : one.outcome === 'kept'
          ? say('!', `${one.region} ${one.kind} ${one.id}`, one)
          : [],
    ),
    ...unseen.flatMap(({ region, why }) => say('✖', region, { why })),
    ...next.map((line, index) => `  ${(index === 0 ? 'next' : '').padEnd(8)}  ${line}`),
    ...(exit === 0 ? [] : [`exit status ${exit}`]),
  ];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** AMIs that are kept, for a day or longer, grouped by region and reason: a guard may keep hundreds. Pure. */
const keptAlike = (amis: readonly CleanedAmi[]): CleanedAmi[][] => [
  ...Map.groupBy(
    amis.filter(({ outcome }) => ['kept', 'retired', 'unprotected'].includes(outcome)),
    ({ region, why }) => `${region} ${why}`,
  ).values(),
];

import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import type { CheckTrouble, DoctorReport } from '../model/events.ts';
import { counts, troubleLines, wordOf } from './checks.ts';
import { type Color, type Paint, painter } from './color.ts';
import { place } from './heading.ts';
import { rehearsalLines } from './rehearsal-lines.ts';
import { table } from './table.ts';
import { count, cut } from './text.ts';

type Result = DoctorReport['checks'][number];

const colorOf: Record<Result['is'], Color> = {
  ok: 'green',
  warning: 'yellow',
  refused: 'red',
  unknown: 'red',
  'not-checked': 'dim',
};

/** More places than these are only counted. */
const placesNamed = 4;

/** The output of `gopackgo doctor`: every check with its result, then the advice. Pure. */
export function doctorTable(report: DoctorReport, width: number, paint: Paint = painter(false)): string {
  const { release, account, endpoint, checks } = mapTexts(report, printable);
  const columns = [{ title: 'CHECK' }, { title: 'RESULT' }, { title: 'WHERE', least: 16 }];
  const alike = Map.groupBy(checks, ({ check, is }) => `${check}\n${is}`);
  const rows = [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          [
            { text: first.check },
            { text: wordOf(first.is), color: colorOf[first.is] },
            { text: where([first, ...others]) },
          ],
        ],
  );
  const troubles = checks.flatMap((one) => (one.is === 'ok' ? [] : [one as CheckTrouble]));
  const ok = checks.length - troubles.length;
  const title = paint('bold', cut(`${release} · account ${account}${place(endpoint)}`, width));
  const lines = [
    ...troubleLines({ troubles }),
    ...rehearsalLines(endpoint, troubleLines({ troubles }), width),
    checks.length === 0 ? '  nothing to check' : `  ${counts({ ok, troubles })}`,
  ];
  const list = checks.length === 0 ? [] : [table(columns, rows, width, paint)];
  return `${[title, ...list, ...lines].join('\n')}\n`;
}

function where(results: readonly Result[]): string {
  const places = [...new Set(results.flatMap(({ region, place: at }) => region ?? at ?? []))];
  if (places.length <= placesNamed) return places.join(', ') || '-';
  return results.every(({ region }) => region !== undefined)
    ? count(places.length, 'region')
    : count(places.length, 'place');
}

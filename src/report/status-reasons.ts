import { groupMessages, sameForOthers } from '../lib/group-messages.ts';
import type { ShownStatus } from '../model/events.ts';
import type { Paint } from './color.ts';
import { appearanceOf } from './status-appearance.ts';
import { wrap } from './text.ts';

interface Explained {
  name: string;
  region: string;
  status: ShownStatus;
  why?: string;
}

/** The reasons for statuses, below a table of targets: in full, and once if several targets have the same. Pure. */
export function reasons(targets: readonly Explained[], width: number, paint: Paint): string[] {
  const said = targets.flatMap(({ why, ...target }) => (why === undefined ? [] : [{ ...target, text: why }]));
  return groupMessages(said).flatMap(({ first: { name, status, text }, others }) => {
    const { sign, color } = appearanceOf[status];
    const same = sameForOthers(others);
    return [
      ...wrap(`  ${sign} ${name}: ${text}`, width, '    '),
      ...(same === undefined ? [] : wrap(`    ${same}`, width, '      ')),
    ].map((line) => paint(color, line));
  });
}

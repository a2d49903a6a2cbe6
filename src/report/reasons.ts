import type { StandingWord } from '../events.ts';
import { inSameWords, sameWith } from '../lib/same-words.ts';
import type { Paint } from './paint.ts';
import { looks } from './standing-look.ts';
import { wrap } from './text.ts';

interface Explained {
  name: string;
  region: string;
  standing: StandingWord;
  why?: string;
}

/** Why targets stand as they do, below a table of them: whole, and what is the same for several once. Pure. */
export function reasons(targets: readonly Explained[], width: number, paint: Paint): string[] {
  const said = targets.flatMap(({ why, ...target }) => (why === undefined ? [] : [{ ...target, text: why }]));
  return inSameWords(said).flatMap(({ first: { name, standing, text }, others }) => {
    const { sign, color } = looks[standing];
    const same = sameWith(others);
    return [
      ...wrap(`  ${sign} ${name}: ${text}`, width, '    '),
      ...(same === undefined ? [] : wrap(`    ${same}`, width, '      ')),
    ].map((line) => paint(color, line));
  });
}

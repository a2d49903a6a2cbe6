import { type Paint, painter } from './color.ts';

/** A stream to draw on, and its capabilities. */
export interface Output {
  stream: NodeJS.WriteStream;
  paint: Paint;
  /** Current width in cells; infinite if it is not a terminal, where nothing is cut. */
  columns(): number;
  rows(): number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function outputTo(stream: NodeJS.WriteStream, environment: Environment): Output {
  return {
    stream,
    paint: painter(wantsColor(environment, stream.isTTY === true)),
    columns: () => (stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY),
    rows: () => stream.rows ?? 24,
  };
}

/** NO_COLOR (no-color.org: any value but an empty one) wins, then FORCE_COLOR as Node reads it, then the terminal. */
export function wantsColor(environment: Environment, isTerminal: boolean): boolean {
  if (environment.NO_COLOR) return false;
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && environment.TERM !== 'dumb';
}

export type Mode = 'live' | 'plain' | 'json' | 'quiet';

/** How a run is shown: according to the options; otherwise live on a terminal that Packer does not use. */
export function modeFor(
  asked: { json?: boolean; quiet?: boolean; debug?: boolean },
  environment: Environment,
  isTerminal: boolean,
): Mode {
  if (asked.json) return 'json';
  if (asked.quiet) return 'quiet';
  const automatic = environment.CI !== undefined && !['', '0', 'false'].includes(environment.CI);
  return isTerminal && !asked.debug && !automatic && environment.TERM !== 'dumb' ? 'live' : 'plain';
}

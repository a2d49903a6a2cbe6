import { type Paint, painter } from '../report/color.ts';
import { wantsColor } from '../report/output.ts';
import type { Host } from './host.ts';

/** The width of stdout in cells; unlimited if it is not a terminal. */
export const widthOf = ({ stdout }: Host): number =>
  stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY;

export const paintFor = ({ stdout, environment }: Host): Paint =>
  painter(wantsColor(environment, stdout.isTTY === true));

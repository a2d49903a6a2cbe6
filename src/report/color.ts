import { styleText } from 'node:util';

export type Color = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Text in a colour, or unchanged. */
export type Paint = (color: Color, text: string) => string;

export const painter =
  (color: boolean): Paint =>
  (name, text) =>
    color && text !== '' ? styleText(name, text, { validateStream: false }) : text;

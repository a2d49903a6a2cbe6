import { columns, commands, exits, helpOptions, wrapped } from './overview.ts';

/** An option, for the command line and for help. */
export interface ListedOption {
  describe: string;
  /** The name of its value: `DIR`. Absent for a switch. */
  value?: string;
  alias?: string;
  choices?: readonly string[];
  default?: unknown;
  defaultDescription?: string;
}

export type ListedOptions = Readonly<Record<string, ListedOption>>;

/**
 * The text of `gopackgo COMMAND --help`. Pure.
 *
 * @param width the maximum line length, if words allow it.
 */
export function commandHelp(name: keyof typeof commands, options: ListedOptions, width: number): string {
  const { usage, does, words, examples } = commands[name];
  const sections = {
    Arguments: words,
    Options: [...Object.entries(options).map(optionRow), ...helpOptions],
    Examples: examples,
    'Exit status': exits,
  };
  const lists = Object.entries(sections).map(([title, rows]) => `${title}:\n${columns(rows, width)}`);
  return `gopackgo ${usage} [options]\n\n${wrapped(`${does}.`, width).join('\n')}\n\n${lists.join('\n')}\nMore: docs/commands.md\n`;
}

function optionRow([name, option]: [string, ListedOption]): readonly [string, string] {
  const { describe, value, alias, choices, defaultDescription } = option;
  const short = alias === undefined ? '    ' : `-${alias}, `;
  const given = typeof option.default === 'number' ? String(option.default) : defaultDescription;
  const notes = [
    ...(choices === undefined ? [] : [choices.join(' or ')]),
    ...(given === undefined ? [] : [`default: ${given}`]),
  ];
  return [
    `${short}--${name}${value === undefined ? '' : ` ${value}`}`,
    `${describe}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`,
  ];
}

/** An option of a tool; one with a `value` takes the next word, whatever it is. */
export interface ToolOption {
  long: string;
  short?: string;
  value?: true;
}

export interface GivenOption {
  long: string;
  /** Empty for an option without a value. */
  value: string;
}

/** A tool's message on stderr about invalid words, before it exits with 1. */
export class UsageError extends Error {}

/**
 * Parses a tool's words into options, in order, as Ruby's OptionParser does: `--name VALUE`, `--name=VALUE`, `--na` if only one
 * option starts with it, `-n VALUE`, `-nVALUE`. Other words are ignored, as the tools do. Throws `UsageError`.
 */
export const parseOptions = (words: readonly string[], known: readonly ToolOption[]): GivenOption[] => {
  const given: GivenOption[] = [];
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') break;
    if (!/^-./.test(word)) continue;
    const { option, attached } = word.startsWith('--') ? longOption(word, known) : shortOption(word, known);
    if (option.value === undefined) {
      if (attached !== undefined) throw new UsageError(`needless argument: ${word}`);
      given.push({ long: option.long, value: '' });
      continue;
    }
    const value = attached ?? left.shift();
    if (value === undefined) throw new UsageError(`missing argument: ${word}`);
    given.push({ long: option.long, value });
  }
  return given;
};

interface Found {
  option: ToolOption;
  /** The value in the same word. */
  attached: string | undefined;
}

const longOption = (word: string, known: readonly ToolOption[]): Found => {
  const [, name = '', attached] = /^(--[^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
  const exact = known.filter(({ long }) => long === name);
  const options = exact.length > 0 ? exact : known.filter(({ long }) => long.startsWith(name));
  const [option, ...more] = options;
  if (!option) throw new UsageError(`invalid option: ${name}`);
  if (more.length > 0) throw new UsageError(`ambiguous option: ${name}`);
  return { option, attached };
};

const shortOption = (word: string, known: readonly ToolOption[]): Found => {
  const option = known.find(({ short }) => short === word.slice(0, 2));
  if (!option) throw new UsageError(`invalid option: ${word.slice(0, 2)}`);
  return { option, attached: word.length > 2 ? word.slice(2) : undefined };
};

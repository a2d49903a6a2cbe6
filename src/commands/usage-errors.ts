import { didYouMean } from '../lib/nearest.ts';
import { joinWords } from '../report/text.ts';

export interface CommandLine {
  words: readonly string[];
  /** The names of each command's options, without hyphens. */
  options: Readonly<Record<string, readonly string[]>>;
  /** The names of the publications in `configs/`. */
  publications(): readonly string[];
}

/** Our message for a mistake in the command line, in place of yargs': what was expected, what was found. Pure. */
export function usageError(said: string, { words, options, publications }: CommandLine): string {
  const [command = ''] = words;
  if (said === 'Unknown command') return unknownCommand(command, Object.keys(options));
  if (/^Not enough non-option arguments/.test(said)) {
    const names = publications();
    const there = names.length === 0 ? '' : ` There are: ${names.join(', ')}.`;
    return `Say which publication: the name of a file in configs/, such as test-ebs, or a path.${there}`;
  }
  const [, missing] = /^Missing required argument: (\S+)$/.exec(said) ?? [];
  if (missing !== undefined)
    return `--${missing}: expected a value, found none: "gopackgo ${command}" requires it`;
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(said) ?? [];
  if (unknown === undefined) return said;
  const own = options[command] ?? [];
  return unknown
    .split(', ')
    .map((word) =>
      isOption(word, words) ? unknownOption(word, command, own, options) : oneTooMany(word, command),
    )
    .join('\n');
}

function unknownCommand(word: string, commands: readonly string[]): string {
  const near = didYouMean(word, commands);
  const advice = near === undefined ? '' : `; ${near}`;
  return `"${word}": expected a command (${commands.join(', ')}), found none of that name${advice}`;
}

const isOption = (word: string, words: readonly string[]): boolean =>
  words.some(
    (one) =>
      one.startsWith('-') &&
      one
        .replace(/^-+(?:no-)?/, '')
        .replace(/=.*/, '')
        .includes(word),
  );

function unknownOption(
  word: string,
  command: string,
  own: readonly string[],
  options: CommandLine['options'],
): string {
  const option = word.length === 1 ? `-${word}` : `--${word}`;
  const place = `${option}: expected an option of "gopackgo ${command}", found none of that name`;
  const others = Object.keys(options).filter((other) => options[other]?.includes(word));
  if (others.length > 0) return `${place}: it belongs to ${joinWords(others)}`;
  const near = didYouMean(
    option,
    own.map((name) => `--${name}`),
  );
  return near === undefined ? place : `${place}; ${near}`;
}

const oneTooMany = (word: string, command: string): string =>
  `"${word}": expected options, found an extra word for "gopackgo ${command}"`;

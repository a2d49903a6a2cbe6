import { didYouMean } from '../lib/nearest.ts';
import type { Problem } from '../lib/problem.ts';
import { joinWords } from '../report/text.ts';
import type { ListedOptions } from './help.ts';
import { noPublicationMessage, unknownCommandMessage } from './overview.ts';

export interface CommandLine {
  words: readonly string[];
  /** The options of each command, by name without hyphens. */
  options: Readonly<Record<string, ListedOptions>>;
  /** The names of the publications in `configs/`. */
  publications(): readonly string[];
}

/**
 * The problems of a command line, parsed from yargs' English message, since yargs reports its errors only as text. An unknown
 * message of yargs' stays unchanged. Pure.
 */
export function usageError(said: string, line: CommandLine): Problem[] | string {
  const [command = ''] = line.words[0] === 'help' ? line.words.slice(1) : line.words;
  if (said === unknownCommandMessage) return [unknownCommand(command, Object.keys(line.options))];
  if (said.startsWith(noPublicationMessage)) return [noPublication(command, line.publications())];
  const [, missing] = /^Missing required argument: (\S+)$/.exec(said) ?? [];
  if (missing !== undefined) return [missingOption(missing, command, line.options)];
  const [, without] = /^Not enough arguments following: (\S+)$/.exec(said) ?? [];
  if (without !== undefined) {
    return [{ place: optionNamed(without), expected: 'a value after it', found: 'none' }];
  }
  const [, one, other] = /^Arguments (\S+) and (\S+) are mutually exclusive$/.exec(said) ?? [];
  if (one !== undefined && other !== undefined) {
    return [{ place: `--${one} and --${other}`, expected: 'one of them', found: 'both' }];
  }
  const invalid = [...said.matchAll(/^ *Argument: (\S+), Given: (.*), Choices: (.*)$/gm)];
  if (invalid.length > 0) {
    return invalid.map(([, name = '', given = '', choices = '']) =>
      invalidChoice(name, given, choices, command, line.options),
    );
  }
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(said) ?? [];
  if (unknown === undefined) return said;
  const oneHyphen = line.words.filter((word) => /^-[a-z][a-z-]/.test(word));
  if (oneHyphen.length > 0) return oneHyphen.map((word) => optionWithOneHyphen(word, command, line.options));
  const strangers = unknown.split(', ');
  const extra = strangers.filter((word) => !isOption(word, line.words));
  return [
    ...strangers
      .filter((word) => isOption(word, line.words))
      .map((word) => unknownOption(word, command, line.options)),
    ...(extra.length === 0 ? [] : [tooMany(extra, line)]),
  ];
}

const optionNamed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

function unknownCommand(word: string, commands: readonly string[]): Problem {
  const near = didYouMean(word, commands);
  return {
    place: `"${word}"`,
    expected: `a command (${commands.join(', ')})`,
    found: 'none of that name',
    ...(near === undefined ? {} : { advice: near }),
  };
}

function noPublication(command: string, there: readonly string[]): Problem {
  return {
    place: `gopackgo ${command}`,
    expected: 'a publication: the name of a file in configs/, such as test-ebs, or a path',
    found: 'none',
    ...(there.length === 0 ? {} : { advice: `There are: ${there.join(', ')}.` }),
  };
}

function missingOption(name: string, command: string, options: CommandLine['options']): Problem {
  const { value = 'VALUE', describe = 'a value' } = options[command]?.[name] ?? {};
  return {
    place: `gopackgo ${command}`,
    expected: `--${name} ${value}: ${describe.charAt(0).toLowerCase()}${describe.slice(1)}`,
    found: 'none',
  };
}

function invalidChoice(
  name: string,
  given: string,
  choices: string,
  command: string,
  options: CommandLine['options'],
): Problem {
  const words = [...choices.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
  const near = didYouMean(given.replaceAll('"', ''), words);
  const listed = words.map((word) => `"${word}"`).join(' or ');
  const isNamed = options[command]?.[name] !== undefined;
  return {
    place: isNamed ? `--${name}` : `gopackgo ${command}`,
    expected: isNamed ? listed : `${listed}, or nothing`,
    found: given,
    ...(near === undefined ? {} : { advice: near }),
  };
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

function unknownOption(word: string, command: string, options: CommandLine['options']): Problem {
  const option = optionNamed(word);
  const advice = adviceForOption(option, word, command, options);
  return {
    place: option,
    expected: `an option of "gopackgo ${command}"`,
    found: 'none of that name',
    ...(advice === undefined ? {} : { advice }),
  };
}

/** `-only` as in Packer: yargs reads each of its letters as an option. */
function optionWithOneHyphen(word: string, command: string, options: CommandLine['options']): Problem {
  const name = word.slice(1).replace(/=.*/s, '');
  const advice = Object.hasOwn(options[command] ?? {}, name)
    ? `Did you mean "--${name}"?`
    : adviceForOption(`--${name}`, name, command, options);
  return {
    place: `-${name}`,
    expected: `an option of "gopackgo ${command}"`,
    found: 'none of that name',
    ...(advice === undefined ? {} : { advice }),
  };
}

/** Options of other programs that people try, with our equivalents. */
const elsewhere: Readonly<Record<string, string>> = { 'dry-run': 'plan', check: 'plan', preview: 'plan' };

function adviceForOption(
  option: string,
  word: string,
  command: string,
  options: CommandLine['options'],
): string | undefined {
  const others = Object.keys(options).filter((other) => Object.hasOwn(options[other] ?? {}, word));
  if (others.length > 0) return `It belongs to ${joinWords(others)}.`;
  const same = elsewhere[word];
  if (same !== undefined && command === 'publish') {
    return `Did you mean the command "${same}"? It shows what publish would do, and changes nothing.`;
  }
  const own = Object.keys(options[command] ?? {}).map((name) => `--${name}`);
  return didYouMean(option, own);
}

function tooMany(extra: readonly string[], { words, publications }: CommandLine): Problem {
  const [command = '', first = ''] = words;
  const all = [first, ...extra];
  const areNames = all.every((word) => publications().includes(word.replace(/@.*$/, '')));
  return areNames
    ? { place: `gopackgo ${command}`, expected: 'one publication', found: `${all.length}: ${all.join(', ')}` }
    : {
        place: `gopackgo ${command}`,
        expected: 'no further words',
        found: extra.map((word) => JSON.stringify(word)).join(', '),
      };
}

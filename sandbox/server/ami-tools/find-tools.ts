import { shellWords } from '../shell-words.ts';

const toolNames = ['ec2-bundle-vol', 'ec2-upload-bundle'] as const;

export type ToolName = (typeof toolNames)[number];

/** A call of one of the AMI tools in a command. */
export interface ToolCall {
  tool: ToolName;
  /** The words after the tool's name, without quotes. */
  words: string[];
  user: string;
}

export type FoundTools = { calls: ToolCall[] } | { notUnderstood: string };

const deepest = 5;

/**
 * The calls of AMI tools in a command, in order: alone, behind `sudo`, `env` and assignments, within `sh -c`, and one after
 * another. A command that seems to run a tool in another way (a pipe, a redirection, a variable in the tool's arguments,
 * another program before it) is reported as not understood, never ignored.
 */
export const findTools = (command: string, user: string): FoundTools => {
  if (!mentionsTool.test(command)) return { calls: [] };
  try {
    const calls = callsIn(command, user, 0);
    if (calls.length > 0 || !seemsToRunTool.test(command)) return { calls };
    return { notUnderstood: 'a program before them that the sandbox does not know' };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return seemsToRunTool.test(command) ? { notUnderstood: error.message } : { calls: [] };
  }
};

class NotUnderstood extends Error {}

const anyTool = `(?:${toolNames.join('|')})`;
const mentionsTool = new RegExp(anyTool);

/** A tool followed by an option; its name alone may be a file's. */
const seemsToRunTool = new RegExp(`(?:^|[\\s;&|('"=/])${anyTool}\\s+-`);

const callsIn = (command: string, user: string, depth: number): ToolCall[] => {
  if (depth > deepest) throw new NotUnderstood('too many nested commands');
  return simpleCommands(command).flatMap((words) => callsOf(words, user, depth));
};

const callsOf = (written: string[], user: string, depth: number): ToolCall[] => {
  const words = withoutAssignments(written);
  const [program = '', ...rest] = words.map((word) => shellWords(word).join(' '));
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'env') return callsOf(words.slice(1), user, depth);
  if (name === 'sudo') {
    const options = rest.findIndex((word) => !/^-[EHnSi]+$/.test(word));
    if (options < 0) return [];
    if (rest[options]?.startsWith('-')) throw new NotUnderstood(`sudo ${rest[options]}`);
    return callsOf(words.slice(1 + options), 'root', depth);
  }
  if (/^(?:ba|da)?sh$/.test(name) && rest[0] === '-c') return callsIn(rest[1] ?? '', user, depth + 1);
  if (!isTool(name)) return [];
  const expanded = words.find(expands);
  if (expanded !== undefined) throw new NotUnderstood(`${expanded}, which a shell would replace`);
  return [{ tool: name, words: rest, user }];
};

const isTool = (name: string): name is ToolName => (toolNames as readonly string[]).includes(name);

const withoutAssignments = (words: string[]): string[] => {
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return first < 0 ? [] : words.slice(first);
};

/** Whether a shell would replace part of a word: a variable or a command, outside single quotes. */
const expands = (word: string): boolean => /\$[\w{(?*@#!]|`/.test(word.replace(/'[^']*'|\\[\s\S]/g, ''));

const token =
  /(?<space>[^\S\n]+)|(?<end>&&|;|\n)|(?<word>(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s;&|<>()'"\\])+)|(?<other>[\s\S])/g;

/** Commands in sequence, each as its words with their quotes. */
const simpleCommands = (command: string): string[][] => {
  const commands: string[][] = [[]];
  for (const { groups = {} } of command.matchAll(token)) {
    if (groups.other !== undefined) throw new NotUnderstood(groups.other);
    if (groups.end !== undefined) commands.push([]);
    if (groups.word !== undefined) commands.at(-1)?.push(groups.word);
  }
  return commands.filter((words) => words.length > 0);
};

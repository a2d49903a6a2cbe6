import { innerCommand } from './inner-command.ts';
import type { InstanceFiles } from './instance-files.ts';
import { shellWords } from './shell-words.ts';
import { answerSystemQuestion, textOf } from './system-question.ts';

/** The result of a command. */
export interface CommandAnswer {
  exit: number;
  stdout?: string;
  stderr?: string;
}

/** The user, and the files that a command can look at. */
export interface CommandContext {
  user: string;
  files: InstanceFiles;
  /** The absolute path on the instance of a path as the user's shell would resolve it. */
  resolve: (path: string) => string;
}

/**
 * The answer of a newly started Ubuntu's shell to a command that changes nothing, as far as it is known without running the
 * command. Every other command counts as successful, without output.
 */
export async function answerCommand(given: string, context: CommandContext): Promise<CommandAnswer> {
  const succeeded = { exit: 0 };
  const { command, user } = innerCommand(given, context.user);
  const asked = await answerSystemQuestion(command, context.files);
  if (asked) return asked;
  if (/[;&|<>()$`*?~\n\\]/.test(command)) return succeeded;
  const [program, ...words] = shellWords(command);
  switch (program) {
    case 'false':
      return { exit: 1 };
    case 'exit':
      return { exit: Number(words[0] ?? 0) & 255 };
    case 'echo':
      return words[0]?.startsWith('-') ? succeeded : { exit: 0, stdout: `${words.join(' ')}\n` };
    case 'whoami':
      return { exit: 0, stdout: `${user}\n` };
    case 'pwd':
      return { exit: 0, stdout: user === 'root' ? '/root\n' : `/home/${user}\n` };
    case 'uname':
      return words.length === 0 || words.join() === '-s' ? { exit: 0, stdout: 'Linux\n' } : succeeded;
    case 'test':
      return words[0] === '-d' && words.length === 2 ? isFolder(words[1] ?? '', context) : succeeded;
    case 'cat':
      return words.length === 1 ? { exit: 0, ...(await contentOf(words[0] ?? '', context)) } : succeeded;
    default:
      return succeeded;
  }
}

async function contentOf(path: string, { files, resolve }: CommandContext): Promise<{ stdout?: string }> {
  const stdout = await textOf(resolve(path), files);
  return stdout === undefined ? {} : { stdout };
}

/** Before it uploads a file, Packer asks whether the destination is a folder; if so, it uploads into the folder. */
async function isFolder(path: string, { files, resolve }: CommandContext): Promise<CommandAnswer> {
  const found = await files.look(resolve(path));
  return { exit: found?.kind === 'folder' ? 0 : 1 };
}

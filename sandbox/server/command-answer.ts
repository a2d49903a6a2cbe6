import { innerCommand } from './inner-command.ts';
import type { InstanceFiles } from './instance-files.ts';
import { shellWords } from './shell-words.ts';
import { answerSystemQuestion, textOf } from './system-question.ts';

/** What a command gives back. */
export interface CommandAnswer {
  exit: number;
  stdout?: string;
  stderr?: string;
}

/** Who asks, and what there is to be looked at. */
export interface CommandContext {
  user: string;
  files: InstanceFiles;
  /** Absolute path on the instance of a path as the user's shell would take it. */
  resolve: (path: string) => string;
}

/**
 * What a freshly started Ubuntu's shell would answer to a command that changes nothing, as far as that is known
 * without running it. Every other command is taken to have succeeded and to have printed nothing.
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

/** Packer asks before it uploads a file whether its destination is a folder, and puts it in there if so. */
async function isFolder(path: string, { files, resolve }: CommandContext): Promise<CommandAnswer> {
  const found = await files.look(resolve(path));
  return { exit: found?.kind === 'folder' ? 0 : 1 };
}

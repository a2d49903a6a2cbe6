import { shellWords } from './shell-words.ts';

/** What a command gives back. */
export interface CommandAnswer {
  exit: number;
  stdout?: string;
  stderr?: string;
}

/**
 * What a freshly started Ubuntu's shell would answer to a command that changes nothing, as far as that is known
 * without running it. Every other command is taken to have succeeded and to have printed nothing.
 */
export function answerCommand(command: string, user: string): CommandAnswer {
  const succeeded = { exit: 0 };
  if (/[;&|<>()$`*?~\n\\]/.test(command.trim())) return succeeded;
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
    default:
      return succeeded;
  }
}

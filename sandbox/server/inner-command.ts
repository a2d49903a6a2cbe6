import { shellWords } from './shell-words.ts';

/** A command as the innermost shell gets it, with the user it runs as then. */
export interface InnerCommand {
  command: string;
  user: string;
}

const mostWrappers = 5;

/**
 * Strips `sudo` (with options, but without another environment) and `sh -c`, nested in any order: deployment tools wrap all
 * their questions in both. A command that does anything else as well is left unchanged.
 */
export function innerCommand(command: string, user: string): InnerCommand {
  let inner = { command: command.trim(), user };
  for (let wrappers = 0; wrappers < mostWrappers; wrappers += 1) {
    const next = withoutWrapper(inner);
    if (next === undefined) return inner;
    inner = next;
  }
  return inner;
}

function withoutWrapper({ command, user }: InnerCommand): InnerCommand | undefined {
  if (/[;&|<>()`$\n]/.test(command.replace(/'[^']*'|"(?:[^"\\$`]|\\[\s\S])*"/g, ''))) return undefined;
  const [program, ...words] = shellWords(command);
  if (program === 'sudo') {
    const end = words.findIndex((word) => !/^-[EHnSi]+$/.test(word));
    const rest = /^sudo(?:\s+-[EHnSi]+)*\s+(.*)$/s.exec(command)?.[1];
    if (end < 0 || rest === undefined || /^-/.test(words[end] ?? '')) return undefined;
    return { command: rest, user: 'root' };
  }
  const isShell = program !== undefined && /^(?:\/(?:usr\/)?bin\/)?(?:ba|da)?sh$/.test(program);
  const [option, inner, ...more] = words;
  return isShell && option === '-c' && inner !== undefined && more.length === 0
    ? { command: inner.trim(), user }
    : undefined;
}

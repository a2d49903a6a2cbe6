import { shellWords } from './shell-words.ts';

/** A command as the last shell in line gets it, and whose it is then. */
export interface InnerCommand {
  command: string;
  user: string;
}

const mostWrappers = 5;

/**
 * Takes off `sudo`, with options but no other environment, and `sh -c`, one around the other: deployment tools wrap all
 * that they ask in both. A command that does anything else beside is left as it is.
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

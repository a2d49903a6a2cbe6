import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnvironment, program } from './project.ts';

/** Keys that a person types at a question: an answer and Enter, or keys such as Ctrl-C. */
export type Typed = { answer: string } | { keys: string };

export interface AtTerminal {
  exit: number;
  screen: string;
  answered: boolean;
}

/** In a separate terminal (util-linux' script), where somebody types this once the question is shown. */
export async function atTerminal(
  folder: string,
  words: readonly string[],
  { question, types }: { question: RegExp; types: Typed },
): Promise<AtTerminal> {
  const quoted = [process.execPath, program, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols 200; ${quoted}`, '/dev/null'], {
    cwd: folder,
    env: { ...cleanEnvironment(folder), TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let answered = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    if (answered || !question.test(screen)) return;
    answered = true;
    child.stdin.write('keys' in types ? types.keys : `${types.answer}\r`);
  });
  const [exit] = await once(child, 'close');
  return { exit, screen, answered };
}

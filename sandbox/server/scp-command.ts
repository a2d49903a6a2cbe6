import { shellWords } from './shell-words.ts';

/** What an exec of scp asks for. */
export type ScpCommand =
  | { does: 'receive'; target: string; recursive: boolean }
  | { does: 'send'; sources: string[]; recursive: boolean }
  | { does: 'nothing'; because: string };

/**
 * Reads the command line that an scp client gives the other side: `scp -vt FOLDER` and `scp -rvt FOLDER` of Packer,
 * `scp -vf PATH` for its downloads. Undefined where it is no scp.
 */
export function parseScpCommand(command: string): ScpCommand | undefined {
  const [program, ...words] = shellWords(command);
  if (program !== 'scp' && program !== '/usr/bin/scp') return undefined;
  const end = words.findIndex((word) => !/^-[a-zA-Z]+$/.test(word));
  const flags = (end < 0 ? words : words.slice(0, end)).join('');
  const targets = end < 0 ? [] : words.slice(words[end] === '--' ? end + 1 : end);
  if (flags.includes('f')) {
    if (targets.length === 0) return { does: 'nothing', because: 'no file is named' };
    return { does: 'send', sources: targets, recursive: flags.includes('r') };
  }
  if (!flags.includes('t')) return { does: 'nothing', because: 'neither -t nor -f' };
  const [target, ...others] = targets;
  if (target === undefined || others.length > 0) return { does: 'nothing', because: 'ambiguous target' };
  return { does: 'receive', target, recursive: flags.includes('r') };
}

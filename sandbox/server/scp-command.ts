import { shellWords } from './shell-words.ts';

/** The request of an scp exec. */
export type ScpCommand =
  | { does: 'receive'; target: string; recursive: boolean }
  | { does: 'send'; sources: string[]; recursive: boolean }
  | { does: 'nothing'; because: string };

/**
 * Parses the command line that an scp client sends to the other side: `scp -vt FOLDER` and `scp -rvt FOLDER` of Packer, `scp
 * -vf PATH` for its downloads. Undefined if it is not scp.
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

import type { EmbeddedAws, Faults, Machine } from '../model/contract.ts';
import type { CommandAnswer } from './command-answer.ts';
import type { RecordedCommand } from './instance-record.ts';

export interface FaultOptions {
  machine: Machine;
  faults: Pick<Faults, 'forCommand'>;
  /** Returns when the command is on disk: what was answered can always be read. */
  record: (command: RecordedCommand) => void;
  /** Milliseconds of the sandbox's clock. Rejects where the sandbox ends before. */
  sleep: (duration: number) => Promise<void>;
  /** Takes a Spot Instance away; false for one on demand. */
  interrupt: EmbeddedAws['interrupt'];
  /** Cuts the connection without a word. */
  cut: () => void;
}

/** What a fault leaves to be done: all of the command, with or without having been held up, its answer, or nothing. */
export type UnderFault =
  | { goOn: true; fault?: 'delay' }
  | { goOn: false; answer: CommandAnswer }
  | { goOn: false; answer?: undefined };

/** Acts on a command where a fault is meant for it, and records it where the fault answers or silences it. */
export async function actOnFault(command: string, options: FaultOptions): Promise<UnderFault> {
  const does = options.faults.forCommand(options.machine, command)?.does;
  if (does === undefined) return { goOn: true };
  if (does === 'hang' || does === 'disconnect') {
    options.record({ command, exit: null, fault: does });
    if (does === 'disconnect') options.cut();
    return { goOn: false };
  }
  if (does === 'interrupt') {
    if (!(await options.interrupt(options.machine.instanceId))) return { goOn: true };
    options.record({ command, exit: null, fault: does });
    options.cut();
    return { goOn: false };
  }
  if ('exit' in does) {
    options.record({ command, exit: does.exit, ...(does.stderr && { stderr: does.stderr }), fault: 'exit' });
    return { goOn: false, answer: does };
  }
  await options.sleep(does.delay);
  return { goOn: true, fault: 'delay' };
}

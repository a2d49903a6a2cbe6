import type { EmbeddedAws, Faults, Machine } from '../model/contract.ts';
import type { CommandAnswer } from './command-answer.ts';
import type { RecordedCommand } from './instance-record.ts';

export interface FaultOptions {
  machine: Machine;
  faults: Pick<Faults, 'forCommand'>;
  /** Returns once the command is on disk, so that every answer is on record. */
  record: (command: RecordedCommand) => void;
  /** Milliseconds of the sandbox's clock. Rejects if the sandbox ends before. */
  sleep: (duration: number) => Promise<void>;
  /** Interrupts a Spot Instance; false for an On-Demand Instance. */
  interrupt: EmbeddedAws['interrupt'];
  /** Cuts the connection without an answer. */
  cut: () => void;
}

/** What remains to be done under a fault: the whole command, delayed or not; only its answer; or nothing. */
export type UnderFault =
  | { goOn: true; fault?: 'delay' }
  | { goOn: false; answer: CommandAnswer }
  | { goOn: false; answer?: undefined };

/** Applies a matching fault to a command, and records the command if the fault answers or silences it. */
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

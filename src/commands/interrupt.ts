import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitStatus } from '../lib/actionable-error.ts';
import type { EventBody, EventSink } from '../model/events.ts';
import { readOutput } from '../packer/output.ts';
import type { Host } from './host.ts';

export interface InterruptHandling {
  stop: AbortSignal;
  sink: EventSink;
  end(): void;
}

/** Milliseconds that the screen has to end before it is gone from without that. */
const screenLimit = 1000;

/**
 * Ctrl-C once: nothing new starts, running builds are asked to stop and clean up, the summary follows. Twice: ends the
 * screen, which holds back what is written beside it, says what will stay behind, and goes at once.
 */
export function handleInterrupts(
  host: Host,
  emit: EventSink,
  closeScreen: () => Promise<void>,
): InterruptHandling {
  const stopping = new AbortController();
  const running = new Map<string, string>();
  const sink: EventSink = (event: EventBody) => {
    if (event.type === 'attempt-started') running.set(event.target, event.log);
    if (event.type === 'attempt-ended') running.delete(event.target);
    emit(event);
  };
  const end = host.onInterrupt((count) => {
    if (count === 1) {
      emit({ type: 'interrupted', count });
      stopping.abort();
      return;
    }
    const leave = () => {
      host.stderr.write(`\n${describeLeft([...running], host.cwd)}`);
      host.leave(exitStatus.interrupted);
    };
    if (count > 2) return leave();
    emit({ type: 'interrupted', count: 2 });
    void Promise.race([closeScreen(), sleep(screenLimit)]).finally(leave);
  });
  return { stop: stopping.signal, sink, end };
}

/** What a build that is not waited for may leave, as far as its log tells. */
export function describeLeft(
  running: readonly (readonly [target: string, log: string])[],
  cwd: string,
): string {
  if (running.length === 0) return 'Left at once. No build was running.\n';
  const lines = running.map(([target, log]) => {
    const { instanceId, keyPairName, securityGroupName } = readOutput(
      readLogOrNothing(resolve(cwd, log)),
      target,
    );
    const made = [
      instanceId ? `instance ${instanceId}` : 'perhaps an instance',
      keyPairName ? `key pair ${keyPairName}` : 'perhaps a key pair',
      securityGroupName ? `security group ${securityGroupName}` : 'perhaps a security group',
    ];
    return `  ${target}: ${made.join(', ')}; log ${log}\n`;
  });
  return (
    'Left at once. Packer was asked to stop and may still clean up; if it does not, this stays behind:\n' +
    `${lines.join('')}Run the same command again: it finds these and removes them.\n`
  );
}

function readLogOrNothing(log: string): string {
  try {
    return readFileSync(log, 'utf8');
  } catch {
    return '';
  }
}

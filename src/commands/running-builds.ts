import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EventBody } from '../model/events.ts';
import { readOutput } from '../packer/output.ts';

export interface RunningBuilds {
  observe(event: EventBody): void;
  /** For a process that ends after Packer was asked to stop. */
  describeLeft(): string;
  /** For a process that ends while Packer continues. */
  describeRunning(): string;
}

/** The running builds, by the events of a run, and the resources they leave behind if nobody waits for them. */
export function runningBuilds(cwd: string): RunningBuilds {
  const running = new Map<string, string>();
  return {
    observe(event) {
      if (event.type === 'attempt-started') running.set(event.target, event.log);
      if (event.type === 'attempt-ended') running.delete(event.target);
    },
    describeLeft: () => `\n${describeLeft([...running], cwd)}`,
    describeRunning: () => (running.size === 0 ? '' : describeRunning([...running])),
  };
}

const describeRunning = (running: readonly (readonly [target: string, log: string])[]): string =>
  `Packer still runs for ${running.length} ${running.length === 1 ? 'target' : 'targets'}:\n` +
  `${running.map(([target, log]) => `  ${target}: log ${log}\n`).join('')}` +
  'Run the same command again: it waits for these builds, and uses or removes what they make.';

/** The resources that builds may leave behind, as far as their logs show them. */
function describeLeft(running: readonly (readonly [target: string, log: string])[], cwd: string): string {
  if (running.length === 0) return 'Exiting at once. No build was running.';
  const lines = running.map(([target, log]) => {
    const { instanceId, keyPairName, securityGroupName } = readOutput(
      startOfLogOrNothing(resolve(cwd, log)),
      target,
    );
    const resources = [
      instanceId ? `instance ${instanceId}` : 'perhaps an instance',
      keyPairName ? `key pair ${keyPairName}` : 'perhaps a key pair',
      securityGroupName ? `security group ${securityGroupName}` : 'perhaps a security group',
    ];
    return `  ${target}: ${resources.join(', ')}; log ${log}\n`;
  });
  return (
    'Exiting at once. Packer was asked to stop and may still clean up; if it does not, this stays behind:\n' +
    `${lines.join('')}Run the same command again: it finds these and removes them.`
  );
}

/** Everything that Packer prints before it connects is within this. Bytes. */
const startOfLog = 1024 * 1024;

function startOfLogOrNothing(log: string): string {
  try {
    const file = openSync(log, 'r');
    try {
      const buffer = Buffer.alloc(startOfLog);
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, startOfLog, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

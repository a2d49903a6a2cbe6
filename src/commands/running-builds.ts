import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EventBody } from '../model/events.ts';
import { readOutput } from '../packer/output.ts';

/** The builds that are running, by the events of a run, and what they leave behind if they are not waited for. */
export function runningBuilds(cwd: string): { observe(event: EventBody): void; describeLeft(): string } {
  const running = new Map<string, string>();
  return {
    observe(event) {
      if (event.type === 'attempt-started') running.set(event.target, event.log);
      if (event.type === 'attempt-ended') running.delete(event.target);
    },
    describeLeft: () => `\n${describeLeft([...running], cwd)}`,
  };
}

/** The resources that builds may leave behind, as far as their logs show them. */
function describeLeft(running: readonly (readonly [target: string, log: string])[], cwd: string): string {
  if (running.length === 0) return 'Exiting at once. No build was running.';
  const lines = running.map(([target, log]) => {
    const { instanceId, keyPairName, securityGroupName } = readOutput(
      readLogOrNothing(resolve(cwd, log)),
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

function readLogOrNothing(log: string): string {
  try {
    return readFileSync(log, 'utf8');
  } catch {
    return '';
  }
}

import type { Result } from '../events.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import type { ReleaseArguments } from './release-arguments.ts';

/** What a person would do after this result: commands, each with what it does. Pure. */
export function nextCommands(args: ReleaseArguments, result: Result, file: string): string[] {
  const options = args.sandboxUrl ? ` --sandbox-url ${args.sandboxUrl}` : args.sandbox ? ' --sandbox' : '';
  const chosen = [
    ...args.only.map((one) => ` --only '${one}'`),
    ...args.except.map((one) => ` --except '${one}'`),
  ].join('');
  const again = `gopackgo publish ${args.publication}${options}${chosen} --yes`;
  if (result.exit === exitStatus.done)
    return [`gopackgo status ${args.publication}${options}   shows it from AWS alone`];
  if (result.exit === exitStatus.interrupted) return [`${again}   goes on from here`];
  const provisioner = result.targets.some(({ error }) => error?.kind === 'provisioner');
  const mend = `mend what the log shows. If that changes a provisioner, raise "version" in ${file}: AMIs of another recipe are never mixed in`;
  return [...(provisioner ? [mend] : []), `${again}   makes only what is missing`];
}

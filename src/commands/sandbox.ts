import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { printableLines } from '../lib/printable.ts';
import type { Host } from './host.ts';
import { readJsonFile, readSettingsFile } from './json-file.ts';
import { forgetSandbox, serveSandbox } from './open-sandbox.ts';
import type { SandboxSpeed } from './release-arguments.ts';
import { say, show } from './say.ts';

export interface SandboxArguments {
  /** Files. */
  faults: string | undefined;
  settings: string | undefined;
  speed: SandboxSpeed | undefined;
  port: number | undefined;
}

/** Runs the embedded AWS until it is stopped, and prints the environment variables that point other tools to it. */
export async function sandbox(
  { faults, settings, speed, port }: SandboxArguments,
  host: Host,
): Promise<number> {
  checkPort(port);
  const script = faults === undefined ? undefined : await readJsonFile('--faults', faults, host.cwd);
  const given = settings === undefined ? undefined : readSettingsFile('--settings', settings, host.cwd);
  const { exports, endpointExports, url, accounts, close, closed } = await serveSandbox(host.cwd, {
    ...definedOnly({ faults: script, settings: given, speed, port }),
    log: (message) => say(host.stderr, message),
  });
  // A shell reads these lines, unless a person does.
  const lines = `${exports}\n${otherWay}${endpointExports.replace(/^/gm, '# ').replace(/# $/, '')}`;
  show(host.stdout, host.stdout.isTTY ? printableLines(lines) : lines);
  say(
    host.stderr,
    `The sandbox runs at ${url} until Ctrl-C. Other commands in this folder use it with --sandbox.`,
  );
  for (const { id, accessKeyId, secretAccessKey } of accounts.slice(1)) {
    show(
      host.stderr,
      `To act as another account, ${id}: export AWS_ACCESS_KEY_ID='${accessKeyId}' AWS_SECRET_ACCESS_KEY='${secretAccessKey}'\n`,
    );
  }
  const end = host.onInterrupt(() => {
    close().catch(() => undefined);
  });
  await closed;
  end();
  return exitStatus.done;
}

/** The proxy works for every tool; an endpoint URL needs neither proxy nor certificate authority, for tools that support one. */
const otherWay = `# Or, for tools that take an endpoint URL (AWS SDKs and CLI of 2023 and later), these lines alone,
# in a shell that has none of the above:
`;

/** Ports below 1024 belong to the system's services, such as SSH. */
function checkPort(port: number | undefined): void {
  if (port === undefined || (Number.isInteger(port) && port >= 1024 && port <= 65_535)) return;
  throw new ActionableError('usage-error', {
    place: '--port',
    expected: 'a whole number from 1024 to 65535',
    found: String(port),
  });
}

export async function resetSandbox(host: Host): Promise<number> {
  await forgetSandbox(host.cwd);
  say(host.stderr, 'The sandbox is empty.');
  return exitStatus.done;
}

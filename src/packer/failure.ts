import { redact } from '../lib/redact.ts';
import { isTransientCode, isTransientReason } from '../lib/transient-errors.ts';
import { type LogLine, logLines } from './build-log.ts';
import { readOutput } from './output.ts';

export interface Failure {
  /**
   * `transient`: AWS had no room or no time just now, another attempt may go well. `provisioner`: the user's
   * own scripts or files, it would fail again. `other`: everything else, not to be retried either.
   */
  kind: 'transient' | 'provisioner' | 'other';
  /** AWS' error code, where the error came from there. */
  code?: string;
  /** Redacted; one line. */
  message: string;
}

/** The request did not come through: SDK v1's words (Packer 1.6.6), then SDK v2's. */
const notSent = /RequestError: send request failed|request send failed/;
const brokenConnection =
  /connection reset by peer|broken pipe|i\/o timeout|TLS handshake timeout|Client\.Timeout|context deadline exceeded|\bEOF$/m;

/** What SDK v1 adds to each error; it stands in the log for who needs it. */
const requestDetails = /\s+status code: \d+, request id: \S*/;

/** Current Packer prints EC2's reason as Go prints a structure of pointers: addresses of memory. */
const pointers =
  /(?:\.? DescribeImages returned the state reason: )?&\{[^{}]*\b0x[0-9a-f]+[^{}]*(?:\{\}[^{}]*)*\}/g;

const withoutPointers = (text: string): string => text.replace(pointers, '');

/** Of Packer's script provisioners. */
const scriptFailed = /^Script (?:exited with non-zero exit status|disconnected unexpectedly)/;

/** Pure: a failed build's log → whether another attempt makes sense. */
export function classifyFailure(text: string, target: string): Failure {
  const { error, cancelled } = readOutput(text, target);
  if (!error) {
    const message = cancelled ? 'Packer was asked to stop, and did' : 'Packer ended without saying why';
    return { kind: 'other', message };
  }
  const message = redact(withoutPointers(error.message).replace(requestDetails, '').replaceAll('\n', ' '));
  if (scriptFailed.test(error.message) || failedProvisioning(text, target)) {
    return { kind: 'provisioner', message };
  }
  const ended = whyInstanceEnded(text, target, error.message);
  if (ended !== undefined) return { ...ended, message: redact(`${message}: ${ended.message}`) };
  const code = awsErrorCode(error.message);
  const unheard = notSent.test(error.message) && brokenConnection.test(error.message);
  const kind = unheard || (code !== undefined && isTransientCode(code)) ? 'transient' : 'other';
  return { kind, ...(code === undefined ? {} : { code }), message };
}

/**
 * An instance that went from pending to terminated: the error only says that it is not ready, the line after it
 * gives AWS' reason ("Server" errors are AWS' own: EC2's "Troubleshoot instance launch issues"). No script has run by
 * then that could have printed that line.
 */
function whyInstanceEnded(text: string, target: string, message: string): Failure | undefined {
  if (!message.startsWith('Error waiting for instance (')) return undefined;
  const line = logLines(text, target).findLast(
    (one) => one.ofBuild && one.text.startsWith('Instance state change details: '),
  );
  const [, reason, code] = /^[^:]*: (?:[^:]*: )?(Server\.([A-Za-z]+): .*)$/.exec(line?.text ?? '') ?? [];
  if (reason === undefined || code === undefined) return undefined;
  return { kind: isTransientReason(reason) ? 'transient' : 'other', code, message: reason };
}

/**
 * Where it stopped between the first provisioner and the stopping of the instance. Packer writes "Provisioning
 * step had errors" after later failures as well.
 */
function failedProvisioning(text: string, target: string): boolean {
  const end = text.lastIndexOf('Provisioning step had errors');
  return end !== -1 && readOutput(text.slice(0, end), target).phase === 'provisioning';
}

/**
 * `…: Code: message` with SDK v1, `… api error Code: message` with v2; `Server.` begins the code where EC2
 * gives it as the reason of an instance's state.
 */
function awsErrorCode(message: string): string | undefined {
  const [, v2] = /api error ([A-Za-z][A-Za-z.]+):/.exec(message) ?? [];
  const [, v1] =
    /(?:^|: |\n)([A-Z][A-Za-z]*[a-z][A-Z][A-Za-z.]*|Throttling|Unavailable|Unsupported|Server\.[A-Za-z]+):/.exec(
      message,
    ) ?? [];
  return (v2 ?? v1)?.replace(/^(?:Server|Client)\./, '');
}

export interface Excerpt {
  /** Redacted, oldest first. */
  lines: string[];
  /** The number of the last of them in the log, or of the error where nothing came before it: where a reader should look. 0: nowhere. */
  line: number;
}

const cleaningUp = /^Provisioning step had errors: /;

/** What Packer does and says after the fact. */
const afterwards = [
  /^$/,
  /^(?:Terminating the source AWS instance|Cleaning up any extra volumes|Deleting temporary (?:security group|keypair))\.\.\.$/,
  /^No volumes to clean up, skipping$/,
  /^(?:Deregistering the AMI |Deregistered AMI id: |Deleted snapshot: )/,
];

/** What goes wrong in cleaning up hides the cause. The last such line is Packer's own, whatever a script printed. */
function beforeCleaningUp(lines: LogLine[]): LogLine[] {
  const start = lines.findLastIndex((line) => line.ofBuild && cleaningUp.test(line.text));
  return start === -1 ? lines : lines.slice(0, start);
}

/** Pure: the last `count` lines before Packer began to clean up, which is where the cause stands. */
export function failureExcerpt(text: string, target: string, count: number): Excerpt {
  const all = logLines(text, target);
  const { error } = readOutput(text, target);
  const before = beforeCleaningUp(error === undefined ? all : all.slice(0, error.line - 1));
  const isCause = (line: LogLine) => !afterwards.some((pattern) => pattern.test(line.text));
  const last = before.findLastIndex(isCause);
  if (last === -1) return { lines: [], line: error?.line ?? 0 };
  const told = before
    .slice(0, last + 1)
    .filter(({ text: line }) => line !== '' && !line.startsWith('Adding tag: "'));
  // Redacted before it is cut: the first half of a private key says what the second is.
  const shown = redact(
    told
      .slice(-count - 100)
      .map(({ text: line }) => withoutPointers(line))
      .join('\n'),
  ).split('\n');
  return { lines: shown.slice(-count), line: before[last]?.number ?? 0 };
}

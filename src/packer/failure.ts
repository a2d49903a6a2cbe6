import { isObject } from '../lib/is-object.ts';
import { redact } from '../lib/redact.ts';
import { isThrottlingCode, isTransientCode, isTransientReason } from '../lib/transient-errors.ts';
import { type LogLine, logLines } from './build-log.ts';
import { readOutput } from './output.ts';

export interface Failure {
  /**
   * `transient`: AWS lacked capacity or throttled; another attempt may succeed. `provisioner`: the user's own scripts or files;
   * it would fail again. `other`: everything else, not retried either.
   */
  kind: 'transient' | 'provisioner' | 'other';
  /** AWS's error code, if the error came from AWS. */
  code?: string;
  /** Redacted; one line. */
  message: string;
  /**
   * AWS throttled a call before the build launched anything. Packer 1.6.6 never repeats the call that checks the AMI's name: one
   * refusal ends the build.
   */
  throttledAtStart?: true;
}

/** The request was not sent: the message of SDK v1 (Packer 1.6.6), then of SDK v2. */
const notSent = /RequestError: send request failed|request send failed/;
const brokenConnection =
  /connection reset by peer|broken pipe|i\/o timeout|TLS handshake timeout|Client\.Timeout|context deadline exceeded|\bEOF$/m;

/** Added by SDK v1 to each error; still in the log. */
const requestDetails = /\s+status code: \d+, request id: \S*/;

/** Current Packer prints EC2's reason as a Go structure of pointers: memory addresses. */
const pointers =
  /(?:\.? DescribeImages returned the state reason: )?&\{[^{}]*\b0x[0-9a-f]+[^{}]*(?:\{\}[^{}]*)*\}/g;

const withoutPointers = (text: string): string => text.replace(pointers, '');

/** Errors of Packer's script provisioners. */
const scriptFailed = /^Script (?:exited with non-zero exit status|disconnected unexpectedly)/;

/**
 * Options with which a config names its own resource, by EC2's code for an unknown one. Without them the build creates that
 * resource itself, and EC2 may not know it everywhere yet.
 */
const namedBy: Record<string, readonly string[]> = {
  'InvalidGroup.NotFound': ['security_group_id', 'security_group_ids', 'security_group_filter'],
  'InvalidKeyPair.NotFound': ['ssh_keypair_name'],
  'InvalidSnapshot.NotFound': ['snapshot_id'],
};

/** Whether an option with that name is set, at any depth: block device mappings are lists of objects. */
const isGiven = (options: unknown, name: string): boolean =>
  Array.isArray(options)
    ? options.some((one) => isGiven(one, name))
    : isObject(options) && (name in options || Object.values(options).some((one) => isGiven(one, name)));

/**
 * The failure in a failed build's log, and whether another attempt makes sense. Pure.
 *
 * @param options the builder's: another attempt would not find the resources they name either.
 */
export function classifyFailure(text: string, target: string, options: object = {}): Failure {
  const { error, cancelled, instanceId } = readOutput(text, target);
  if (!error) {
    const message = cancelled ? 'Packer was asked to stop, and did' : 'Packer ended without an error message';
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
  const isNamed = (namedBy[code ?? ''] ?? []).some((option) => isGiven(options, option));
  const isTransient = unheard || (code !== undefined && isTransientCode(code) && !isNamed);
  const kind = isTransient ? 'transient' : 'other';
  const isThrottled = code !== undefined && isThrottlingCode(code) && instanceId === undefined;
  return {
    kind,
    ...(code === undefined ? {} : { code }),
    message,
    ...(isThrottled ? { throttledAtStart: true } : {}),
  };
}

/**
 * For an instance that went from pending to terminated the error only says that it is not ready; the line after it gives AWS's
 * reason ("Server" errors are AWS's own: EC2's "Troubleshoot instance launch issues"). No script has run by then, so none can
 * have printed that line.
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
 * Whether it failed between the first provisioner and the stopping of the instance. Packer also writes "Provisioning step had
 * errors" after later failures.
 */
function failedProvisioning(text: string, target: string): boolean {
  const end = text.lastIndexOf('Provisioning step had errors');
  return end !== -1 && readOutput(text.slice(0, end), target).phase === 'provisioning';
}

/**
 * `…: Code: message` with SDK v1, `… api error Code: message` with v2; the code starts with `Server.` if EC2 gives it as the
 * reason of an instance's state.
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
  /** The line number in the log of the last of them, or of the error if there are none. 0: none. */
  line: number;
}

const cleaningUp = /^Provisioning step had errors: /;

/** Lines that Packer prints after the failure. */
const afterwards = [
  /^$/,
  /^(?:Terminating the source AWS instance|Cleaning up any extra volumes|Deleting temporary (?:security group|keypair))\.\.\.$/,
  /^No volumes to clean up, skipping$/,
  /^(?:Deregistering the AMI |Deregistered AMI id: |Deleted snapshot: )/,
];

/** Errors while cleaning up hide the cause. The last such line is Packer's own, whatever a script printed. */
function beforeCleaningUp(lines: LogLine[]): LogLine[] {
  const start = lines.findLastIndex((line) => line.ofBuild && cleaningUp.test(line.text));
  return start === -1 ? lines : lines.slice(0, start);
}

/** The last `count` lines before Packer started to clean up, which show the cause. Pure. */
export function failureExcerpt(text: string, target: string, count: number): Excerpt {
  const all = logLines(text, target);
  const { error } = readOutput(text, target);
  const before = beforeCleaningUp(error === undefined ? all : all.slice(0, error.line - 1));
  const isCause = (line: LogLine) => !afterwards.some((pattern) => pattern.test(line.text));
  const last = before.findLastIndex(isCause);
  if (last === -1) return { lines: [], line: error?.line ?? 0 };
  const shownLines = before
    .slice(0, last + 1)
    .filter(({ text: line }) => line !== '' && !line.startsWith('Adding tag: "'));
  // Redacted before it is cut: half a private key would not be recognized.
  const shown = redact(
    shownLines
      .slice(-count - 100)
      .map(({ text: line }) => withoutPointers(line))
      .join('\n'),
  ).split('\n');
  return { lines: shown.slice(-count), line: before[last]?.number ?? 0 };
}

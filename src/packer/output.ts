import { type LogLine, logLines } from './build-log.ts';
import { possibleBuildNames } from './build-name.ts';

/** The content of a build's log. Only hints: a provisioner's script can print the same lines, and only AWS knows what exists. */
export interface BuildOutput {
  amiId?: string;
  instanceId?: string;
  /** `packer_<uuid>`. Packer 1.6.6 neither prints its id nor tags it. */
  securityGroupName?: string;
  keyPairName?: string;
  phase: Phase;
  /** Whether Packer lists an AMI as created. For a cancelled build it also says "finished", but lists none. */
  finished: boolean;
  /** Whether Packer was asked to stop and did so. */
  cancelled: boolean;
  /** Packer's reason for the failure, and its line in the log. */
  error?: { message: string; line: number };
}

/** In order; shown to the user. */
export const phases = [
  'preparing',
  'launching',
  'connecting',
  'provisioning',
  'stopping',
  'bundling',
  'uploading',
  'creating the AMI',
  'tagging',
  'cleaning up',
] as const;
export type Phase = (typeof phases)[number];

/** The builder prints the AMI's id after it. */
const announcement = /^(?:Creating AMI .+ from instance i-|Registering the AMI\.\.\.$)/;

/** Lines of Packer's amazon-ebs and amazon-instance builders, the same on 1.6.6 and current Packer. */
const phaseStarts: [RegExp, Phase][] = [
  [/^Launching a source AWS instance\.\.\.$/, 'launching'],
  [/^Waiting for SSH to become available\.\.\.$/, 'connecting'],
  [/^(?:Connected to SSH!$|Provisioning with |Running local shell script: |Uploading )/, 'provisioning'],
  [/^Stopping the source instance\.\.\.$/, 'stopping'],
  [/^(?:Uploading X509 Certificate|Bundling the volume)\.\.\.$/, 'bundling'],
  [/^Uploading the bundle\.\.\.$/, 'uploading'],
  [announcement, 'creating the AMI'],
  [/^Adding tags to AMI \(/, 'tagging'],
  [
    /^(?:Terminating the source AWS instance\.\.\.|Provisioning step had errors: .*|Deleting temporary keypair\.\.\.)$/,
    'cleaning up',
  ],
];

/** Reads a log, complete or not. Pure. */
export function readOutput(text: string, target: string): BuildOutput {
  const lines = logLines(text, target);
  const builds = lines.filter(({ ofBuild }) => ofBuild);
  const first = (pattern: RegExp) =>
    builds.map((line) => pattern.exec(line.text)?.[1]).find((found) => found !== undefined);
  const listed = listedAmi(lines, target);
  const hints = {
    amiId: listed ?? announcedAmi(builds),
    // Printed before any script runs, so the first one is the builder's.
    instanceId: first(/^Instance ID: (i-[0-9a-f]+)$/),
    securityGroupName: first(/^Creating temporary security group for this instance: (packer_[0-9a-f-]+)$/),
    keyPairName: first(/^Creating temporary keypair: (\S+)$/),
    error: errorOf(lines, target),
  };
  const found = Object.fromEntries(Object.entries(hints).filter(([, hint]) => hint !== undefined));
  const cancelled = lines.some(({ ofBuild, text: said }) => !ofBuild && cancelledLine.test(said));
  return { ...found, phase: phaseOf(builds), finished: listed !== undefined, cancelled };
}

const cancelledLine = /^Cleanly cancelled builds after being interrupted\.$/;

/** From Packer's closing list, which no script can write to. */
function listedAmi(lines: LogLine[], target: string): string | undefined {
  const headings = possibleBuildNames(target).map((name) => `--> ${name}: AMIs were created:`);
  const index = lines.findLastIndex((line) => !line.ofBuild && headings.includes(line.text));
  return /^\S+: (ami-[0-9a-f]+)$/.exec(index === -1 ? '' : (lines[index + 1]?.text ?? ''))?.[1];
}

/** The line after the last announcement: scripts have ended by then. */
function announcedAmi(builds: LogLine[]): string | undefined {
  const creating = builds.findLastIndex(({ text }) => announcement.test(text));
  if (creating === -1) return undefined;
  const said = builds.slice(creating).find(({ text }) => /^AMI: ami-[0-9a-f]+$/.test(text));
  return said?.text.slice('AMI: '.length);
}

/** The most lines of an error. */
const linesOfError = 40;

/** `Build 'amazon-ebs.X' errored after 2 minutes: …`, or without the time; more lines may follow. */
function errorOf(lines: LogLine[], target: string): BuildOutput['error'] {
  const starts = possibleBuildNames(target).map((name) => `Build '${name}' errored`);
  const startOf = (text: string) => starts.find((start) => text.startsWith(start));
  const index = lines.findLastIndex((line) => !line.ofBuild && startOf(line.text) !== undefined);
  const line = lines[index];
  if (!line) return undefined;
  const after = line.text.slice(startOf(line.text)?.length);
  const [, said] = /^(?: after [^:]+)?: (.*)$/.exec(after) ?? [];
  const rest = lines.slice(index + 1);
  const end = rest.findIndex(
    ({ text }) => text.startsWith('==> Wait completed') || text.startsWith('==> Some builds'),
  );
  const more = rest.slice(0, end === -1 ? linesOfError : Math.min(end, linesOfError));
  return {
    message: [said ?? line.text, ...more.map(({ text }) => text.trim())]
      .filter((text) => text !== '')
      .join('\n'),
    line: line.number,
  };
}

/** The phase of a build after `more` was written to its log; earlier text is not needed. Pure. */
export function phaseAfter(before: Phase, more: string, target: string): Phase {
  const now = phaseOf(logLines(more, target).filter(({ ofBuild }) => ofBuild));
  return phases.indexOf(now) > phases.indexOf(before) ? now : before;
}

/** Phases never go back: a script that prints an earlier line changes nothing. */
function phaseOf(builds: LogLine[]): Phase {
  const reached = builds.flatMap(({ text }) =>
    phaseStarts.filter(([start]) => start.test(text)).map(([, phase]) => phase),
  );
  return phases[Math.max(0, ...reached.map((phase) => phases.indexOf(phase)))] ?? 'preparing';
}

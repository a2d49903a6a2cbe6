import { type LogLine, logLines } from './build-log.ts';
import { possibleBuildNames } from './build-name.ts';

/**
 * What a build's log says. Hints, all of it: a provisioner's script can print the same lines, and what is
 * there AWS alone knows.
 */
export interface BuildOutput {
  amiId?: string;
  instanceId?: string;
  /** `packer_<uuid>`. Packer 1.6.6 prints no id of it, and does not tag it. */
  securityGroupName?: string;
  keyPairName?: string;
  phase: Phase;
  /** Whether Packer lists an AMI as made. Of a cancelled build it says "finished" too, and lists none. */
  finished: boolean;
  /** Whether Packer was asked to stop and did so. */
  cancelled: boolean;
  /** What Packer gave as the reason of failure, and the line of the log that it stands in. */
  error?: { message: string; line: number };
}

/** In this order; they are shown to people. */
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

/** After it the builder says which AMI it makes. */
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

/** Pure: the log as far as it was written → what it says. */
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

/** In Packer's closing list, which no script can write into. */
function listedAmi(lines: LogLine[], target: string): string | undefined {
  const headings = possibleBuildNames(target).map((name) => `--> ${name}: AMIs were created:`);
  const index = lines.findLastIndex((line) => !line.ofBuild && headings.includes(line.text));
  return /^\S+: (ami-[0-9a-f]+)$/.exec(index === -1 ? '' : (lines[index + 1]?.text ?? ''))?.[1];
}

/** The line after the last announcement of it: scripts have ended by then. */
function announcedAmi(builds: LogLine[]): string | undefined {
  const creating = builds.findLastIndex(({ text }) => announcement.test(text));
  if (creating === -1) return undefined;
  const said = builds.slice(creating).find(({ text }) => /^AMI: ami-[0-9a-f]+$/.test(text));
  return said?.text.slice('AMI: '.length);
}

/** `Build 'amazon-ebs.X' errored after 2 minutes: …`, or without the time; more lines of it may follow. */
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
  const more = rest.slice(0, end === -1 ? undefined : end).map(({ text }) => text.trim());
  return {
    message: [said ?? line.text, ...more].filter((text) => text !== '').join('\n'),
    line: line.number,
  };
}

/** Pure: the phase that a build is in once `more` was written to its log; what went before need not be kept. */
export function phaseAfter(before: Phase, more: string, target: string): Phase {
  const now = phaseOf(logLines(more, target).filter(({ ofBuild }) => ofBuild));
  return phases.indexOf(now) > phases.indexOf(before) ? now : before;
}

/** Never back: a script that prints an earlier line changes nothing. */
function phaseOf(builds: LogLine[]): Phase {
  const reached = builds.flatMap(({ text }) =>
    phaseStarts.filter(([start]) => start.test(text)).map(([, phase]) => phase),
  );
  return phases[Math.max(0, ...reached.map((phase) => phases.indexOf(phase)))] ?? 'preparing';
}

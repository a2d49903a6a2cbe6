import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classifyFailure, failureExcerpt } from '../../src/packer/failure.ts';
import { type Phase, phaseAfter, readOutput } from '../../src/packer/output.ts';

const target = 'us-east-1-2204-hvm';
/** The output of Packer 1.6.6, with faults from a server on loopback. */
const log = (name: string) => readFileSync(new URL(`logs/${name}.txt`, import.meta.url), 'utf8');
/** Current Packer writes `==>` before every line of a build. */
const asCurrent = (text: string) => text.replaceAll(/^(\S+: ) {4}(?=amazon-ebs)/gm, '$1==> ');
const ami = 'ami-0feedbeef00000001';

describe.each([
  ['1.6.6', log],
  ['current', (name: string) => asCurrent(log(name))],
])('output of %s', (_version, read) => {
  it('names the AMI of a finished build', () => {
    expect(readOutput(read('finished'), target)).toEqual({
      amiId: ami,
      instanceId: 'i-0123456789abcdef0',
      securityGroupName: 'packer_6b013a84-ae21-4b63-ee1f-dfc75f9eae72',
      keyPairName: 'gopackgo-test-ebs@1.0.0-us-east-1-2204-hvm',
      phase: 'cleaning up',
      finished: true,
      cancelled: false,
    });
  });

  it('has the AMI as soon as its line is written', () => {
    const text = read('finished');
    const line = text.indexOf(`AMI: ${ami}`);
    expect(readOutput(text.slice(0, line), target).amiId).toBeUndefined();
    const soFar = readOutput(text.slice(0, line + `AMI: ${ami}\n`.length), target);
    expect(soFar).toMatchObject({ amiId: ami, phase: 'creating the AMI', finished: false });
  });

  it.each([
    ['script-failed', 'provisioner', undefined],
    ['no-capacity', 'transient', 'InsufficientInstanceCapacity'],
    ['instance-ended', 'transient', 'InsufficientInstanceCapacity'],
    ['throttled', 'transient', 'RequestLimitExceeded'],
    ['connection-cut', 'transient', 'RequestError'],
    ['tags-denied', 'other', 'UnauthorizedOperation'],
  ])('%s is a failure of kind %s', (name, kind, code) => {
    const failure = classifyFailure(read(name), target);
    expect({ kind: failure.kind, code: failure.code }).toEqual({ kind, code });
  });

  it('distinguishes a build that AWS throttled before it launched anything from one throttled later', () => {
    const early = `==> amazon-ebs.${target}: Prevalidating AMI Name: web
Build 'amazon-ebs.${target}' errored after 16 milliseconds: Error querying AMI: RequestLimitExceeded: Request limit exceeded.
\tstatus code: 503, request id: abc-1
`;
    const late = `==> amazon-ebs.${target}: Launching a source AWS instance...
    amazon-ebs.${target}: Instance ID: i-0123456789abcdef0
Build 'amazon-ebs.${target}' errored after 2 minutes: Error stopping instance: RequestLimitExceeded: Request limit exceeded.
`;
    expect([classifyFailure(early, target), classifyFailure(late, target)]).toMatchObject([
      { kind: 'transient', throttledAtStart: true },
      { kind: 'transient' },
    ]);
    expect(classifyFailure(late, target)).not.toHaveProperty('throttledAtStart');
  });
});

it('follows the phases of a build line by line, and never goes back', () => {
  const reached: Phase[] = ['preparing'];
  for (const line of log('finished').split('\n')) {
    const before = reached.at(-1) ?? 'preparing';
    const now = phaseAfter(before, `${line}\n`, target);
    if (now !== before) reached.push(now);
  }
  const unconnected = [
    'preparing',
    'launching',
    'provisioning',
    'stopping',
    'creating the AMI',
    'tagging',
    'cleaning up',
  ];
  expect(reached).toEqual(unconnected);
  expect(phaseAfter('tagging', log('script-failed').split('Provisioning step')[0] ?? '', target)).toBe(
    'tagging',
  );
});

it.each([
  ['script-failed', 'err', 16],
  ['no-capacity', '\tstatus code: 500, request id: abc-1', 12],
  ['tags-denied', '\tstatus code: 400, request id: abc-1', 29],
])('shows where %s failed, without the clean-up', (name, last, line) => {
  const excerpt = failureExcerpt(log(name), target, 3);
  expect(excerpt.lines).toHaveLength(3);
  expect(excerpt.lines.join('\n')).not.toContain('Adding tag: ');
  expect({ last: excerpt.lines.at(-1), line: excerpt.line }).toEqual({ last, line });
  expect(log(name).split('\n')[line - 1]).toContain(last);
});

it('shows the cause, not a failure of the clean-up after it', () => {
  const denied = `==> amazon-ebs.${target}: Error terminating instance, may still be around: UnauthorizedOperation: x`;
  const text = log('script-failed').replace(/(Terminating the source AWS instance\.\.\.\n)/, `$1${denied}\n`);
  expect(text).toContain(denied);
  expect(failureExcerpt(text, target, 3)).toEqual(failureExcerpt(log('script-failed'), target, 3));
});

it('treats a failure to terminate as the success that Packer reports', () => {
  expect(readOutput(log('terminate-denied'), target)).toMatchObject({ amiId: ami, finished: true });
});

it("gives AWS's reason in one line", () => {
  expect(classifyFailure(log('no-capacity'), target).message).toBe(
    'Error launching source instance: InsufficientInstanceCapacity: The service gave its reason here.',
  );
});

it("does not repeat memory addresses in place of AWS's reason", () => {
  const words = 'Error waiting for AMI: failed with ResourceNotReady error';
  const pointers =
    'DescribeImages returned the state reason: &{Code:0x102722e763c0 Message:0x102722e763d0 noSmithyDocumentSerde:{}}';
  const build = `2026-11-21T06:30:31Z: ==> amazon-ebs.${target}: ${words}. ${pointers}\n`;
  const end = `2026-11-21T06:30:31Z: Build 'amazon-ebs.${target}' errored after 1 second: ${words}. ${pointers}\n`;
  expect(classifyFailure(build + end, target)).toMatchObject({ kind: 'other', message: words });
  expect(failureExcerpt(build + end, target, 3).lines).toEqual([words]);
});

it('does not trust "finished" in a cancelled build', () => {
  expect(log('cancelled')).toContain(`Build 'amazon-ebs.${target}' finished`);
  expect(readOutput(log('cancelled'), target)).toMatchObject({ finished: false, cancelled: true });
  expect(classifyFailure(log('cancelled'), target)).toEqual({
    kind: 'other',
    message: 'Packer was asked to stop, and did',
  });
});

/** A log in which a script prints `lines`, up to that point of the build. */
const withScript = (lines: string[], end = '') => {
  const text = log('script-failed');
  const at = text.indexOf('    amazon-ebs.us-east-1-2204-hvm: out');
  const printed = lines.map((line) => `amazon-ebs.${target}: ${line}\n2026-11-21T06:30:29Z: `).join('    ');
  return `${text.slice(0, at)}    ${printed}${end === '' ? text.slice(at) : end}`;
};

describe('a resource that EC2 does not know yet', () => {
  const failedWith = (code: string, options?: object) => {
    const error = `Error authorizing temporary security group: ${code}: it does not exist\n\tstatus code: 400, request id: a`;
    const line = `2026-11-21T06:30:31Z: Build 'amazon-ebs.${target}' errored after 1 second: ${error}\n`;
    return classifyFailure(line, target, options).kind;
  };

  it.each([
    ['InvalidGroup.NotFound', { security_group_ids: ['sg-1'] }],
    ['InvalidGroup.NotFound', { security_group_id: 'sg-1' }],
    ['InvalidGroup.NotFound', { security_group_filter: { filters: { 'tag:Class': 'packer' } } }],
    ['InvalidKeyPair.NotFound', { ssh_keypair_name: 'ours' }],
    ['InvalidSnapshot.NotFound', { launch_block_device_mappings: [{ snapshot_id: 'snap-1' }] }],
  ])('leads to another try with %s, unless the config names it: %o', (code, options) => {
    expect(failedWith(code)).toBe('transient');
    expect(failedWith(code, { instance_type: 't3.micro', temporary_key_pair_name: 'x' })).toBe('transient');
    expect(failedWith(code, options)).toBe('other');
  });

  it('is always named by the config if it is a subnet', () => {
    expect(failedWith('InvalidSubnetID.NotFound')).toBe('other');
  });
});

it("is not recognized in a script's output", () => {
  const fake = [
    'AMI: ami-0bad',
    'Instance ID: i-0bad',
    `Build 'amazon-ebs.${target}' finished after 1 second.`,
  ];
  const output = readOutput(
    withScript([...fake, `Build 'amazon-ebs.${target}' errored: RequestLimitExceeded: x`]),
    target,
  );
  expect(output).toMatchObject({ instanceId: 'i-0123456789abcdef0', finished: false });
  expect(output.amiId).toBeUndefined();
  expect(output.error?.message).toMatch(/^Script exited with non-zero exit status: 100/);
});

it('never retries a provisioner, whatever it printed last', () => {
  const error = `==> amazon-ebs.${target}: Provisioning step had errors: Running\nBuild 'amazon-ebs.${target}' errored: `;
  const text = withScript(['x'], `${error}Error executing Ansible: Throttling: exit status 2\n`);
  expect(classifyFailure(text, target).kind).toBe('provisioner');
});

it.each([
  [
    'Error launching source instance: operation error EC2: RunInstances, https response error StatusCode: 503, RequestID: a, api error Unavailable: x',
    'transient',
    'Unavailable',
  ],
  [
    'Error waiting for instance (i-1) to become ready: Server.InternalError: Internal error on launch',
    'transient',
    'InternalError',
  ],
  [
    'Error launching source instance: InternalError: x\n\tstatus code: 500, request id: a',
    'transient',
    'InternalError',
  ],
  [
    'RequestError: send request failed\ncaused by: Post "https://ec2": x509: certificate signed by unknown authority',
    'other',
    'RequestError',
  ],
  [
    'operation error EC2: X, request send failed, Post "https://ec2": read tcp: connection reset by peer',
    'transient',
    undefined,
  ],
  ['Error launching source instance: SpotMaxPriceTooLow: x', 'other', 'SpotMaxPriceTooLow'],
  ['Error launching source instance: VcpuLimitExceeded: x', 'other', 'VcpuLimitExceeded'],
  ['Error creating AMI: InvalidAMIName.Duplicate: AMI name is in use', 'other', 'InvalidAMIName.Duplicate'],
  ['Timeout waiting for SSH.', 'other', undefined],
])('%s', (message, kind, code) => {
  const text = `2026-11-21T06:30:31Z: Build 'amazon-ebs.${target}' errored after 1 minute 2 seconds: ${message}\n\n==> Wait completed\n`;
  const failure = classifyFailure(text, target);
  expect({ kind: failure.kind, code: failure.code }).toEqual({ kind, code });
});

it('gives no reason for an empty log, or for another target', () => {
  expect(readOutput('', target)).toEqual({ phase: 'preparing', finished: false, cancelled: false });
  expect(readOutput(log('finished'), 'us-east-1-2204-hvm-2')).toEqual({
    phase: 'preparing',
    finished: false,
    cancelled: false,
  });
  expect(failureExcerpt('', target, 5)).toEqual({ lines: [], line: 0 });
  const refused = `2026-11-21T06:30:31Z: Build 'amazon-ebs.${target}' errored after 2 seconds: error validating regions: no\n`;
  expect(failureExcerpt(refused, target, 5)).toEqual({ lines: [], line: 1 });
  expect(classifyFailure('', target).kind).toBe('other');
});

it('shows no credential and no terminal codes of a script', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const { lines } = failureExcerpt(
    withScript([
      '\u001b[31mred\u001b[0m',
      '10%\r\u001b]0;x\u00072%',
      `AWS_SECRET_ACCESS_KEY=${secret}`,
      secret,
    ]),
    target,
    8,
  );
  const shown = lines.join('\n');
  expect(shown).not.toContain(secret);
  expect(shown.replaceAll('\n', '')).toMatch(/^\P{Control}*$/u);
  expect(lines).toContain('red');
});

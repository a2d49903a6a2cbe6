import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { classifyFailure, failureExcerpt } from '../../src/packer/failure.ts';
import { type Phase, phaseAfter, readOutput } from '../../src/packer/output.ts';

/** The output of Packer 1.6.6 for amazon-instance builds, with an S3 on loopback. */
const log = (name: string) => readFileSync(new URL(`logs/${name}.txt`, import.meta.url), 'utf8');
const [pv, hvm] = ['us-east-1-1404-pv', 'us-east-1-1404-hvm'] as const;

it('names the AMI of a finished build as soon as it is registered', () => {
  const text = log('instance-store-finished');
  const [, ami = ''] = /AMI: (ami-[0-9a-f]+)$/m.exec(text) ?? [];
  expect(readOutput(text, pv)).toMatchObject({ amiId: ami, phase: 'cleaning up', finished: true });
  const soFar = text.slice(0, text.indexOf(`AMI: ${ami}\n`) + `AMI: ${ami}\n`.length);
  expect(readOutput(soFar, pv)).toMatchObject({ amiId: ami, phase: 'creating the AMI', finished: false });
  expect(readOutput(text, hvm)).toEqual({ phase: 'preparing', finished: false, cancelled: false });
});

it('follows the phases of a build', () => {
  const reached: Phase[] = ['preparing'];
  for (const line of log('instance-store-finished').split('\n')) {
    const now = phaseAfter(reached.at(-1) ?? 'preparing', `${line}\n`, pv);
    if (now !== reached.at(-1)) reached.push(now);
  }
  expect(reached).toEqual([
    'preparing',
    'launching',
    'connecting',
    'provisioning',
    'bundling',
    'uploading',
    'creating the AMI',
    'tagging',
    'cleaning up',
  ]);
});

it("does not blame provisioners for a failed upload, and shows the tool's message", () => {
  const text = log('upload-failed');
  expect(readOutput(text.slice(0, text.indexOf('Provisioning step')), hvm).phase).toBe('uploading');
  expect(classifyFailure(text, hvm)).toEqual({
    kind: 'other',
    message: expect.stringMatching(/^Bundle upload failed\./),
  });
  expect(failureExcerpt(text, hvm, 8).lines.join('\n')).toContain('Server.InternalError(500)');
});

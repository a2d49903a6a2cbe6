import { describe, expect, it } from 'vitest';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { diffPlans, type ReviewedPlan } from '../../src/plan/diff-plans.ts';
import { plan, target } from '../support/embedded.ts';

const statuses = { 'us-east-1-2204-hvm': 'absent', 'us-east-1-2404-hvm': 'absent' };
const twin: Target = { ...target, name: 'us-east-1-2404-hvm' };
const two: ReleasePlan = { ...plan, targets: [target, twin] };
const reviewed: ReviewedPlan = { ...two, selected: Object.keys(statuses), statuses };

const changed = (more: Partial<Target>): ReleasePlan => ({
  ...two,
  targets: [
    { ...target, recipe: 'sha256:another', ...more },
    { ...twin, recipe: 'sha256:another', ...more },
  ],
});

it('a reviewed plan is valid for the file that it records to, and for no other', () => {
  const recorded = { ...reviewed, record: 'ami_ids.json' };
  expect(diffPlans(recorded, { ...two, record: 'ami_ids.json' }, statuses)).toEqual([]);
  expect(diffPlans(recorded, two, statuses)).toEqual(['recorded in: was "ami_ids.json", is nothing']);
});

describe('a change of a target is named, and the same change of several targets once:', () => {
  const alike = '  the same with 1 other: us-east-1-2404-hvm';

  it('an option of the builder, with old and new value', () => {
    const options = { ...target.packer.options, instance_type: 'm5.24xlarge' };
    expect(diffPlans(reviewed, changed({ packer: { ...target.packer, options } }), statuses)).toEqual([
      'us-east-1-2204-hvm: builder.instance_type: was nothing, is "m5.24xlarge"',
      alike,
    ]);
  });

  it('the provisioners', () => {
    const provisioners = [{ type: 'shell', options: { inline: ['echo another'] } }];
    expect(diffPlans(reviewed, changed({ packer: { ...target.packer, provisioners } }), statuses)).toEqual([
      'us-east-1-2204-hvm: provisioners changed',
      alike,
    ]);
  });

  it('the credentials of the upload, although the recipe is the same: keys on a command line must have been agreed to', () => {
    const bundle = { bucket: 'a', prefix: '2204-hvm', credentials: 'instance-profile' as const };
    const withBundle = (credentials: 'instance-profile' | 'command-line') => ({
      ...two,
      targets: two.targets.map((one) => ({ ...one, bundle: { ...bundle, credentials } })),
    });
    expect(
      diffPlans({ ...reviewed, ...withBundle('instance-profile') }, withBundle('command-line'), statuses),
    ).toEqual(['us-east-1-2204-hvm: bundle.credentials: was "instance-profile", is "command-line"', alike]);
  });

  it('another release by its name, without the resulting AMI names', () => {
    const now = { ...changed({ amiName: 'another', recipe: target.recipe }), release: 'test@2' };
    expect(diffPlans(reviewed, now, statuses)).toEqual([`release: was "${plan.release}", is "test@2"`]);
    expect(diffPlans(reviewed, { ...now, release: plan.release }, statuses)).toEqual([
      `us-east-1-2204-hvm: amiName: was "${target.amiName}", is "another"`,
      alike,
    ]);
  });

  it('what exists in AWS', () => {
    const now = { ...statuses, 'us-east-1-2404-hvm': 'verified ami-01' };
    expect(diffPlans(reviewed, two, now)).toEqual(['us-east-1-2404-hvm: was absent, is verified ami-01']);
  });
});

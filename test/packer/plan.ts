import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';

/** A plan as the planner makes it, for tests. */
export function planOf(...targets: Target[]): ReleasePlan {
  return {
    format: 2,
    release: 'test-ebs@1.0.0',
    publication: 'test-ebs',
    version: '1.0.0',
    account: '123456789012',
    endpoint: 'aws',
    createdAt: '2026-01-02T03:04:05.000Z',
    targets,
    sharing: { public: false, accounts: [], organizations: [], snapshots: true },
  };
}

/** An image whose root is on instance store, in the region of its name. */
export function instanceStoreTarget(name: string, changes: Partial<Target> = {}): Target {
  const target = targetOf(name);
  const hvm = target.image.endsWith('-hvm');
  const bucket = `gopackgo-123456789012-test-ebs-1-0-0-${target.region}`;
  const prefix = target.image;
  return {
    ...target,
    expect: {
      architecture: 'x86_64',
      virtualization: hvm ? 'hvm' : 'paravirtual',
      rootDevice: 'instance-store',
      location: `${bucket}/${prefix}.manifest.xml`,
    },
    bundle: { bucket, prefix, credentials: 'instance-profile', ...(hvm ? { partition: 'mbr' } : {}) },
    packer: {
      ...target.packer,
      builder: 'amazon-instance',
      options: {
        instance_type: 'm3.medium',
        ssh_username: 'ubuntu',
        iam_instance_profile: 'gopackgo-bundler',
      },
    },
    ...changes,
  };
}

export function targetOf(name: string, changes: Partial<Target> = {}): Target {
  const [, region = '', image = ''] = /^([a-z]+-[a-z]+-\d)-(.+)$/.exec(name) ?? [];
  return {
    name,
    region,
    image,
    required: true,
    amiName: `test-ebs 1.0.0 ${image}`,
    base: {
      id: 'ami-0123456789abcdef0',
      name: `ubuntu/images/${image}-20260101`,
      owner: '099720109477',
      asked: `/test/${image}`,
      via: 'ssm',
    },
    recipe: `sha256:${'0123456789abcdef'.repeat(4)}`,
    expect: { architecture: 'x86_64', virtualization: 'hvm', rootDevice: 'ebs' },
    packer: {
      builder: 'amazon-ebs',
      options: { instance_type: 't3.micro', ssh_username: 'ubuntu' },
      provisioners: [{ type: 'shell', options: { script: 'provision/test-ebs.sh' } }],
    },
    ...changes,
  };
}

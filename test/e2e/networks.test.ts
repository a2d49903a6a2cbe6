import { describe, expect, test } from 'vitest';
import type { AccountRule } from '../../sandbox/testing/index.ts';
import { newProject, type Project } from './project.ts';

/** Each test has its own project folder, so that they run at the same time: they wait more than they work. */
const it = test.extend<{ project: Project }>({
  project: async ({ task: _ }, use) => {
    const project = await newProject();
    await use(project);
    await project.remove();
  },
});

const region = 'us-east-1';

/** An account whose builds run in its own VPC, like those of World Builder and bilder. */
const account: AccountRule = {
  region,
  defaultVpc: false,
  vpcs: [
    {
      id: 'vpc-0aaaaaaaaaaaaaaaa',
      cidr: '10.0.0.0/16',
      subnets: [
        {
          id: 'subnet-0aaaaaaaaaaaaaaaa',
          zone: 'a',
          cidr: '10.0.1.0/24',
          public: true,
          tags: { use: 'packer' },
        },
        { id: 'subnet-0bbbbbbbbbbbbbbbb', zone: 'b', cidr: '10.0.2.0/24' },
      ],
      securityGroups: [{ id: 'sg-0aaaaaaaaaaaaaaaa', name: 'ssh', ingress: [{ port: 22 }] }],
    },
  ],
};

/** Publishes one image with these options of the builder. */
const publish = async (project: Project, rule: AccountRule, options: object) => {
  const sandbox = await project.sandbox([], { accounts: [rule] });
  await project.config('test-ebs', (config) => {
    config.regions = { [region]: options };
  });
  const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--only', '2404-hvm']);
  const calls = await sandbox.calls();
  return { ...run, made: calls.filter(({ error }) => error === undefined).map(({ operation }) => operation) };
};

describe.concurrent('a publication in a declared account', () => {
  it('builds in a given subnet with a given group, on the Spot market', async ({ project }) => {
    const { exit, stderr, made } = await publish(project, account, {
      vpc_id: 'vpc-0aaaaaaaaaaaaaaaa',
      subnet_id: 'subnet-0aaaaaaaaaaaaaaaa',
      security_group_id: 'sg-0aaaaaaaaaaaaaaaa',
      associate_public_ip_address: true,
      spot_price: 'auto',
    });
    expect(exit, stderr).toBe(0);
    expect(made).toContain('CreateFleet');
    expect(made).not.toContain('RunInstances');
    expect(made).not.toContain('CreateSecurityGroup');
  });

  it('builds in the subnet with a given tag', async ({ project }) => {
    const { exit, stderr } = await publish(project, account, {
      subnet_filter: { filters: { 'tag:use': 'packer' }, random: true },
      associate_public_ip_address: true,
    });
    expect(exit, stderr).toBe(0);
  });

  it('builds in a private subnet from inside the VPCs', async ({ project }) => {
    const { exit, stderr } = await publish(
      project,
      { ...account, insideVpcs: true },
      { subnet_id: 'subnet-0bbbbbbbbbbbbbbbb', ssh_interface: 'private_ip' },
    );
    expect(exit, stderr).toBe(0);
  });
});

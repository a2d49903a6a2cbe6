import { describe, expect, it, onTestFinished } from 'vitest';
import { type AccountRule, type Sandbox, startSandbox } from '../../index.ts';
import { temporaryFolder } from '../server/stand-in.ts';
import { buildWeb, imagesOf, region } from './a-build.ts';

/** A company's VPC: a public and a private subnet, and a group that allows SSH. */
const vpc = {
  id: 'vpc-0aaaaaaaaaaaaaaaa',
  cidr: '10.0.0.0/16',
  subnets: [
    {
      id: 'subnet-0aaaaaaaaaaaaaaaa',
      zone: 'a',
      cidr: '10.0.1.0/24',
      public: true,
      tags: { tier: 'public' },
    },
    { id: 'subnet-0bbbbbbbbbbbbbbbb', zone: 'a', cidr: '10.0.2.0/24', tags: { tier: 'private' } },
  ],
  securityGroups: [{ id: 'sg-0aaaaaaaaaaaaaaaa', name: 'ssh', ingress: [{ port: 22, cidr: '10.0.0.0/8' }] }],
};

const started = async (rule: AccountRule): Promise<Sandbox> => {
  const accounts = [{ region, defaultVpc: false, ...rule }];
  const sandbox = await startSandbox({ folder: temporaryFolder(), behaviour: { accounts } });
  onTestFinished(() => sandbox.close());
  return sandbox;
};

describe('Packer in a declared VPC', () => {
  it('builds in a public subnet with a public address and a given group', async () => {
    const sandbox = await started({ vpcs: [vpc] });
    const { exit, output } = await buildWeb(sandbox, {
      vpc_id: vpc.id,
      subnet_id: 'subnet-0aaaaaaaaaaaaaaaa',
      security_group_id: 'sg-0aaaaaaaaaaaaaaaa',
      associate_public_ip_address: true,
    });
    expect(exit, output).toBe(0);
    expect(await imagesOf(sandbox)).toEqual(['web 1.0']);
  });

  it('builds in a subnet that it finds by its tag, with its own group', async () => {
    const sandbox = await started({ vpcs: [vpc] });
    const { exit, output } = await buildWeb(sandbox, {
      subnet_filter: { filters: { 'tag:tier': 'public' }, random: true },
      associate_public_ip_address: true,
    });
    expect(exit, output).toBe(0);
    expect(sandbox.calls().find(({ operation }) => operation === 'CreateSecurityGroup')?.input).toMatchObject(
      {
        VpcId: vpc.id,
      },
    );
  });

  it('gets no SSH in a private subnet, and leaves nothing behind', async () => {
    const sandbox = await started({ vpcs: [vpc] });
    const { exit, output } = await buildWeb(sandbox, {
      subnet_id: 'subnet-0bbbbbbbbbbbbbbbb',
      ssh_timeout: '15s',
    });
    expect(exit).toBe(1);
    expect(output).toContain('Timeout waiting for SSH');
    expect(await imagesOf(sandbox)).toEqual([]);
  });

  it('builds in a private subnet from inside the VPC', async () => {
    const sandbox = await started({ vpcs: [{ ...vpc, inside: true }] });
    const { exit, output } = await buildWeb(sandbox, {
      subnet_id: 'subnet-0bbbbbbbbbbbbbbbb',
      ssh_interface: 'private_ip',
    });
    expect(exit, output).toBe(0);
    expect(output).toMatch(/Using ssh communicator to connect: 127\.78\./i);
  });

  it('gets no SSH from outside at the private address, even in a public subnet', async () => {
    const sandbox = await started({ vpcs: [vpc] });
    const { exit, output } = await buildWeb(sandbox, {
      subnet_id: 'subnet-0aaaaaaaaaaaaaaaa',
      associate_public_ip_address: true,
      ssh_interface: 'private_ip',
      ssh_timeout: '15s',
    });
    expect(exit).toBe(1);
    expect(output).toContain('Timeout waiting for SSH');
  });
});

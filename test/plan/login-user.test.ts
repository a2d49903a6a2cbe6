import { describe, expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import type { BaseSettings, Json, Publication } from '../../src/model/publication.ts';
import { loginUserOf } from '../../src/plan/login-user.ts';
import { makeReleasePlan } from '../../src/plan/make-plan.ts';
import { clientsOf } from '../support/embedded.ts';
import { publication, settings } from './a-publication.ts';

describe('the login user of a base image', () => {
  it.each<[string, string, string]>([
    ['099720109477', 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260923', 'ubuntu'],
    ['137112412989', 'al2023-ami-minimal-2023.12.20260918.0-kernel-6.18-x86_64', 'ec2-user'],
    ['137112412989', 'amzn2-ami-kernel-5.10-hvm-2.0.20260825.0-x86_64-gp2', 'ec2-user'],
    ['591542846629', 'al2023-ami-ecs-hvm-2023.0.20260918-kernel-6.1-x86_64', 'ec2-user'],
    ['602401143452', 'amazon-eks-node-al2023-x86_64-standard-1.34-v20260918', 'ec2-user'],
    ['136693071363', 'debian-12-amd64-20260923-2610', 'admin'],
    ['075585003325', 'Flatcar-stable-4593.2.5-hvm', 'core'],
    ['792107900819', 'Rocky-9-EC2-Base-9.8-20260525.0.x86_64', 'rocky'],
    ['764336703387', 'AlmaLinux OS 9.8.20260526 x86_64', 'ec2-user'],
    ['309956199498', 'RHEL-10.2.0_HVM-20260908-x86_64-0-Hourly2-GP3', 'ec2-user'],
    ['125523088429', 'Fedora-Cloud-Base-AmazonEC2.x86_64-43-1.6', 'fedora'],
    ['125523088429', 'CentOS Stream 9 x86_64 20260401', 'ec2-user'],
  ])('by %s, "%s", is %s', (owner, name, user) => {
    expect(loginUserOf({ owner, name })).toBe(user);
  });

  it.each<[string, string, string]>([
    ['an own image', '123456789012', 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260923'],
    ['one of the Marketplace', '679593333241', 'Rocky-9-EC2-Base-9.8-20260525.0.x86_64'],
    ['Bottlerocket', '137112412989', 'bottlerocket-aws-ecs-2-x86_64-v1.50.0'],
    ['Windows', '801119661308', 'Windows_Server-2025-English-Full-Base-2026.09.17'],
  ])('by %s is not known', (_, owner, name) => {
    expect(loginUserOf({ owner, name })).toBeUndefined();
  });
});

const al2023 = { ssm: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64' };
const windows = { ssm: '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base' };

const planOf = (base: BaseSettings, builder: Record<string, Json>, change: Partial<Publication> = {}) =>
  makeReleasePlan(
    publication({
      images: [settings({ base, builder: { instance_type: 't3.micro', ...builder } })],
      regions: [{ name: 'us-east-1', bestEffort: false, builder: {} }],
      ...change,
    }),
    { clients: clientsOf(createWorld()), account: '123456789012', endpoint: 'sandbox:1' },
    undefined,
    new Date(),
  );

describe('a target', () => {
  it('logs in as the user of its base image, which is in its recipe as if the config set it', async () => {
    const [target] = (await planOf(al2023, {})).targets;
    expect(target).toMatchObject({
      loginUser: 'ec2-user',
      packer: { options: { instance_type: 't3.micro', ssh_username: 'ec2-user' } },
    });
    const [said] = (await planOf(al2023, { ssh_username: 'ec2-user' })).targets;
    expect(said?.recipe).toBe(target?.recipe);
    expect(said).not.toHaveProperty('loginUser');
  });

  it('logs in as the config says, for the image or for the region', async () => {
    const [image] = (await planOf(al2023, { ssh_username: 'root' })).targets;
    expect(image?.packer.options.ssh_username).toBe('root');
    const regions = [{ name: 'us-east-1', bestEffort: false, builder: { ssh_username: 'me' } }];
    const [region] = (await planOf(al2023, {}, { regions })).targets;
    expect(region?.packer.options.ssh_username).toBe('me');
    expect(region).not.toHaveProperty('loginUser');
  });

  it('needs no user if Packer does not use SSH', async () => {
    const [target] = (await planOf(windows, { communicator: 'winrm', winrm_username: 'Administrator' }))
      .targets;
    expect(target?.packer.options).not.toHaveProperty('ssh_username');
  });

  it('is refused if the user is not known, with the place and what to do', async () => {
    await expect(planOf(windows, {})).rejects.toThrow(
      /^configs\/web\.json: images\[0\]\.builder\.ssh_username: expected the user .* since it is Windows, found nothing for ami-\w+ \("Windows_Server-2025-\S+"\) in us-east-1\. Set "communicator": "winrm", or the user/,
    );
  });
});

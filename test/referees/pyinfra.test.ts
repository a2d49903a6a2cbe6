import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2 } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestHandler } from '../../sandbox/index.ts';
import { judge, judged } from './judge.ts';
import { type JudgedSandbox, judgedSandbox } from './judged-sandbox.ts';
import { python } from './python.ts';

const name = 'PyInfra';
const environment = judge(name);

/** A typical deploy: facts, packages, files both ways, users, services, commands. */
const deploy = `
from pyinfra import host
from pyinfra.facts.server import LinuxDistribution, LinuxName, Which
from pyinfra.operations import apt, files, server, systemd

print("FACTS", host.get_fact(LinuxName), host.get_fact(LinuxDistribution)["major"], host.get_fact(Which, command="bash"))
apt.update(_sudo=True)
server.packages(packages=["nginx"], _sudo=True)
files.directory(path="/opt/app", user="ubuntu", _sudo=True)
files.put(src="app.conf", dest="/opt/app/app.conf", mode="644", _sudo=True)
files.sync(src="tree", dest="/srv/tree", _sudo=True)
files.get(src="/etc/os-release", dest="os-release")
server.user(user="app", _sudo=True)
server.script(src="setup.sh", _sudo=True)
server.service(service="nginx", running=True, _sudo=True)
systemd.service(service="app", enabled=True, _sudo=True)
server.shell(commands=["echo $HOME"])
`;

describe.skipIf(!environment)('PyInfra on an instance of the sandbox', () => {
  let judgedOne: JudgedSandbox;
  let folder: string;
  const files = mkdtempSync(join(tmpdir(), 'pyinfra files-'));
  const state = mkdtempSync(join(tmpdir(), 'pyinfra state-'));
  beforeAll(async () => {
    judgedOne = await judgedSandbox({ folder: state });
    folder = files;
  });
  afterAll(async () => {
    await judgedOne.close();
    for (const one of [files, state]) rmSync(one, { recursive: true, force: true });
    judged(name, 'a deploy of 11 operations and 3 facts over SSH');
  });

  async function instance() {
    const { sandbox } = judgedOne;
    const ec2 = new EC2({
      region: 'us-east-1',
      credentials: sandbox.credentials,
      requestHandler: createRequestHandler(sandbox),
    });
    const key = await ec2.createKeyPair({ KeyName: 'deploy', KeyType: 'ed25519' });
    writeFileSync(join(folder, 'key.pem'), key.KeyMaterial ?? '', { mode: 0o600 });
    const { Images = [] } = await ec2.describeImages({
      Owners: ['099720109477'],
      Filters: [{ Name: 'name', Values: ['ubuntu/images/*-24.04-amd64-server-*'] }],
    });
    // The default group allows no access from outside.
    const { GroupId = '' } = await ec2.createSecurityGroup({ GroupName: 'deploy', Description: 'SSH' });
    await ec2.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    const { Instances = [] } = await ec2.runInstances({
      ImageId: Images[0]?.ImageId,
      InstanceType: 't3.micro',
      KeyName: 'deploy',
      SecurityGroupIds: [GroupId],
      MinCount: 1,
      MaxCount: 1,
    });
    const id = Instances[0]?.InstanceId ?? '';
    const { Reservations = [] } = await ec2.describeInstances({ InstanceIds: [id] });
    return { id, address: Reservations[0]?.Instances?.[0]?.PublicIpAddress ?? '' };
  }

  it('deploys: every operation succeeds and is recorded', async () => {
    if (!environment) throw new Error('not skipped');
    const { id, address } = await instance();
    mkdirSync(join(folder, 'tree', 'sub'), { recursive: true });
    writeFileSync(join(folder, 'tree', 'sub', 'file'), 'x');
    writeFileSync(join(folder, 'app.conf'), 'a = 1\n');
    writeFileSync(join(folder, 'setup.sh'), '#!/bin/sh\necho set up\n');
    writeFileSync(join(folder, 'deploy.py'), deploy);
    const ssh = [
      '--ssh-user',
      'ubuntu',
      '--ssh-port',
      String(judgedOne.sandbox.sshPort),
      '--ssh-key',
      'key.pem',
    ];
    const options = [
      '--data',
      'ssh_known_hosts_file=known_hosts',
      '--data',
      'ssh_strict_host_key_checking=no',
    ];
    const ran = await python(
      environment,
      ['-m', 'pyinfra', '-y', ...ssh, ...options, address, 'deploy.py'],
      judgedOne.variables,
      { cwd: folder },
    );
    const said = `${ran.stdout}\n${ran.stderr}`;
    expect(ran.status, said).toBe(0);
    expect(said).toContain('FACTS Ubuntu 24 /usr/bin/bash');
    expect(said).toMatch(/Grand total\s+11\s+11\s+-\s+-/);
    expect(readFileSync(join(folder, 'os-release'), 'utf8')).toContain('VERSION_ID="24.04"');
    const commands = readFileSync(join(state, 'instances', id, 'commands.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { command: string; exit: number });
    expect(commands.filter(({ exit }) => exit !== 0)).toEqual([]);
    expect(commands.map(({ command }) => command)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/apt-get .*install nginx/),
        expect.stringMatching(/^sftp put \/tmp\/pyinfra-/),
        expect.stringContaining('useradd'),
        'sftp get /etc/os-release',
        expect.stringContaining('systemctl enable app'),
      ]),
    );
  });
});

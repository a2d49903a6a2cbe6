import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { platform } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { resultOf } from './events.ts';
import { cleanEnvironment, newProject, type Project, program, type Run } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const publish = ['publish', 'test-ebs', '--sandbox', '--yes', '--json'];

const isRoot = platform() === 'linux' && process.getuid?.() === 0;
const canBeAlone =
  isRoot &&
  spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0;
const isNeeded = isRoot && !['', 'false'].includes(process.env.GOPACKGO_JUDGES_NEEDED ?? '');

/** Runs the command line in a separate network namespace that has only loopback, and reads its counters. */
async function alone(words: string[], environment: Record<string, string>) {
  const counters = project.path('counters');
  const script = 'ip link set lo up && "$@"; exit=$?; cat /proc/net/snmp >"$COUNTERS"; exit $exit';
  const child = spawn('unshare', ['--net', 'bash', '-c', script, 'alone', process.execPath, ...words], {
    cwd: project.folder,
    env: { ...cleanEnvironment(project.folder), ...environment, COUNTERS: counters },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 100_000,
  });
  const run: Run = { exit: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    run.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    run.stderr += text;
  });
  [run.exit] = (await once(child, 'close')) as [number | null];
  return { run, tried: await triedToLeave(counters) };
}

/** Packets without a route, and datagrams of any kind: a DNS lookup would be one. */
async function triedToLeave(file: string) {
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.split(' '));
  const counter = (protocol: string, name: string) => {
    const [names = [], values = []] = lines.filter(([first]) => first === `${protocol}:`);
    const value = values[names.indexOf(name)];
    if (value === undefined) throw new Error(`the system has no counter ${protocol} ${name}`);
    return Number(value);
  };
  return { packets: counter('Ip', 'OutNoRoutes'), datagrams: counter('Udp', 'OutDatagrams') };
}

describe.skipIf(!canBeAlone && !isNeeded)('in a network namespace with loopback only (root on Linux)', () => {
  it('the counters count attempts to leave', async () => {
    const dial = "fetch('http://192.0.2.1/').catch(() => {})";
    expect((await alone(['-e', dial], {})).tried.packets).toBeGreaterThan(0);
  });

  it('a whole publish succeeds, and nothing in it even tries to leave', async () => {
    const { run, tried } = await alone([program, ...publish], {});
    expect(run.exit, run.stderr).toBe(0);
    expect(resultOf(run).targets.map(({ status }) => status)).toEqual(['verified', 'verified']);
    expect(tried).toEqual({ packets: 0, datagrams: 0 });
  });

  it('nor does it if the environment says to bypass the proxy', async () => {
    const { run, tried } = await alone([program, ...publish], pastTheProxy);
    expect(run.exit, run.stderr).toBe(0);
    expect(tried).toEqual({ packets: 0, datagrams: 0 });
  });
});

const pastTheProxy = {
  NO_PROXY: '.amazonaws.com,*',
  no_proxy: '.amazonaws.com,*',
  AWS_EC2_METADATA_DISABLED: 'false',
};

/** A server that nobody must reach: it counts requests, and refuses them as AWS would, so that nobody asks twice. */
async function trap() {
  const reached: string[] = [];
  const refusal = '<Response><Errors><Error><Code>AuthFailure</Code></Error></Errors></Response>';
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      reached.push(data.toString('latin1').split('\r\n')[0] ?? '');
      socket.end(
        `HTTP/1.1 403 Forbidden\r\nContent-Length: ${refusal.length}\r\nConnection: close\r\n\r\n${refusal}`,
      );
    });
  });
  return { server, reached };
}

async function httpTrap(traps: Record<string, string[]>, name: string): Promise<string> {
  const { server, reached } = await trap();
  traps[name] = reached;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function agentTrap(traps: Record<string, string[]>): Promise<string> {
  const { server, reached } = await trap();
  server.on('connection', () => reached.push('connected'));
  traps.agent = reached;
  const path = project.path('agent.sock');
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return path;
}

/** Everything that could lead an AWS tool past a sandbox, each setting to its own trap. */
async function hostile(): Promise<{
  environment: Record<string, string>;
  reached: () => Record<string, string[]>;
  credentialProcess: string;
}> {
  const traps: Record<string, string[]> = {};
  const url = (name: string) => httpTrap(traps, name);
  const credentialProcess = project.path('credential-process-ran');
  const helper = project.path('credential-process');
  await writeFile(helper, `#!/bin/sh\ntouch '${credentialProcess}'\nexit 1\n`);
  await chmod(helper, 0o755);
  const profile = [
    `endpoint_url = ${await url('endpoint_url of the profile')}`,
    'services = theirs',
    `credential_process = "${helper}"`,
    'region = eu-central-1',
    `ca_bundle = ${project.path('other-ca.pem')}`,
  ].join('\n');
  const config = `[default]\n${profile}\n[profile work]\n${profile}\n[services theirs]\nec2 =\n  endpoint_url = ${await url('endpoint_url of the services')}\n`;
  await mkdir(project.path('.aws'));
  await writeFile(project.path('.aws/config'), config);
  await writeFile(
    project.path('.aws/credentials'),
    '[work]\naws_access_key_id = AKIAHOSTILE0000001\naws_secret_access_key = x\n',
  );
  await writeFile(project.path('other-ca.pem'), 'no certificate');
  const proxy = await url('proxy');
  return {
    environment: {
      ...pastTheProxy,
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      ALL_PROXY: proxy,
      all_proxy: proxy,
      AWS_ENDPOINT_URL: await url('AWS_ENDPOINT_URL'),
      AWS_ENDPOINT_URL_EC2: await url('AWS_ENDPOINT_URL_EC2'),
      AWS_ENDPOINT_URL_STS: await url('AWS_ENDPOINT_URL_STS'),
      AWS_ENDPOINT_URL_SSM: await url('AWS_ENDPOINT_URL_SSM'),
      AWS_EC2_METADATA_SERVICE_ENDPOINT: await url('instance metadata'),
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${await url('container credentials')}/credentials`,
      AWS_PROFILE: 'work',
      AWS_CONFIG_FILE: project.path('.aws/config'),
      AWS_SHARED_CREDENTIALS_FILE: project.path('.aws/credentials'),
      AWS_SDK_LOAD_CONFIG: '1',
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      AWS_REGION: 'eu-central-1',
      AWS_CA_BUNDLE: project.path('other-ca.pem'),
      SSL_CERT_FILE: project.path('other-ca.pem'),
      PKR_VAR_ssh_port: '22',
      SSH_AUTH_SOCK: await agentTrap(traps),
    },
    reached: () => Object.fromEntries(Object.entries(traps).filter(([, lines]) => lines.length > 0)),
    credentialProcess,
  };
}

describe('in an environment in which every setting leads elsewhere', () => {
  it('a publish without --sandbox reaches the traps, so they are where tools look', async () => {
    const { environment, reached } = await hostile();
    const {
      AWS_CA_BUNDLE: _bundle,
      AWS_USE_FIPS_ENDPOINT: _fips,
      AWS_USE_DUALSTACK_ENDPOINT: _dual,
      ...rest
    } = environment;
    const run = await project.run(['plan', 'test-ebs'], {
      ...rest,
      AWS_ACCESS_KEY_ID: 'AKIAHOSTILE0000002',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_PROFILE: '',
    });
    expect(run.exit).not.toBe(0);
    expect(Object.keys(reached())).toContain('AWS_ENDPOINT_URL_STS');
  });

  it('a publish in the sandbox reaches no trap, and succeeds', async () => {
    const { environment, reached, credentialProcess } = await hostile();
    const run = await project.run(publish, environment);
    expect(run.exit, run.stderr).toBe(0);
    expect(resultOf(run).targets.map(({ status }) => status)).toEqual(['verified', 'verified']);
    expect(reached()).toEqual({});
    expect(existsSync(credentialProcess)).toBe(false);
  });
});

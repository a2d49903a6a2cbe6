import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { resultOf } from './events.ts';
import { packersAgent } from './faults.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';

let project: Project;
let sandbox: RunningSandbox;
beforeEach(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
});
afterEach(() => project.remove());

const login = 'ada:s3cret%2Fpass';
const expected = `Basic ${Buffer.from(decodeURIComponent(login)).toString('base64')}`;

/** A company's proxy: it requires a password, and intercepts TLS with its own authority, that of the sandbox behind it. */
async function companyProxy() {
  const tunnels: string[] = [];
  const plain: string[] = [];
  const server = createServer((request, response) => {
    plain.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  server.on('connect', (request, client) => {
    client.on('error', () => undefined);
    if (request.headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
      return;
    }
    tunnels.push(request.url ?? '');
    const { hostname, port } = new URL(sandbox.environment.HTTPS_PROXY ?? '');
    const behind = connect(Number(port), hostname, () => {
      behind.write(`CONNECT ${request.url} HTTP/1.1\r\nHost: ${request.url}\r\n\r\n`);
      behind.pipe(client);
      client.pipe(behind);
    });
    behind.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = (who: string) => `http://${who}@127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { tunnels, plain, address };
}

/** The environment of a shell behind it; of the sandbox only its keys, its certificates and its SSH port. */
function shellBehind(proxy: string): Record<string, string> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CA_BUNDLE, PKR_VAR_ssh_port } = sandbox.environment;
  const own = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CA_BUNDLE, PKR_VAR_ssh_port };
  return {
    ...(own as Record<string, string>),
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    NO_PROXY: '169.254.169.254',
  };
}

const publish = ['publish', 'test-ebs', '--yes', '--json', '--only', '2404-hvm'];

describe('behind a proxy that requires a password and intercepts TLS', () => {
  it("all calls to AWS go through it, Packer's too, and nothing else: Packer gets its credentials on loopback", async () => {
    const { tunnels, plain, address } = await companyProxy();
    const run = await project.run(publish, shellBehind(address(login)));
    expect(run.exit, run.stderr).toBe(0);
    expect(resultOf(run).targets).toMatchObject([{ status: 'verified' }]);
    const calls = await sandbox.calls();
    const fromPacker = calls.filter(({ userAgent }) => userAgent.includes(packersAgent));
    expect(fromPacker.length).toBeGreaterThan(5);
    expect(calls.length).toBeGreaterThan(fromPacker.length);
    expect(new Set(tunnels)).toEqual(
      new Set(
        ['sts', 'ec2', 'ssm', 'servicequotas'].map((service) => `${service}.us-east-1.amazonaws.com:443`),
      ),
    );
    expect(plain).toEqual([]);
  });

  it('without its authority nothing is called, and the message says so, without the password', async () => {
    const { address } = await companyProxy();
    const { AWS_CA_BUNDLE: _, ...shell } = shellBehind(address(login));
    const run = await project.run(publish, shell);
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(/certificate.*Check the network and HTTPS_PROXY/s);
    expect(run.stderr).not.toContain('s3cret');
    expect(await sandbox.calls()).toEqual([]);
  });

  it("with another password the run is refused, with the proxy's answer", async () => {
    const { address } = await companyProxy();
    const run = await project.run(publish, shellBehind(address('ada:wrong')));
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(/407.*Check the network and HTTPS_PROXY/s);
    expect(run.stderr).not.toContain('wrong');
    expect(await sandbox.calls()).toEqual([]);
  });
});

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

/** A company's proxy: it wants to know who asks, and opens TLS with an authority of its own, which is the sandbox behind it. */
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

/** What a shell behind it has; nothing of the sandbox but its keys, its certificates and its SSH port. */
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

describe('behind a proxy that wants a password and opens TLS', () => {
  it("all that is asked of AWS goes through it, Packer's calls too, and nothing else: credentials are got on loopback", async () => {
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

  it('without its authority nothing is asked, and the message leads there; the password is not in it', async () => {
    const { address } = await companyProxy();
    const { AWS_CA_BUNDLE: _, ...shell } = shellBehind(address(login));
    const run = await project.run(publish, shell);
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(/certificate.*Check the network and HTTPS_PROXY/s);
    expect(run.stderr).not.toContain('s3cret');
    expect(await sandbox.calls()).toEqual([]);
  });

  it('with another password it is refused, saying what the proxy said', async () => {
    const { address } = await companyProxy();
    const run = await project.run(publish, shellBehind(address('ada:wrong')));
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(/407.*Check the network and HTTPS_PROXY/s);
    expect(run.stderr).not.toContain('wrong');
    expect(await sandbox.calls()).toEqual([]);
  });
});

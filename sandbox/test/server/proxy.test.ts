import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { describe, expect, it } from 'vitest';
import { standIn, startWith, temporaryFolder } from './stand-in.ts';
import { askDirectly, askThrough, connectTo } from './tunnel.ts';

const started = async () => {
  const api = standIn();
  const folder = temporaryFolder();
  const sandbox = await startWith(api, { folder });
  return { api, folder, sandbox };
};

describe('a host of the embedded AWS', () => {
  it("is answered over TLS with its authority's certificate, with the request unchanged", async () => {
    const { api, sandbox } = await started();
    const answers = await Promise.all(
      ['ec2.us-east-1', 'ssm.eu-west-1', 'sts.eu-west-1', 'sts'].map((name) =>
        askThrough(sandbox.url, sandbox.ca, `https://${name}.amazonaws.com/a%20b?c=d&c`, {
          headers: { 'X-Amz-Date': '20260101T000000Z' },
          body: `Action=${name}`,
        }),
      ),
    );
    expect(answers.map(({ status, text, headers }) => [status, text, headers['x-path']])).toEqual(
      Array(4).fill([200, 'done', '/a%20b?c=d&c']),
    );
    expect(api.requests.map(({ hostname, body }) => `${hostname} ${body}`).sort()).toEqual([
      'ec2.us-east-1.amazonaws.com Action=ec2.us-east-1',
      'ssm.eu-west-1.amazonaws.com Action=ssm.eu-west-1',
      'sts.amazonaws.com Action=sts',
      'sts.eu-west-1.amazonaws.com Action=sts.eu-west-1',
    ]);
    expect(api.requests[0]).toMatchObject({ method: 'POST', headers: { 'x-amz-date': '20260101T000000Z' } });
  });

  it('is not trusted without the authority', async () => {
    const { api, sandbox } = await started();
    const other = await startWith(standIn(), { folder: temporaryFolder() });
    const asked = askThrough(sandbox.url, other.ca, 'https://ec2.us-east-1.amazonaws.com/');
    await expect(asked).rejects.toThrow(/certificate/);
    expect(api.requests).toEqual([]);
  });

  it('keeps its connection for the next request', async () => {
    const { api, sandbox } = await started();
    const agent = new HttpsProxyAgent(sandbox.url, { keepAlive: true, maxSockets: 1 });
    let connections = 0;
    const connect = agent.connect.bind(agent);
    agent.connect = (...given) => {
      connections += 1;
      return connect(...given);
    };
    for (const path of ['/1', '/2', '/3']) {
      await askThrough(sandbox.url, sandbox.ca, `https://ec2.us-east-1.amazonaws.com${path}`, { agent });
    }
    agent.destroy();
    expect(api.requests.map(({ path }) => path)).toEqual(['/1', '/2', '/3']);
    expect(connections).toBe(1);
  });

  it('has its connection cut by `drop`, and gets no answer by `hang` until the sandbox closes', async () => {
    const { api, sandbox } = await started();
    api.answer = async ({ path }) => (path === '/drop' ? 'drop' : 'hang');
    await expect(
      askThrough(sandbox.url, sandbox.ca, 'https://ec2.us-east-1.amazonaws.com/drop'),
    ).rejects.toThrow();
    let ended = false;
    const hangs = askThrough(sandbox.url, sandbox.ca, 'https://ec2.us-east-1.amazonaws.com/hang').finally(
      () => {
        ended = true;
      },
    );
    hangs.catch(() => undefined);
    await expect.poll(() => api.requests.length).toBe(2);
    expect(ended).toBe(false);
    await sandbox.close();
    await expect(hangs).rejects.toThrow();
  });

  it('refuses a body that is too long, and a Host other than the tunnel’s', async () => {
    const { api, sandbox } = await started();
    const long = await askThrough(sandbox.url, sandbox.ca, 'https://ec2.us-east-1.amazonaws.com/', {
      body: Buffer.alloc(4 * 1024 * 1024 + 1),
    }).catch((error: NodeJS.ErrnoException) => ({ status: error.code }));
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(long.status);
    const other = await askThrough(sandbox.url, sandbox.ca, 'https://ec2.us-east-1.amazonaws.com/', {
      headers: { Host: 'ec2.eu-west-1.amazonaws.com' },
    });
    expect(other.status).toBe(501);
    expect(api.requests).toEqual([]);
  });
});

describe('any other host', () => {
  it.each([
    ['checkpoint-api.hashicorp.com:443', 'checkpoint-api.hashicorp.com:443'],
    ['ec2.us-east-1.amazonaws.com:80', 'ec2.us-east-1.amazonaws.com:80'],
    ['ec2.us-east-1.amazonaws.com.example.net:443', 'ec2.us-east-1.amazonaws.com.example.net:443'],
    ['amazonaws.com:443', 'amazonaws.com:443'],
    ['notamazonaws.com:443', 'notamazonaws.com:443'],
    ['user:secret@example.net:443', 'example.net:443'],
  ])('CONNECT %s is refused by name', async (target, named) => {
    const { folder, sandbox } = await started();
    const answer = await connectTo(sandbox.url, target);
    expect(answer).toMatchObject({ status: 501, reason: `Not in the gopackgo sandbox: ${named}` });
    expect(answer.text).toContain(`does not serve ${named} and`);
    expect(sandbox.refusals()).toMatchObject([{ method: 'CONNECT', host: named }]);
    const line = readFileSync(join(folder, 'refusals.ndjson'), 'utf8').trim();
    expect(JSON.parse(line)).toEqual(sandbox.refusals()[0]);
    expect(line).not.toContain('secret');
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data/', '169.254.169.254'],
    ['http://ec2.us-east-1.amazonaws.com/', 'ec2.us-east-1.amazonaws.com'],
    ['HTTP://example.net:8080?q', 'example.net:8080'],
  ])('%s is refused by name', async (target, named) => {
    const { api, sandbox } = await started();
    const answer = await askDirectly(sandbox.url, target);
    expect(answer).toMatchObject({ status: 501, reason: `Not in the gopackgo sandbox: ${named}` });
    expect(answer.text).toContain(named);
    expect(api.requests).toEqual([]);
    expect(sandbox.refusals()).toMatchObject([{ method: 'GET', host: named }]);
  });
});

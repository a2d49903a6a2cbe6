import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callSandbox, connectSandbox } from '../../server/connect.ts';
import { keyPair, logIn, machineWith, run, uploaded } from './ssh-client.ts';
import { standIn, startWith, temporaryFolder } from './stand-in.ts';
import { askDirectly, askThrough, connectTo } from './tunnel.ts';

const started = async () => {
  const api = standIn();
  const folder = temporaryFolder();
  return { api, folder, sandbox: await startWith(api, { folder }) };
};

it('accepts faults, lists them and removes them', async () => {
  const { sandbox } = await started();
  const faults = [
    {
      on: 'ec2:RunInstances',
      region: 'us-east-1',
      times: 2,
      does: { error: 'RequestLimitExceeded', status: 503 },
    },
    { on: 'ssh', target: 'us-east-1-1404', command: '^/tmp/', does: { exit: 9, stderr: 'no' } },
    { on: 'ec2:*', does: 'drop' },
  ];
  expect(await callSandbox(sandbox.url, 'POST', '/_sandbox/faults', faults)).toEqual({ faults });
  expect(await callSandbox(sandbox.url, 'GET', '/_sandbox/faults')).toEqual({ faults });
  expect(await callSandbox(sandbox.url, 'DELETE', '/_sandbox/faults')).toEqual({ faults: [] });
});

it.each([
  [{ on: 'ec2:RunInstances' }, "must have required property 'does'"],
  [{ on: 'ec2:RunInstances', does: { eror: 'x' } }, 'does'],
  [{ on: 'ec2:RunInstances', does: 'explode' }, 'does: expected {"error": "CODE"}'],
  [{ on: 'ec2:StopInstances', does: { becomes: 'failed' } }, '`becomes` only works for'],
  [{ on: 'sqs:SendMessage', does: 'drop' }, 'on'],
  [{ on: 'ssh', does: { exit: 256 } }, 'exit'],
  [{ on: 'ssh', comand: 'x', does: 'hang' }, 'additional properties'],
  [{ on: 'ssh', command: '(', does: 'hang' }, 'command'],
  [null, 'object'],
])('refuses the fault %j', async (fault, why) => {
  const { sandbox } = await started();
  const asked = callSandbox(sandbox.url, 'POST', '/_sandbox/faults', [fault]);
  await expect(asked).rejects.toThrow(/faults\[0\]/);
  await expect(asked).rejects.toThrow(why);
  expect(sandbox.faults.list()).toEqual([]);
});

it('refuses a body that is not JSON or is too large', async () => {
  const { sandbox } = await started();
  const ask = (body: string) => askDirectly(sandbox.url, '/_sandbox/faults', { method: 'POST', body });
  expect(await ask('{')).toMatchObject({ status: 400, text: expect.stringContaining('not JSON') });
  expect(await ask(' '.repeat(16 * 1024 * 1024 + 1))).toMatchObject({
    status: 400,
    text: expect.stringContaining('bytes'),
  });
});

it('lists calls and refusals', async () => {
  const { sandbox } = await started();
  await askThrough(sandbox.url, sandbox.ca, 'https://sts.amazonaws.com/who');
  await connectTo(sandbox.url, 'example.net:443');
  expect(await callSandbox(sandbox.url, 'GET', '/_sandbox/calls')).toMatchObject({
    calls: [{ path: '/who' }],
    refusals: [{ host: 'example.net:443' }],
  });
});

it('resets to another identity, without instances, faults and their records', async () => {
  const folder = temporaryFolder();
  const api = standIn();
  const key = keyPair();
  api.running = [machineWith(key.public)];
  const sandbox = await startWith(api, { folder, faults: [{ on: 'ec2:*', does: 'drop' }] });
  const client = await logIn('127.77.1.2', sandbox.sshPort, { privateKey: key.private });
  client.on('error', () => undefined);
  await run(client, 'scp -vt /tmp', Buffer.from('C0644 1 a\nb\0'));
  expect(existsSync(uploaded(folder, '/tmp/a'))).toBe(true);
  await connectTo(sandbox.url, 'example.net:443');
  expect(await callSandbox(sandbox.url, 'POST', '/_sandbox/reset')).toMatchObject({ id: 'state-2' });
  expect(sandbox.id).toBe('state-2');
  expect(sandbox.faults.list()).toEqual([]);
  expect(sandbox.refusals()).toEqual([]);
  expect(existsSync(join(folder, 'refusals.ndjson'))).toBe(false);
  expect(existsSync(uploaded(folder, '/tmp/a'))).toBe(false);
  await expect(logIn('127.77.1.2', sandbox.sshPort, { privateKey: key.private })).rejects.toThrow(
    'ECONNREFUSED',
  );
});

it('stops the sandbox', async () => {
  const { sandbox } = await started();
  expect(await callSandbox(sandbox.url, 'POST', '/_sandbox/stop')).toEqual({ stopping: true });
  await sandbox.closed;
  await expect(connectSandbox(sandbox.url)).rejects.toThrow('no sandbox answers');
});

describe('a web page', () => {
  it.each([
    ['its origin', { Origin: 'https://example.net' }],
    ['the origin of the sandbox itself', { Origin: 'http://127.0.0.1' }],
    ['a name that was bound to loopback', { Host: 'rebound.example.net' }],
    ['a request of its own making', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('is refused by %s', async (_what, headers) => {
    const { api, sandbox } = await started();
    for (const [method, path] of [
      ['POST', '/_sandbox/reset'],
      ['POST', '/_sandbox/stop'],
      ['GET', '/_sandbox/environment'],
    ] as const) {
      expect(await askDirectly(sandbox.url, path, { method, headers })).toMatchObject({ status: 403 });
    }
    expect(api.id).toBe('state-1');
    expect(await connectSandbox(sandbox.url)).toMatchObject({ id: 'state-1' });
  });
});

it('answers no other path', async () => {
  const { sandbox } = await started();
  for (const path of ['/_sandbox/environment/..', '/_sandbox/reset']) {
    expect(await askDirectly(sandbox.url, path)).toMatchObject({ status: 404 });
  }
});

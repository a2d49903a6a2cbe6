import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Notification, notificationSchemaText } from '../../src/model/notification-output.ts';
import { eventsOfType, resultOf } from './events.ts';
import { newProject, type Project, type Run, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const topic = 'arn:aws:sns:us-east-1:123456789012:images';
const secret = 'T0000SECRET/B0000SECRET';

let project: Project;
let sandbox: RunningSandbox;
/** The requests that webhooks got, by the first part of their paths. */
const got: Record<string, string[]> = { slack: [], json: [] };
/** How a webhook answers; by default it accepts everything. */
const answers: Record<string, (response: ServerResponse) => void> = {};
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    const name = request.url?.split('/')[1] ?? '';
    got[name]?.push(body);
    const answer = answers[name];
    if (answer) answer(response);
    else response.end('ok');
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  project = await newProject();
  sandbox = await project.sandbox();
  const { CreateTopicCommand } = await import('@aws-sdk/client-sns');
  await (await sandbox.clients.sns('us-east-1')).send(new CreateTopicCommand({ Name: 'images' }));
  await project.config('test-ebs', (config) => {
    config.notify = [
      { on: ['published', 'failed'], webhook: 'SLACK_WEBHOOK', format: 'slack' },
      { webhook: 'JSON_WEBHOOK' },
      { sns: topic },
      { on: ['published', 'partial'], command: ['./after.sh', 'an argument'] },
    ];
  });
  const script = project.path('configs/after.sh');
  await writeFile(script, '#!/bin/sh\ncat >>told.txt; echo "$1" >>told.txt; env >env.txt\n');
  await chmod(script, 0o755);
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await project.remove();
});

const webhook = (name: string) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}/${secret}`;
const environment = () => ({
  ...sandbox.environment,
  SLACK_WEBHOOK: webhook('slack'),
  JSON_WEBHOOK: webhook('json'),
});
const publish = (...more: string[]) =>
  project.run(['publish', 'test-ebs', '--yes', '--json', ...more], environment());
const messages = async (): Promise<string[]> =>
  (await sandbox.calls())
    .filter(({ operation, error }) => operation === 'Publish' && error === undefined)
    .map(({ input }) => String(input.Message));
const warningsOf = (run: Run) => eventsOfType(run, 'warning').map(({ text }) => text);
const told = async () => (await readFile(project.path('configs/told.txt'), 'utf8')).trimEnd().split('\n');

it('sends a published release to each channel in its format, and to a channel that failed at the next run', async () => {
  answers.json = (response) => response.writeHead(400).end(`no such hook: /json/${secret}`);
  const run = await publish();
  expect(run.exit, run.stderr).toBe(0);
  expect(resultOf(run).complete).toBe(true);
  expect(warningsOf(run)).toEqual([
    'the webhook in JSON_WEBHOOK was not notified of the outcome of test-ebs@1.0.0, published: HTTP status 400: no such hook: (secret). The next run tries again',
  ]);
  expect(
    eventsOfType(run, 'notified')
      .map(({ to }) => to)
      .sort(),
  ).toEqual(['./after.sh an argument', topic, 'the webhook in SLACK_WEBHOOK']);

  const { amis } = await stateOf(sandbox.clients);
  const [message = ''] = await messages();
  const sent = JSON.parse(message) as Notification;
  const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(notificationSchemaText()));
  expect([validate(sent), validate.errors]).toEqual([true, null]);
  expect(sent).toMatchObject({
    outcome: 'published',
    release: 'test-ebs@1.0.0',
    account: '123456789012',
    regions: ['us-east-1'],
    targets: amis.map(({ id }) => ({ status: 'verified', ami: id })),
    next: [expect.stringContaining('gopackgo status test-ebs')],
  });
  expect(sent.text).toMatch(/^test-ebs@1\.0\.0 published: 2 AMIs in 1 region; took \d+ (s|min)$/);
  expect(got.slack?.map((body) => JSON.parse(body))).toEqual([
    { text: expect.stringContaining(`• us-east-1-2204-hvm \`${amis[0]?.id}\``) },
  ]);
  expect(await told()).toEqual([message, 'an argument']);
  const lines = (await readFile(project.path('configs/env.txt'), 'utf8')).split('\n');
  expect(lines.filter((line) => /^(?:AWS_\w*(?:KEY|TOKEN)|SLACK_WEBHOOK|JSON_WEBHOOK)/.test(line))).toEqual(
    [],
  );
  expect(lines).toContain(`HOME=${project.folder}`);

  delete answers.json;
  const again = await publish();
  expect([again.exit, warningsOf(again)]).toEqual([0, []]);
  expect(eventsOfType(again, 'notified')).toMatchObject([{ id: sent.id, to: 'the webhook in JSON_WEBHOOK' }]);
  expect(JSON.parse(got.json?.at(-1) ?? '')).toEqual(sent);
  expect(eventsOfType(await publish(), 'notified')).toEqual([]);
  expect([got.slack?.length, (await messages()).length, (await told()).length]).toEqual([1, 1, 2]);
});

it('sends at the next run what a killed run had not sent, with the same id', async () => {
  await rm(project.path('.gopackgo/test-ebs@1.0.0/notifications.json'));
  const asked = Promise.withResolvers<void>();
  answers.json = () => asked.resolve();
  const { child, ended } = project.start(['publish', 'test-ebs', '--yes'], environment());
  await asked.promise;
  child.kill('SIGKILL');
  await ended;
  delete answers.json;
  const killed = JSON.parse(got.json?.at(-1) ?? '') as Notification;
  const next = await publish();
  expect(next.exit, next.stderr).toBe(0);
  expect(JSON.parse(got.json?.at(-1) ?? '')).toEqual(killed);
  expect(eventsOfType(next, 'notified')).toContainEqual(
    expect.objectContaining({ id: killed.id, to: 'the webhook in JSON_WEBHOOK' }),
  );
});

it('sends a failure and each outcome after it once, and only to channels that ask for them', async () => {
  await project.config('test-ebs', (config) => {
    config.share = { accounts: ['210987654321'] };
    config.notify = [
      { on: ['failed'], webhook: 'SLACK_WEBHOOK', format: 'slack' },
      { webhook: 'JSON_WEBHOOK' },
      { command: ['sh', '-c', `cat >/dev/null; echo "$JSON_WEBHOOK password=hunter2"; exit 3`] },
    ];
  });
  const refused = { error: 'OperationNotPermitted', message: 'Not for <you> & me' };
  await sandbox.addFaults([
    { on: 'ec2:ModifySnapshotAttribute', input: '210987654321', times: 0, does: refused },
  ]);
  const before = got.slack?.length ?? 0;
  const failed = await publish();
  expect(failed.exit).toBe(1);
  const [last = ''] = got.slack?.slice(before) ?? [];
  expect(JSON.parse(last).text).toMatch(/^\*test-ebs@1\.0\.0 failed: .*Not for &lt;you&gt; &amp; me/s);
  expect(warningsOf(failed).at(-1)).toMatch(
    /^sh -c .* was not notified of .*: exit status 3: {1,2}password=\(credential\)\. The next run/,
  );
  expect((await publish()).exit).toBe(1);
  await sandbox.ask('faults', { method: 'DELETE' });
  const done = await publish();
  expect(done.exit, done.stderr).toBe(0);
  const outcomes = got.json?.slice(-2).map((body) => (JSON.parse(body) as Notification).outcome);
  expect(outcomes).toEqual(['failed', 'published']);
  expect(got.slack?.length).toBe(before + 1);
});

it('does not wait forever for a webhook, nor for a channel that does not exist', async () => {
  await project.config('test-ebs', (config) => {
    config.share = { accounts: ['210987654321'] };
    config.notify = [{ webhook: 'NOWHERE' }, { sns: `${topic}-2` }, { webhook: 'BY_PROXY' }];
  });
  await rm(project.path('.gopackgo/test-ebs@1.0.0/notifications.json'));
  const plan = await project.run(['plan', 'test-ebs'], environment());
  expect(plan.exit, plan.stderr).toBe(0);
  expect(plan.stdout).toContain('notify[0].webhook');
  const run = await project.run(['publish', 'test-ebs', '--yes', '--json'], {
    ...environment(),
    BY_PROXY: `https://hooks.example.com/${secret}`,
  });
  expect(run.exit, run.stderr).toBe(0);
  expect(warningsOf(run).filter((text) => text.includes('was not notified'))).toEqual([
    expect.stringMatching(/^the webhook in NOWHERE .*: the variable is not set\. The next run/),
    expect.stringMatching(/NotFound.*Topic does not exist/),
    expect.stringMatching(/^the webhook in BY_PROXY /),
  ]);
});

it('shows in a rehearsal what would be sent, and runs a command only if that is allowed', async () => {
  await project.config('test-ebs', (config) => {
    config.share = { accounts: ['210987654321'] };
    config.notify = [{ webhook: 'JSON_WEBHOOK' }, { sns: topic }, { command: ['./after.sh'] }];
  });
  await rm(project.path('configs/told.txt'));
  const before = [got.json?.length, (await messages()).length];
  const rehearse = (...more: string[]) =>
    project.run(['publish', 'test-ebs', '--sandbox', '--yes', ...more], { JSON_WEBHOOK: webhook('json') });
  const run = await rehearse();
  expect(run.exit, run.stderr).toBe(0);
  for (const to of ['the webhook in JSON_WEBHOOK', topic, './after.sh']) {
    expect(run.stdout).toContain(`  would be sent       to ${to}:\n    {"type":"notification",`);
  }
  expect(readdirSync(project.path('configs'))).not.toContain('told.txt');
  const locally = await rehearse('--run-local');
  expect(locally.exit, locally.stderr).toBe(0);
  expect(locally.stdout).toContain('  notified            ./after.sh\n');
  const [line = ''] = await told();
  expect(JSON.parse(line)).toMatchObject({ rehearsal: true, outcome: 'published' });
  const env = await readFile(project.path('configs/env.txt'), 'utf8');
  expect(env).toContain(`HTTPS_PROXY=${sandbox.environment.HTTPS_PROXY}`);
  expect([got.json?.length, (await messages()).length]).toEqual(before);
});

it('keeps the URLs of webhooks out of everything that it writes', () => {
  const files = readdirSync(project.path('.gopackgo'), { recursive: true, withFileTypes: true });
  const holding = files.flatMap((file) => {
    if (!file.isFile()) return [];
    const path = join(file.parentPath, file.name);
    return readFileSync(path, 'utf8').includes('SECRET') ? [path] : [];
  });
  expect(holding).toEqual([]);
});

it('does not show a URL in a config', async () => {
  await project.config('wrong', (config) => {
    config.notify = [{ webhook: `https://hooks.example.com/${secret}` }];
  });
  const run = await project.run(['plan', 'wrong', '--sandbox']);
  expect(run.exit).toBe(2);
  expect(run.stderr).toContain(
    'configs/wrong.json: notify[0].webhook: expected the name of an environment variable',
  );
  expect(run.stderr).not.toContain('SECRET');
});

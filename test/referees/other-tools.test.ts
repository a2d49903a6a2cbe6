import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { cleanEnvironment, program } from '../e2e/project.ts';
import { blocksOf } from '../house/markdown.ts';
import type { RefereesEnvironment } from './environment.ts';
import { judge, judged } from './judge.ts';
import './setup.ts';
import { type ToolsEnvironment, toolsEnvironment } from './tools-environment.ts';

const page = 'docs/other-tools.md';
const name = 'the tools of docs/other-tools.md';

/** The only block of the page with this info string. */
const block = (info: string): string => {
  const [found, ...more] = blocksOf(page).filter((one) => one.info === info);
  if (!found || more.length > 0) throw new Error(`${page}: expected one block of "${info}"`);
  return found.text;
};

const referees = judge(name);
const tools = referees && (await toolsEnvironment().catch((error: Error) => ({ missing: error.message })));
const others = tools && judge(name, 'missing' in tools ? tools : { ...tools, motoSource: '' });

/** A line of the sandbox's call log. */
interface Call {
  operation: string;
  userAgent: string;
  status: number;
}

/** As a reader would follow the page: one command after another, in one folder, against one sandbox. */
describe.skipIf(!others)(name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'other tools-'));
  const bin = join(folder, 'bin');
  let sandbox: ChildProcess;

  /** Programs by their own names, which a relocated environment does not have. */
  const install = ({ python }: RefereesEnvironment, { python: toolsPython }: ToolsEnvironment): void => {
    mkdirSync(bin);
    const programs = {
      gopackgo: `'${process.execPath}' '${program}'`,
      aws: `'${python}' -m awscli`,
      python3: `'${python}'`,
      custodian: `'${toolsPython}' -m c7n.cli`,
      awspub: `'${toolsPython}' -c 'from awspub.cli import main; main()'`,
      'ansible-playbook': `'${toolsPython}' -m ansible playbook`,
    };
    for (const [command, words] of Object.entries(programs)) {
      writeFileSync(join(bin, command), `#!/bin/sh\nexec ${words} "$@"\n`);
      chmodSync(join(bin, command), 0o755);
    }
  };

  const shell = (text: string, { detached = false } = {}): ChildProcess =>
    spawn('sh', ['-ec', text], {
      cwd: folder,
      detached,
      env: {
        ...cleanEnvironment(folder),
        PATH: `${bin}:/usr/bin:/bin`,
        PYTHONUTF8: '1',
        ANSIBLE_COLLECTIONS_PATH: tools && 'collections' in tools ? tools.collections : '',
        ANSIBLE_NOCOLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  const run = async (text: string): Promise<string> => {
    const child = shell(`. ./endpoint.env\n${text}`);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (more) => {
        said += more;
      });
    }
    const [status] = await once(child, 'close');
    expect(status, said).toBe(0);
    return said;
  };

  const calls = (): Call[] =>
    readFileSync(join(folder, '.gopackgo/sandbox/state/calls.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Call);

  beforeAll(async () => {
    const environment = inject('referees');
    if ('missing' in environment || !tools || 'missing' in tools) throw new Error('not skipped');
    install(environment, tools);
    sandbox = shell(`${block('sh start')}\nwait`, { detached: true });
    // The shell creates the file before the command writes to it.
    await vi.waitFor(
      () => expect(readFileSync(join(folder, 'endpoint.env'), 'utf8')).toContain('AWS_ENDPOINT_URL'),
      { timeout: 240_000, interval: 200 },
    );
  });
  afterAll(async () => {
    if (sandbox?.pid) process.kill(-sandbox.pid, 'SIGINT');
    if (sandbox && sandbox.exitCode === null && sandbox.signalCode === null) await once(sandbox, 'close');
    judged(name, `${calls().length} calls`);
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });

  it('the AWS CLI makes an image, waits for it and shares it', async () => {
    await run(block('sh aws-cli'));
    expect(calls().map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['RunInstances', 'CreateImage', 'ModifyImageAttribute', 'CreateBucket']),
    );
  });

  it('boto3 lists shared images', async () => {
    writeFileSync(join(folder, 'shared.py'), block('python boto3'));
    expect(await run('python3 shared.py')).toContain("web 1.0 [{'UserId': '210987654321'}]");
  });

  it('Cloud Custodian revokes the permission and tags the image', async () => {
    writeFileSync(join(folder, 'policies.yml'), block('yaml custodian'));
    await run(block('sh custodian'));
    expect(await run('python3 shared.py')).toContain('web 1.0 []');
    const tags = 'aws ec2 describe-tags --filters Name=key,Values=audited --query Tags[].Value';
    expect(JSON.parse(await run(tags))).toEqual(['yes']);
  });

  it('awspub imports a disk image, makes an image from it, and makes it public', async () => {
    writeFileSync(join(folder, 'awspub.yml'), block('yaml awspub'));
    await run(block('sh awspub'));
    expect(await run('python3 shared.py')).toContain("web 1.1 [{'Group': 'all'}]");
  });

  it('Ansible builds an image, shares it, and writes its id to a bucket', async () => {
    writeFileSync(join(folder, 'web.yml'), block('yaml ansible'));
    await run(block('sh ansible'));
    expect(await run('python3 shared.py')).toContain("web 2.0 [{'UserId': '210987654321'}]");
    expect(await run('aws s3 cp s3://web-images/latest -')).toMatch(/^ami-[0-9a-f]{17}$/);
  });

  it('each of them uses the endpoint URL', () => {
    const agents = calls().map(({ userAgent }) => userAgent);
    for (const agent of [/^aws-cli/, /^Boto3/, /^c7n/, /Ansible/i]) {
      expect(
        agents.some((one) => agent.test(one)),
        String(agent),
      ).toBe(true);
    }
    expect(calls().filter(({ status }) => status === 501)).toEqual([]);
  });
});

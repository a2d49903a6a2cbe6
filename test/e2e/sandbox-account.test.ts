import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { newProject, type Project, type RunningSandbox } from './project.ts';

const it = test.extend<{ project: Project }>({
  project: async ({ task: _ }, use) => {
    const project = await newProject();
    await use(project);
    await project.remove();
  },
});

const raised = { accounts: [{ region: 'us-east-1', quotas: { 'L-0E3CBAB9': 50 } }] };

const write = (project: Project, settings: unknown) =>
  writeFile(project.path('account.json'), JSON.stringify(settings));

/** The settings of a running sandbox's accounts in us-east-1. */
const accountsOf = async (sandbox: RunningSandbox) => {
  const answer = await sandbox.ask('settings');
  const { accounts } = (await answer.json()) as { accounts: { region: string; quotas?: object }[] };
  return accounts.filter(({ region }) => region === 'us-east-1').map(({ quotas }) => quotas);
};

describe.concurrent('--sandbox-account', () => {
  it('sets up the accounts of the sandbox that is started for a command, permanently', async ({
    project,
  }) => {
    await write(project, raised);
    const run = await project.run(['plan', 'test-ebs', '--sandbox-account', 'account.json']);
    expect(run.exit, run.stderr).toBe(0);
    expect((await project.run(['plan', 'test-ebs', '--sandbox'])).exit).toBe(0);
    const sandbox = await project.sandbox();
    expect(await accountsOf(sandbox)).toEqual([{ 'L-0E3CBAB9': 50 }, { 'L-0E3CBAB9': 50 }]);
  });

  it('sets up the accounts of a running sandbox', async ({ project }) => {
    const sandbox = await project.sandbox();
    await write(project, raised);
    const run = await project.run(['plan', 'test-ebs', '--sandbox', '--sandbox-account', 'account.json']);
    expect(run.exit, run.stderr).toBe(0);
    expect(await accountsOf(sandbox)).toEqual([{ 'L-0E3CBAB9': 50 }, { 'L-0E3CBAB9': 50 }]);
  });

  it('accepts comments, trailing commas and a byte-order mark, as in configs', async ({ project }) => {
    const text =
      '\uFEFF// Ours.\n{ "$schema": "x.json", "accounts": [{ "quotas": { "L-0E3CBAB9": 50 } },] }\n';
    await writeFile(project.path('account.json'), text);
    const run = await project.run(['plan', 'test-ebs', '--sandbox-account', 'account.json']);
    expect(run.exit, run.stderr).toBe(0);
    expect(await accountsOf(await project.sandbox())).toEqual([{ 'L-0E3CBAB9': 50 }, { 'L-0E3CBAB9': 50 }]);
  });

  it("refuses a file that is no settings file, and somebody else's sandbox", async ({ project }) => {
    await write(project, { accounts: [{ region: 'us-east-1', quota: 50 }, { defaultVpc: 'no' }] });
    const plan = (...words: string[]) => project.run(['plan', 'test-ebs', ...words]);
    const wrong = await plan('--sandbox-account', 'account.json');
    expect(wrong.exit).toBe(2);
    expect(wrong.stderr).toMatch(
      /^account\.json: accounts\[0\]\.quota: expected .*Did you mean "quotas"\?$/m,
    );
    expect(wrong.stderr).toContain(
      'account.json: accounts[1].defaultVpc: expected true or false, found "no"',
    );
    await writeFile(project.path('account.json'), '{"accounts": [}');
    const broken = await plan('--sandbox-account', 'account.json');
    expect(broken).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('account.json: line 1:15: expected a value, found "}"'),
    });
    const missing = await plan('--sandbox-account', 'none.json');
    expect(missing).toMatchObject({ exit: 2, stderr: expect.stringContaining('none.json') });
    const elsewhere = await plan('--sandbox-account', 'account.json', '--sandbox-url', 'http://127.0.0.1:1');
    expect(elsewhere).toMatchObject({ exit: 2, stderr: expect.stringContaining('sandbox-url') });
  });
});

import { globSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { otherAccount } from '../../sandbox/testing/index.ts';
import { eventsOfType, resultOf } from './events.ts';
import { packersAgent } from './faults.ts';
import { newProject, type Project, until } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** A script that takes a while, so that Packer can be looked at. */
const slowScript = { on: 'ssh' as const, command: 'RELEASE=', times: 0, does: { delay: 2_000 } };

/** The environments of all processes of Packer's attempts; those that ended meanwhile are left out. */
async function environmentsOfPacker(): Promise<Record<string, string>[]> {
  const leaders = globSync(project.path('.gopackgo/**/attempts/*/*/pid'));
  const groups = await Promise.all(leaders.map(async (file) => (await readFile(file, 'utf8')).trim()));
  const environments: Record<string, string>[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    try {
      const [, , , group = ''] =
        /^(\d+) \(.*\) (\S) \d+ (\d+)/s.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if (!groups.includes(group)) continue;
      const text = await readFile(`/proc/${pid}/environ`, 'utf8');
      const pairs = text.split('\0').flatMap((one) => {
        const at = one.indexOf('=');
        return at < 0 ? [] : [[one.slice(0, at), one.slice(at + 1)]];
      });
      if (pairs.length > 0) environments.push(Object.fromEntries(pairs));
    } catch {
      // It has ended.
    }
  }
  return environments;
}

describe.skipIf(platform() !== 'linux').each([
  ['in the sandbox', ['--sandbox']],
  ['as on AWS, whose place the sandbox takes by proxy', []],
])('Packer %s', (_where, words) => {
  it('gets its credentials from loopback, and has none in its environment', async () => {
    const sandbox = await project.sandbox([slowScript]);
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', ...reach } = sandbox.environment;
    const keys = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    const { ended } = project.start(['publish', 'test-ebs', '--yes', '--json', ...words], {
      ...reach,
      ...keys,
    });
    const seen: Record<string, string>[] = [];
    await until('Packer is at work on both targets', async () => {
      const now = await environmentsOfPacker();
      seen.push(...now);
      return (await sandbox.calls()).filter(({ operation }) => operation === 'RunInstances').length === 2;
    });
    seen.push(...(await environmentsOfPacker()));
    const run = await ended;

    expect(run.exit, run.stderr).toBe(0);
    expect(resultOf(run).targets.map(({ status }) => status)).toEqual(['verified', 'verified']);
    const packer = seen.filter((environment) => 'PKR_VAR_attempt' in environment);
    expect(packer.length).toBeGreaterThan(1);
    for (const environment of packer) {
      expect(Object.keys(environment)).not.toContain('AWS_ACCESS_KEY_ID');
      expect(Object.values(environment).join('\n')).not.toContain(AWS_SECRET_ACCESS_KEY);
      expect(environment).toMatchObject({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/credentials$/),
        AWS_CONTAINER_AUTHORIZATION_TOKEN: expect.stringMatching(/^[0-9a-f]{64}$/),
        AWS_STS_REGIONAL_ENDPOINTS: 'regional',
      });
    }
  });
});

describe('the account', () => {
  const elsewhere = { GOPACKGO_ACCOUNT: '210987654321' };

  it('of the local settings is refused if the credentials belong to another; nothing is made', async () => {
    const sandbox = await project.sandbox();
    const run = await project.run(['publish', 'test-ebs', '--yes'], { ...sandbox.environment, ...elsewhere });
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(/^GOPACKGO_ACCOUNT: expected 210987654321, found 123456789012: /);
    expect((await stateOf(sandbox.clients)).amis).toEqual([]);
  });

  it('of the local settings is refused if the publication names another, before AWS is asked', async () => {
    const sandbox = await project.sandbox();
    await project.config('test-ebs', (config) => {
      config.account = '123456789012';
    });
    const run = await project.run(['publish', 'test-ebs', '--yes'], { ...sandbox.environment, ...elsewhere });
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(
      /^GOPACKGO_ACCOUNT: expected 123456789012, as "account" in configs\/test-ebs\.json/,
    );
    expect(await sandbox.calls()).toEqual([]);
  });

  it('of the local settings, like their profile and their role, is ignored in a rehearsal', async () => {
    const run = await project.run(
      ['publish', 'test-ebs', '--sandbox', '--yes', '--json', '--only', '2404-hvm'],
      {
        ...elsewhere,
        GOPACKGO_PROFILE: 'nobody',
        GOPACKGO_ROLE: 'arn:aws:iam::210987654321:role/nobody',
      },
    );
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'planned')).toMatchObject([{ account: '123456789012' }]);
  });
});

describe('a role of the local settings', () => {
  const arn = 'arn:aws:iam::123456789012:role/publisher';
  const roles = [{ name: 'publisher', externalId: 'team', maxSessionDuration: 43_200 }];
  const words = ['publish', 'test-ebs', '--yes', '--json', '--only', '2404-hvm'];

  it("makes all calls, Packer's too; only AssumeRole is called with the user's own key", async () => {
    const sandbox = await project.sandbox([], { accounts: [{ account: '123456789012', roles }] });
    // A key of another account: anything done with it directly would happen there.
    const { accessKeyId, secretAccessKey } = otherAccount;
    await writeFile(project.path('configs/local.json'), JSON.stringify({ role: arn, externalId: 'team' }));
    const run = await project.run(words, {
      ...sandbox.environment,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'planned')).toMatchObject([{ account: '123456789012' }]);
    expect((await stateOf(sandbox.clients)).amis).toHaveLength(1);
    const calls = await sandbox.calls();
    const asOther = calls.filter(({ account }) => account === otherAccount.id);
    expect(asOther.map(({ operation, status }) => [operation, status])).toEqual([['AssumeRole', 200]]);
    expect(calls.some(({ userAgent }) => userAgent.includes(packersAgent))).toBe(true);
  });

  it('that may not be assumed is refused, with the place where it is set, and nothing is made', async () => {
    const sandbox = await project.sandbox([], { accounts: [{ account: '123456789012', roles }] });
    const run = await project.run(words, { ...sandbox.environment, GOPACKGO_ROLE: arn });
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(
      /^GOPACKGO_ROLE: expected a role that these credentials may assume, found .*AccessDenied/,
    );
  });
});

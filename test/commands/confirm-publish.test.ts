import { describe, expect, it } from 'vitest';
import { confirmPublish, question } from '../../src/commands/confirm-publish.ts';
import type { Host } from '../../src/commands/host.ts';
import type { PlanSummary } from '../../src/model/events.ts';

const plan = 'gopackgo plan web --sandbox';

const planned: PlanSummary = {
  type: 'planned',
  release: 'web@1.0.0',
  account: '123456789012',
  endpoint: 'aws',
  regions: ['us-east-1'],
  targets: [
    {
      name: 'us-east-1-2204-hvm',
      region: 'us-east-1',
      amiName: 'web 1.0.0',
      base: { id: 'ami-01', name: 'ubuntu', via: 'ssm' },
      status: 'absent',
    },
  ],
  toBuild: 1,
  present: 0,
  inConflict: 0,
  public: false,
  accounts: [],
  organizations: [],
};

/** A host with a terminal at which somebody gives this answer, or without one. */
function hostAnswering(answer: string | undefined) {
  const shown = { asked: '', stderr: '' };
  const host = {
    environment: {},
    stdout: { isTTY: false },
    stderr: {
      write(text: string) {
        shown.stderr += text;
      },
    },
    async ask(asked: string) {
      shown.asked = asked;
      return answer;
    },
  } as unknown as Host;
  return { host, shown };
}

describe('before money is spent', () => {
  it.each(['y', 'Y', 'yes', ' yes '])(
    'the answer %j starts the builds, with the plan in view',
    async (answer) => {
      const { host, shown } = hostAnswering(answer);
      await confirmPublish(planned, { yes: false, json: false, plan }, host);
      expect(shown.stderr).toContain('us-east-1-2204-hvm');
      expect(shown.asked).toBe('Build 1 AMI in 1 region of account 123456789012, private? (y/N) ');
    },
  );

  it.each(['', 'n', 'no', 'yep', 'y n'])('the answer %j starts no build', async (answer) => {
    const { host } = hostAnswering(answer);
    await expect(confirmPublish(planned, { yes: false, json: false, plan }, host)).rejects.toMatchObject({
      status: 4,
    });
  });

  it('a run is refused if there is no terminal to ask on, and --json never asks', async () => {
    const nobody = hostAnswering(undefined);
    await expect(confirmPublish(planned, { yes: false, json: false, plan }, nobody.host)).rejects.toThrow(
      /--yes/,
    );
    const somebody = hostAnswering('y');
    await expect(confirmPublish(planned, { yes: false, json: true, plan }, somebody.host)).rejects.toThrow(
      /--yes/,
    );
    expect(somebody.shown).toEqual({ asked: '', stderr: '' });
  });

  it('asks separately about what is removed first, with ids, host and instance shown', async () => {
    const removing: PlanSummary = {
      ...planned,
      replaces: [{ target: 'us-east-1-2204-hvm', ami: 'ami-0a', snapshots: ['snap-0b'] }],
      takesOver: [{ target: 'us-east-1-2404-hvm', host: 'a-laptop', instance: 'i-0c', since: '2026-11-21' }],
    };
    const asked: string[] = [];
    const { host, shown } = hostAnswering('y');
    const asking = {
      ...host,
      ask: async (question: string) => {
        asked.push(question);
        return 'y';
      },
    };
    await confirmPublish(removing, { yes: false, json: false, plan }, asking);
    expect(asked).toEqual([
      'Replace 1 AMI? (y/N) ',
      'Stop 1 build of another host? (y/N) ',
      'Build 1 AMI in 1 region of account 123456789012, private? (y/N) ',
    ]);
    expect(shown.stderr).toContain('us-east-1-2204-hvm: ami-0a snap-0b of another recipe, to be removed');
    expect(shown.stderr).toContain(
      'us-east-1-2404-hvm: i-0c of host a-laptop, since 2026-11-21, to be stopped',
    );
    const { host: refusing } = hostAnswering('n');
    await expect(confirmPublish(removing, { yes: false, json: false, plan }, refusing)).rejects.toMatchObject(
      {
        status: 4,
      },
    );
  });

  it('there is no question with --yes', async () => {
    const { host, shown } = hostAnswering('n');
    await confirmPublish(planned, { yes: true, json: false, plan }, host);
    expect(shown.asked).toBe('');
  });
});

it.each([
  [2, [], 'Build 2 AMIs in 1 region of account 123456789012, private?'],
  [1, ['210987654321'], 'Build 1 AMI in 1 region of account 123456789012, and share with 210987654321?'],
  [0, ['210987654321'], 'Continue, and share with 210987654321?'],
])('the question says what will be done: %i to build, shared with %j', (toBuild, accounts, asked) => {
  expect(question({ ...planned, toBuild, accounts })).toBe(asked);
});

it.each([
  [1, 'Build 1 AMI in 1 region of account 123456789012? It stays private: 8 other targets are missing.'],
  [2, 'Build 2 AMIs in 1 region of account 123456789012? They stay private: 8 other targets are missing.'],
  [0, 'Continue? Nothing is shared: 8 other targets are missing.'],
])('the question does not mention sharing that will not happen, with %i to build', (toBuild, asked) => {
  expect(question({ ...planned, toBuild, public: true, othersMissing: 8 })).toBe(asked);
  expect(question({ ...planned, toBuild, accounts: ['210987654321'], othersMissing: 8 })).toBe(asked);
});

it('the question names everybody explicitly, with the other accounts', () => {
  const organizations = ['arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5'];
  expect(question({ ...planned, public: true })).toBe(
    'Build 1 AMI in 1 region of account 123456789012, and make all public?',
  );
  expect(question({ ...planned, public: true, organizations })).toBe(
    'Build 1 AMI in 1 region of account 123456789012, and make all public, and share with o-a1b2c3d4e5?',
  );
});

it('the question counts regions with replacements among those with builds', () => {
  const [one] = planned.targets;
  if (one === undefined) throw new Error('no target');
  const there = { ...one, name: 'eu-west-1-2204-hvm', region: 'eu-west-1', status: 'conflict' as const };
  const replaces = [{ target: there.name, ami: 'ami-0a', snapshots: [] }];
  expect(question({ ...planned, toBuild: 2, targets: [one, there], replaces })).toBe(
    'Build 2 AMIs in 2 regions of account 123456789012, private?',
  );
});

it('the question asks whether to revoke access to AMIs', () => {
  const takenFrom = { public: true, accounts: [], organizations: [] };
  const open = planned.targets.map((one) => ({ ...one, status: 'verified' as const, takenFrom }));
  const there = { ...planned, targets: open, toBuild: 0, present: 1 };
  expect(question(there)).toBe("Revoke others' access to 1 AMI, and share with nobody?");
  expect(question({ ...there, accounts: ['210987654321'] })).toBe(
    "Revoke others' access to 1 AMI, and share with 210987654321?",
  );
  expect(question({ ...there, targets: [...planned.targets, ...open], toBuild: 1 })).toBe(
    "Build 1 AMI in 1 region of account 123456789012, revoke others' access to 1 AMI, and share with nobody?",
  );
});

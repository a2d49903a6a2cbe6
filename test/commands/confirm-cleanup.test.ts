import { expect, it } from 'vitest';
import { confirmCleanup } from '../../src/commands/confirm-cleanup.ts';
import { plan, planned } from '../report/a-cleanup.ts';

const twelve = plan({
  amis: Array.from({ length: 12 }, (_, at) =>
    planned({
      ami: `ami-${at}`,
      snapshots: [`snap-${at}a`, `snap-${at}b`],
      ...(at < 3 ? { bundle: `b/${at}` } : {}),
    }),
  ),
});

async function asked(answer: string | undefined, of = twelve, more = {}) {
  const questions: string[] = [];
  const host = {
    async ask(question: string) {
      questions.push(question);
      return answer;
    },
  };
  const outcome = await confirmCleanup(of, { yes: false, json: false, ...more }, host).catch(
    (error) => error,
  );
  return { questions, outcome };
}

it('asks for the number of AMIs, and shows everything that will be deleted', async () => {
  const { questions, outcome } = await asked('12');
  expect(questions).toEqual(['Type 12 to delete 12 AMIs, 24 snapshots and 3 bundles: ']);
  expect(outcome).toBe(true);
});

it('also asks about AMIs of which only the protection is turned off', async () => {
  const slow = planned({ ami: 'ami-slow', verdict: 'unprotect' });
  const both = await asked('13', plan({ amis: [...twelve.amis, slow] }));
  expect(both.questions[0]).toMatch(/^Type 13 to delete 12 AMIs, .* and turn off the protection of 1 AMI: $/);
  const alone = await asked('1', plan({ amis: [slow] }));
  expect(alone).toEqual({ questions: ['Type 1 to turn off the protection of 1 AMI: '], outcome: true });
});

it.each(['y', 'yes', '', '11', '1 2', '012'])(
  'the answer %j deletes nothing: only the number of AMIs does',
  async (answer) => {
    const { outcome } = await asked(answer);
    expect(outcome).toMatchObject({ status: 4, message: expect.stringContaining('Nothing was deleted') });
  },
);

it('only shows the plan if there is no terminal, if nothing would be deleted, and with --json or --out', async () => {
  expect(await asked(undefined)).toMatchObject({ outcome: false });
  expect(await asked('0', plan({}))).toEqual({ questions: [], outcome: false });
  expect(await asked('12', twelve, { json: true })).toEqual({ questions: [], outcome: false });
  expect(await asked('12', twelve, { out: 'plan.json' })).toEqual({ questions: [], outcome: false });
});

it('does not ask with --yes', async () => {
  expect(await asked(undefined, twelve, { yes: true })).toEqual({ questions: [], outcome: true });
});

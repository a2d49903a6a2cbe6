import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox, unblocked } from '../../sandbox/testing/index.ts';
import type { PlanSummary } from '../../src/model/events.ts';
import { planIn } from '../support/built.ts';
import { published } from '../support/publishing.ts';

const regions = ['us-east-1', 'eu-west-1'];
const full = (sandbox: Sandbox, allowed: number) =>
  sandbox.aws.settings.change({ accounts: [{ region: 'eu-west-1', quotas: { 'L-0E3CBAB9': allowed } }] });

const modified = (sandbox: Sandbox) =>
  sandbox.aws
    .calls()
    .filter(({ operation }) => /^Modify(Image|Snapshot)Attribute$/.test(operation))
    .map(({ region }) => region);

/** Publishes while the quota of eu-west-1 fills up during the builds. */
const publishUntilFull = (sandbox: Sandbox, bestEffort: string[]) =>
  published(sandbox, planIn(regions, { public: true }, bestEffort), {
    ends() {
      full(sandbox, 0);
      return 'made';
    },
  });

it('if a quota fills up during the builds, nothing is public anywhere, all ids are kept, and the next run only shares', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  const { exit, result } = await publishUntilFull(sandbox, []);
  expect(exit).toBe(1);
  expect(modified(sandbox)).toEqual([]);
  expect(result?.targets).toMatchObject([
    { region: 'us-east-1', status: 'verified', ami: expect.stringMatching(/^ami-/) },
    {
      region: 'eu-west-1',
      status: 'verified',
      ami: expect.stringMatching(/^ami-/),
      error: { kind: 'sharing', message: expect.stringMatching(/quota of public AMIs.*--desired-value 1/) },
    },
  ]);

  full(sandbox, 1);
  const again = await published(sandbox, planIn(regions, { public: true }));
  expect(again).toMatchObject({ exit: 0, started: [], result: { shared: true } });
});

it('if it fills up in a best-effort region, the rest becomes public, and the exit status says that one is missing', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  const { exit, result } = await publishUntilFull(sandbox, ['eu-west-1']);
  expect(exit).toBe(3);
  expect(new Set(modified(sandbox))).toEqual(new Set(['us-east-1']));
  expect(result?.targets.map(({ status }) => status)).toEqual(['shared', 'verified']);
});

it('if a snapshot may not be shared, no AMI is public, and the snapshots that are already public are named', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  const refused = { error: 'UnauthorizedOperation' } as const;
  sandbox.faults.add([{ on: 'ec2:ModifySnapshotAttribute', region: 'eu-west-1', times: 0, does: refused }]);
  const { exit, result } = await published(sandbox, planIn(regions, { public: true }));
  expect(exit).toBe(1);
  const [here, there] = result?.targets ?? [];
  expect(here).toMatchObject({ region: 'us-east-1', status: 'verified', openSnapshots: here?.snapshots });
  expect(there).toMatchObject({ region: 'eu-west-1', status: 'verified' });
  expect(there).not.toHaveProperty('openSnapshots');
});

it('a best-effort region that is refused at the start is left out, and a plan reviewed before stays valid', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  full(sandbox, 0);
  const statuses: Record<string, string[]> = {};
  const { exit } = await published(sandbox, planIn(regions, { public: true }, ['eu-west-1']), {
    options: {
      review(all) {
        statuses.all = namesOf(all);
      },
      async confirm(mine) {
        statuses.mine = namesOf(mine);
      },
    },
  });
  expect(exit).toBe(3);
  expect(statuses).toEqual({
    mine: ['us-east-1-2204-hvm absent'],
    all: ['us-east-1-2204-hvm absent', 'eu-west-1-2204-hvm absent'],
  });
});

const namesOf = ({ targets }: PlanSummary) => targets.map(({ name, status }) => `${name} ${status}`);

import { expect, it } from 'vitest';
import {
  type AwsRequest,
  createWorld,
  type World as Sandbox,
  unblocked,
} from '../../sandbox/testing/index.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { planIn } from '../support/built.ts';
import { target } from '../support/embedded.ts';
import { published } from '../support/publishing.ts';

const twelve: ReleasePlan = {
  ...planIn(['us-east-1'], { public: true }),
  targets: Array.from({ length: 12 }, (_, index): Target => {
    const name = `us-east-1-${index}`;
    return { ...target, name, image: String(index), amiName: `web 1.0.0 ${name}` };
  }),
};

const modified = (sandbox: Sandbox) =>
  sandbox.aws
    .calls()
    .filter(({ operation, error }) => /^Modify(Image|Snapshot)Attribute$/.test(operation) && !error)
    .map(({ operation }) => operation);

/** Publishes twelve existing private AMIs, and stops at the nth call of an operation. */
async function stoppedAt(operation: string, nth: number) {
  const sandbox = createWorld({ behaviour: unblocked });
  sandbox.aws.settings.change({ accounts: [{ quotas: { 'L-0E3CBAB9': 20 } }] });
  await published(sandbox, { ...twelve, sharing: { ...twelve.sharing, public: false } });
  const stopping = new AbortController();
  let seen = 0;
  const handle = (request: AwsRequest) => {
    const asked = request.body.toString();
    const isMeant = asked.startsWith(`Action=${operation}&`) && !asked.includes('DryRun=true');
    if (isMeant && ++seen === nth) stopping.abort();
    return sandbox.aws.handle(request);
  };
  const { exit, result } = await published(sandbox, twelve, { handle, stop: stopping.signal });
  return { sandbox, exit, result };
}

it('stopped during the checks right before sharing, it changes no permission, and the same command resumes', async () => {
  const { sandbox, exit, result } = await stoppedAt('GetSnapshotBlockPublicAccessState', 2);
  expect(modified(sandbox)).toEqual([]);
  expect(exit).toBe(130);
  expect(result?.targets.map(({ status }) => status)).toEqual(Array(12).fill('verified'));
  expect(await published(sandbox, twelve)).toMatchObject({ exit: 0, result: { shared: true } });
});

it('stopped while it shares snapshots, it starts no further one, and names those already shared', async () => {
  const { sandbox, exit, result } = await stoppedAt('ModifySnapshotAttribute', 1);
  const opened = modified(sandbox);
  expect(opened.length).toBeLessThan(12);
  expect(new Set(opened)).toEqual(new Set(['ModifySnapshotAttribute']));
  expect(exit).toBe(130);
  expect(result?.targets.flatMap(({ openSnapshots = [] }) => openSnapshots)).toHaveLength(opened.length);
});

it('stopped while it shares AMIs, it leaves the others private', async () => {
  const { exit, result } = await stoppedAt('ModifyImageAttribute', 1);
  const statuses = result?.targets.map(({ status }) => status) ?? [];
  expect(exit).toBe(130);
  expect(statuses).toContain('shared');
  expect(statuses).toContain('verified');
});

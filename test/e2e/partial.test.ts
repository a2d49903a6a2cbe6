import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Behaviour } from '../../sandbox/index.ts';
import { eventsOf, eventsOfType, resultOf } from './events.ts';
import { scriptEnds } from './faults.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const [here, there, far] = ['us-east-1', 'eu-west-1', 'sa-east-1'] as const;
const nameIn = (region: string) => `${region}-2204-hvm`;
const unblocked: Behaviour = { accounts: [{ imageBlockPublicAccess: 'unblocked' }] };

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** One public image in these regions, its ids recorded. */
const publishIn = (regions: Record<string, object>) =>
  project.config('test-ebs', (config) => {
    const [image] = config.images as object[];
    Object.assign(config, {
      regions,
      images: [{ ...image, matrix: { ubuntu: ['2204'], virtualization: ['hvm'] } }],
      share: { public: true },
      record: 'ami_ids.json',
    });
  });

const words = ['test-ebs', '--sandbox'];
const publish = (...more: string[]) => project.run(['publish', ...words, '--yes', ...more]);

const schema = JSON.parse(readFileSync(new URL('../../docs/output.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ allowUnionTypes: true }).addSchema(schema, 'output');

/** The errors in a document, as text; empty if it matches the schema. */
function wrong(document: unknown, definition: string): string {
  const validate = ajv.getSchema(`output#/definitions/${definition}`);
  return validate?.(document) ? '' : `${JSON.stringify(document)}: ${ajv.errorsText(validate?.errors)}`;
}

/** Calls that changed something in the sandbox since then. */
const changed = async (sandbox: RunningSandbox, from: number) =>
  (await sandbox.calls()).slice(from).filter((call) => !/^(Describe|Get|List)/.test(call.operation));

const permissionCalls = async (sandbox: RunningSandbox) =>
  (await sandbox.calls()).filter(({ operation }) => /^Modify(Image|Snapshot)Attribute$/.test(operation));

const recordedRegions = () =>
  Object.keys(JSON.parse(readFileSync(project.path('.gopackgo/sandbox/ami_ids.json'), 'utf8')));

const amiIn = async (sandbox: RunningSandbox, region: string) =>
  (await stateOf(sandbox.clients, region)).amis.map(({ id }) => id);

describe('a best-effort region whose build fails', () => {
  it('is left out of the release (3); the next run makes only that region, and one that is added later', async () => {
    const fault = scriptEnds(nameIn(far), { exit: 9, stderr: 'E: no such package\n' });
    const sandbox = await project.sandbox([fault], unblocked);
    await publishIn({ [here]: {}, [far]: { bestEffort: true } });
    const run = await publish();
    expect(run.exit, run.stderr).toBe(3);
    expect(run.stdout).toMatch(/\n {2}sa-east-1-2204-hvm +- +failed /);
    expect(run.stdout).toMatch(/\n {2}missing +sa-east-1-2204-hvm \(best effort\): .*9/);
    expect(run.stdout).toContain('1 of 2 verified, 1 of 2 public');
    expect(run.stderr).toContain('gopackgo publish test-ebs --sandbox --yes   builds only what is missing');
    expect(run.stderr).toContain('exit status 3');
    expect(recordedRegions()).toEqual([here]);
    expect((await stateOf(sandbox.clients, far)).leftovers).toEqual([]);
    const [first] = await amiIn(sandbox, here);

    const between = (await sandbox.calls()).length;
    const again = await publish('--json');
    expect(again.exit, again.stderr).toBe(0);
    expect(eventsOfType(again, 'attempt-started').map(({ target }) => target)).toEqual([nameIn(far)]);
    expect(new Set((await changed(sandbox, between)).map(({ region }) => region))).toEqual(new Set([far]));
    expect(resultOf(again)).toMatchObject({ shared: true, targets: [{ ami: first }, { bestEffort: true }] });
    expect(recordedRegions().sort()).toEqual([far, here]);

    await publishIn({ [here]: {}, [there]: {}, [far]: { bestEffort: true } });
    const before = (await sandbox.calls()).length;
    const wider = await publish('--json');
    expect(wider.exit, wider.stderr).toBe(0);
    expect(eventsOfType(wider, 'attempt-started').map(({ target }) => target)).toEqual([nameIn(there)]);
    expect(new Set((await changed(sandbox, before)).map(({ region }) => region))).toEqual(new Set([there]));
    expect(resultOf(wider)).toMatchObject({ shared: true, recorded: true });
  });
});

it('every command that looks leaves out a best-effort region that the account has not opted in to', async () => {
  const sandbox = await project.sandbox([], unblocked);
  await publishIn({ [here]: {}, 'af-south-1': { bestEffort: true } });
  const plan = await project.run(['plan', ...words]);
  expect(plan.exit, plan.stderr).toBe(0);
  expect(plan.stdout).toMatch(
    /skipped {3}1 AMI in af-south-1 \(best effort\): this account has not opted in/,
  );
  const run = await publish('--json');
  expect(run.exit, run.stderr).toBe(3);
  const planJson = await project.run(['plan', ...words, '--json']);
  expect(wrong(JSON.parse(planJson.stdout), 'plan')).toBe('');
  expect(
    eventsOf(run)
      .map((event) => wrong(event, 'event'))
      .filter(Boolean),
  ).toEqual([]);
  expect(resultOf(run)).toMatchObject({
    shared: true,
    recorded: true,
    targets: [
      { name: nameIn(here), status: 'shared' },
      {
        name: 'af-south-1-2204-hvm',
        error: { kind: 'left out', message: expect.stringContaining('enable-region') },
      },
    ],
  });
  expect((await sandbox.calls()).filter(({ region }) => region === 'af-south-1')).toEqual([]);
  const status = await project.run(['status', ...words]);
  expect(status.exit, status.stderr).toBe(3);
  expect(status.stdout).toMatch(/af-south-1-2204-hvm: this account has not opted in/);

  const chosen = ['--sandbox', '--only', 'af-south-1-2204-hvm', '--out', 'plan.json'];
  expect((await project.run(['plan', 'test-ebs', ...chosen])).exit).toBe(0);
  const planned = await project.run(['publish', 'test-ebs', '--sandbox', '--plan', 'plan.json']);
  expect(planned.exit, planned.stderr).toBe(3);

  await publishIn({ [here]: {}, 'af-south-1': {} });
  const required = await publish();
  expect(required.exit, required.stderr).toBe(4);
});

it('if a required region lacks an AMI, everything stays private and the ids are in result.json', async () => {
  const fault = scriptEnds(nameIn(there), { exit: 9, stderr: 'E: no such package\n' });
  const sandbox = await project.sandbox([fault], unblocked);
  await publishIn({ [here]: {}, [there]: {}, [far]: { bestEffort: true } });
  const run = await publish();
  expect(run.exit, run.stderr).toBe(1);
  expect(run.stdout).toContain('2 of 3 verified, nothing was made public');
  expect(await permissionCalls(sandbox)).toEqual([]);
  const file = project.path('.gopackgo/sandbox/releases/test-ebs@1.0.0/result.json');
  const { exit, targets } = JSON.parse(readFileSync(file, 'utf8'));
  expect(exit).toBe(1);
  const ids = await Promise.all([here, there, far].map((region) => amiIn(sandbox, region)));
  expect(ids.map((some) => some.length)).toEqual([1, 0, 1]);
  expect(targets.flatMap(({ ami = [] }) => ami).sort()).toEqual(ids.flat().sort());

  const again = await publish('--json');
  expect(again.exit, again.stderr).toBe(0);
  const calls = await permissionCalls(sandbox);
  expect(calls.map(({ operation }) => operation)).toEqual([
    ...Array(3).fill('ModifySnapshotAttribute'),
    ...Array(3).fill('ModifyImageAttribute'),
  ]);
  const all = await sandbox.calls();
  const made = all.findLastIndex(({ operation }) => operation === 'CreateImage');
  expect(all.findIndex(({ operation }) => operation === calls[0]?.operation)).toBeGreaterThan(made);
});

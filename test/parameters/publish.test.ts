import { DeregisterImageCommand } from '@aws-sdk/client-ec2';
import {
  AddTagsToResourceCommand,
  GetParametersByPathCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { build, planIn } from '../support/built.ts';
import { plan as aPlan } from '../support/embedded.ts';
import { copyOf } from '../support/failing.ts';
import { type Published, published, type Staged, underTest } from '../support/publishing.ts';

const [here, far] = ['us-east-1', 'eu-west-1'] as const;
const friend = '210987654321';
const latest = '/web/latest/2204-hvm';

/** A release of one image in two regions, whose AMIs two parameters of each region name. */
function releaseOf(version: string, bestEffort: string[] = []): ReleasePlan {
  const plan = planIn([here, far], { accounts: [friend] }, bestEffort);
  return {
    ...plan,
    release: `web@${version}`,
    version,
    targets: plan.targets.map((target) => ({
      ...target,
      amiName: `web ${version} ${target.region}`,
      parameters: [
        { name: `/web/${version}/2204-hvm`, newest: false },
        { name: latest, newest: true },
      ],
    })),
  };
}

/** A region's parameters: value, version, and release in the tags, by name. */
async function parametersIn(sandbox: Sandbox, region: string): Promise<Record<string, unknown[]>> {
  const ssm = sandbox.ssm({ region });
  const { Parameters = [] } = await ssm.send(
    new GetParametersByPathCommand({ Path: '/web', Recursive: true }),
  );
  const each = await Promise.all(
    Parameters.map(async ({ Name = '', Value, Version, DataType }) => {
      const asked = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: Name });
      const { TagList = [] } = await ssm.send(asked);
      const tag = TagList.find(({ Key }) => Key === 'gopackgo:release')?.Value;
      return [Name, [Value, Version, tag, DataType]] as [string, unknown[]];
    }),
  );
  return Object.fromEntries(each);
}

const writes = (sandbox: Sandbox) =>
  sandbox.aws.calls().filter(({ operation }) => /^(Put|AddTags|Delete)/.test(operation ?? '')).length;

const isPut = ({ headers }: { headers: Record<string, unknown> }) =>
  String(headers['x-amz-target']).endsWith('.PutParameter');

const outcomes = ({ result }: Published) =>
  result?.parameters?.each.map(({ name, region, outcome }) => `${region} ${name} ${outcome}`).sort();

const image = 'aws:ec2:image';

describe('publishing parameters', () => {
  it('writes each in its region once everything is shared, those without a version last; a second run writes nothing', async () => {
    const sandbox = createWorld();
    const plan = releaseOf('1.0.0');
    const ids = await build(sandbox, plan);
    const puts: string[] = [];
    const handle: Staged['handle'] = (request) => {
      if (isPut(request)) puts.push(request.body.toString());
      return sandbox.aws.handle(request);
    };
    const first = await published(sandbox, plan, { handle });
    expect(first.exit, JSON.stringify(first)).toBe(0);
    for (const region of [here, far]) {
      const id = ids[`${region}-2204-hvm`];
      expect(await parametersIn(sandbox, region)).toEqual({
        '/web/1.0.0/2204-hvm': [id, 1, 'web@1.0.0', image],
        [latest]: [id, 1, 'web@1.0.0', image],
      });
    }
    expect(puts.map((text) => text.includes('latest'))).toEqual([false, false, true, true]);
    const calls = sandbox.aws.calls().map(({ operation }) => operation);
    expect(calls.indexOf('PutParameter')).toBeGreaterThan(calls.lastIndexOf('ModifyImageAttribute'));
    const before = writes(sandbox);
    const second = await published(sandbox, plan);
    expect([second.exit, writes(sandbox)]).toEqual([0, before]);
    expect(outcomes(second)?.every((one) => one.endsWith(' current'))).toBe(true);
  });

  it('waits until AWS shows the version, and does not trust the answer to the write', async () => {
    const sandbox = createWorld({ behaviour: { speed: { parameter: 30 } } });
    const plan = releaseOf('1.0.0');
    await build(sandbox, plan);
    const run = await published(sandbox, plan);
    expect(run.exit, JSON.stringify(run.result)).toBe(0);
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'waiting', for: expect.stringContaining('Systems Manager') }),
    );
    expect(Object.keys(await parametersIn(sandbox, far))).toHaveLength(2);
  });

  it('says that a write was dropped after its answer', async () => {
    const sandbox = createWorld();
    const plan = releaseOf('1.0.0');
    await build(sandbox, plan);
    const gone = new Set<string>();
    const handle: Staged['handle'] = async (request) => {
      const [ImageId = ''] = isPut(request) ? (/ami-[0-9a-f]+/.exec(request.body.toString()) ?? []) : [];
      if (ImageId !== '' && !gone.has(ImageId)) {
        gone.add(ImageId);
        const region = /credential=[^/]+\/\d+\/([a-z0-9-]+)\//i.exec(
          String(request.headers.authorization),
        )?.[1];
        await sandbox.ec2({ region: region ?? here }).send(new DeregisterImageCommand({ ImageId }));
      }
      return sandbox.aws.handle(request);
    };
    const run = await published(sandbox, plan, { handle });
    expect(run.exit).toBe(1);
    expect(run.result?.parameters?.each.map(({ outcome }) => outcome)).toEqual([
      'failed',
      'failed',
      'held',
      'held',
    ]);
    expect(run.result?.parameters?.each[0]?.why).toMatch(
      /accepted version 1, but .* still shows no such parameter/,
    );
    expect(await parametersIn(sandbox, here)).toEqual({});
  });

  it('moves parameters that follow the newest release forward, and never back', async () => {
    const sandbox = createWorld();
    const [one, two] = [releaseOf('1.0.0'), releaseOf('2.0.0')];
    const first = await build(sandbox, one);
    await published(sandbox, one);
    sandbox.aws.settings.advance(3600);
    const second = await build(sandbox, two);
    const moved = await published(sandbox, two);
    expect(moved.exit, JSON.stringify(moved.result)).toBe(0);
    const id = second[`${here}-2204-hvm`];
    const after = await parametersIn(sandbox, here);
    expect(after[latest]).toEqual([id, 2, 'web@2.0.0', image]);
    expect(after['/web/1.0.0/2204-hvm']).toEqual([first[`${here}-2204-hvm`], 1, 'web@1.0.0', image]);
    const repaired = await published(sandbox, one);
    expect([repaired.exit, outcomes(repaired)?.filter((each) => each.endsWith('kept'))]).toEqual([
      0,
      [`${far} ${latest} kept`, `${here} ${latest} kept`],
    ]);
    expect(await parametersIn(sandbox, here)).toEqual(after);
  });

  it('never overwrites somebody else’s parameter without --take-over-parameters', async () => {
    const sandbox = createWorld();
    const plan = releaseOf('1.0.0');
    const ids = await build(sandbox, plan);
    const theirs = { Name: latest, Value: 'ami-1', Type: 'String' } as const;
    await sandbox.ssm({ region: far }).send(new PutParameterCommand(theirs));
    const refused = await published(sandbox, plan);
    expect(refused.exit).toBe(4);
    expect(refused.refusal).toContain(`${far}: ${latest}: expected no parameter yet`);
    expect(refused.refusal).toContain('--take-over-parameters');
    expect(await parametersIn(sandbox, far)).toEqual({ [latest]: ['ami-1', 1, undefined, 'text'] });
    expect(await parametersIn(sandbox, here)).toEqual({});
    const taken = await published(sandbox, plan, { options: { takeOverParameters: true } });
    expect(taken.exit, JSON.stringify(taken.result)).toBe(0);
    const now = await parametersIn(sandbox, far);
    expect(now[latest]).toEqual([ids[`${far}-2204-hvm`], 2, 'web@1.0.0', image]);
  });

  it('advises to delete one whose type cannot be changed, with and without --take-over-parameters', async () => {
    const sandbox = createWorld();
    const plan = releaseOf('1.0.0');
    await build(sandbox, plan);
    const theirs = { Name: latest, Value: 'hidden', Type: 'SecureString' } as const;
    await sandbox.ssm({ region: far }).send(new PutParameterCommand(theirs));
    for (const takeOverParameters of [false, true]) {
      const refused = await published(sandbox, plan, { options: { takeOverParameters } });
      expect([refused.exit, refused.refusal]).toEqual([
        4,
        expect.stringContaining('Delete it, or use another name'),
      ]);
      expect(refused.refusal).not.toMatch(/--take-over-parameters|hidden/);
    }
  });

  it('treats one of ours that somebody pointed elsewhere as theirs', async () => {
    const sandbox = createWorld();
    const plan = releaseOf('1.0.0');
    await build(sandbox, plan);
    await published(sandbox, plan);
    const stranger = await build(sandbox, {
      ...aPlan,
      release: 'api@1.0.0',
      targets: plan.targets.slice(0, 1).map((target) => ({ ...target, amiName: 'api' })),
    });
    const Value = Object.values(stranger)[0];
    const put = { Name: latest, Value, Type: 'String', DataType: image, Overwrite: true } as const;
    await sandbox.ssm({ region: here }).send(new PutParameterCommand(put));
    const run = await published(sandbox, plan);
    expect([run.exit, run.refusal]).toEqual([4, expect.stringContaining('not of this publication')]);
  });

  it('misses only a best-effort region that Systems Manager refuses', async () => {
    const sandbox = createWorld();
    const plan = releaseOf('1.0.0', [far]);
    await build(sandbox, plan);
    const denied = { error: 'AccessDeniedException' } as const;
    sandbox.faults.add([
      { on: 'ssm:PutParameter', region: far, times: 9, does: denied, userAgent: underTest },
    ]);
    const run = await published(sandbox, plan);
    expect([run.exit, outcomes(run)]).toEqual([
      3,
      [
        `${far} /web/1.0.0/2204-hvm failed`,
        `${far} ${latest} failed`,
        `${here} /web/1.0.0/2204-hvm written`,
        `${here} ${latest} written`,
      ],
    ]);
    expect(run.result?.parameters?.each.find(({ region }) => region === far)?.why).toContain(
      'ssm:AddTagsToResource',
    );
    sandbox.faults.clear();
    expect((await published(sandbox, plan)).exit).toBe(0);
    expect(Object.keys(await parametersIn(sandbox, far))).toHaveLength(2);
  });

  it('says what to do if a tier is full', async () => {
    const sandbox = createWorld();
    const plan = releaseOf('1.0.0');
    await build(sandbox, plan);
    const full = { error: 'ParameterLimitExceeded' } as const;
    sandbox.faults.add([
      { on: 'ssm:PutParameter', region: here, times: 1, does: full, userAgent: underTest },
    ]);
    const run = await published(sandbox, plan);
    expect(run.exit).toBe(1);
    expect(run.result?.parameters?.each[0]?.why).toContain('10,000 standard ones');
    const warnings = run.events.flatMap((event) => (event.type === 'warning' ? event.text : []));
    expect(warnings).toEqual([
      expect.stringMatching(/^\/web\/1\.0\.0\/2204-hvm in us-east-1 does not name .*ParameterLimitExceeded/),
    ]);
    const again = await published(sandbox, plan);
    expect([again.exit, outcomes(again)?.filter((one) => one.endsWith('written')).length]).toEqual([0, 3]);
  });

  it('writes none while a required target is missing', async () => {
    const sandbox = createWorld();
    const plan = releaseOf('1.0.0');
    const chosen = [`${here}-2204-hvm`];
    const run = await published(sandbox, plan, { chosen });
    expect(run.exit).toBe(0);
    expect(run.result?.parameters).toMatchObject({
      missing: expect.arrayContaining([`${far}-2204-hvm`]),
      each: [],
    });
    expect(await parametersIn(sandbox, here)).toEqual({});
  });
});

it('after a kill at each call the next run resumes, and no other parameter names an AMI of the new release before all versions do', async () => {
  const folder = temporaryFolder();
  const before = createWorld({ folder });
  const [one, two] = [releaseOf('1.0.0'), releaseOf('2.0.0')];
  await build(before, one);
  await published(before, one);
  before.aws.settings.advance(3600);
  const ids = await build(before, two);
  await published(before, {
    ...two,
    targets: two.targets.map(({ parameters: _, ...target }) => target),
  });
  const whole = async (sandbox: Sandbox) => {
    for (const region of [here, far]) {
      const id = ids[`${region}-2204-hvm`];
      expect(await parametersIn(sandbox, region)).toMatchObject({
        '/web/2.0.0/2204-hvm': [id, 1, 'web@2.0.0', image],
        [latest]: [id, 2, 'web@2.0.0', image],
      });
    }
  };
  let [calls, moved] = [0, 0];
  for (let allowed = 0; ; allowed++) {
    expect(allowed).toBeLessThan(200);
    const sandbox = copyOf(folder);
    let made = 0;
    const handle: Staged['handle'] = async (request) => {
      if (++made > allowed) throw Object.assign(new Error('killed'), { name: 'Killed' });
      return sandbox.aws.handle(request);
    };
    const run = await published(sandbox, two, { handle });
    const found = await Promise.all([here, far].map((region) => parametersIn(sandbox, region)));
    const isMoved = found.some(
      (all) => all[latest]?.[0] !== undefined && Object.values(ids).includes(String(all[latest][0])),
    );
    if (isMoved) for (const all of found) expect(all['/web/2.0.0/2204-hvm']).toBeDefined();
    if (run.exit === 0) {
      calls = made;
      await whole(sandbox);
      break;
    }
    if (isMoved) moved++;
    const again = await published(sandbox, two);
    expect(again.exit, JSON.stringify(again.result ?? again.refusal)).toBe(0);
    await whole(sandbox);
  }
  expect(calls).toBeGreaterThan(20);
  expect(moved).toBeGreaterThan(1);
});

it('a tag that a killed run did not write is written by the next one', async () => {
  const sandbox = createWorld();
  const plan = releaseOf('1.0.0');
  await build(sandbox, plan);
  await published(sandbox, plan);
  const Tags = [{ Key: 'gopackgo:release', Value: 'web@0.9.0' }];
  const resource = { ResourceType: 'Parameter', ResourceId: latest, Tags } as const;
  await sandbox.ssm({ region: here }).send(new AddTagsToResourceCommand(resource));
  const run = await published(sandbox, plan);
  expect(outcomes(run)?.filter((each) => each.endsWith('written'))).toEqual([`${here} ${latest} written`]);
  expect((await parametersIn(sandbox, here))[latest]?.[2]).toBe('web@1.0.0');
});

import {
  CreateTagsCommand,
  DeregisterImageCommand,
  DisableImageCommand,
  EnableAllowedImagesSettingsCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { canonicalIn, createWorld, patternOf, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { Ami } from '../../src/model/ami.ts';
import type { BaseFilter } from '../../src/model/publication.ts';
import type { Expectation } from '../../src/model/release-plan.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import { ubuntuFilter, ubuntuParameter } from '../../src/model/ubuntu.ts';
import { findBases } from '../../src/plan/base-images.ts';
import { newestAvailable } from '../../src/plan/base-lookups.ts';
import { type BaseQuestion, filterText } from '../../src/plan/wanted-base.ts';
import { clientsOf, makeImage, plan, startBuild, target } from '../support/embedded.ts';

const question: BaseQuestion = {
  target: target.name,
  image: target.image,
  region: target.region,
  wanted: { parameter: '/web/base' },
  asked: '/web/base',
  place: 'configs/web.json: images[0].base.ssm',
  expect: target.expect,
};

const published = canonicalIn('us-east-1').map(({ image }) => image);
const [older, newer] = published.filter(
  ({ architecture, name }) => architecture === 'x86_64' && name.includes('22.04'),
);
const arm = published.find(({ architecture }) => architecture === 'arm64');

const put = (sandbox: Sandbox, value = '') =>
  sandbox
    .ssm()
    .send(new PutParameterCommand({ Name: '/web/base', Value: value, Type: 'String', Overwrite: true }));

const ask = (
  sandbox: Sandbox,
  pinned = undefined as typeof plan | undefined,
  more: BaseQuestion[] = [question],
) => findBases({ clients: clientsOf(sandbox) }, plan.release, more, pinned, () => target.recipe);

describe('the base image', () => {
  it('is the current value of the parameter, with name and owner', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    expect(await ask(sandbox)).toEqual([
      {
        question,
        base: { id: newer?.id, name: newer?.name, owner: '099720109477', asked: '/web/base', via: 'ssm' },
      },
    ]);
  });

  it('stays as the plan pinned it, unless the config names another one', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    const base = {
      id: older?.id ?? '',
      name: older?.name ?? '',
      owner: '099720109477',
      asked: '/web/base',
      via: 'ssm' as const,
    };
    const pinned = { ...plan, targets: [{ ...target, base }] };
    expect(await ask(sandbox, pinned)).toMatchObject([{ base }]);
    const changed = { ...plan, targets: [{ ...target, base: { ...base, asked: '/another' } }] };
    expect(await ask(sandbox, changed)).toMatchObject([{ base: { id: newer?.id } }]);
  });

  it('stays the one that the release was started from, even if only AWS knows it', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    await existingAmi(sandbox, {
      ...target,
      base: { ...target.base, name: older?.name ?? '', owner: '099720109477' },
    });
    expect(await ask(sandbox)).toMatchObject([{ base: { id: older?.id, via: 'tag' } }]);
  });

  it('is the same in a region that is added later, by owner and name', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    await existingAmi(sandbox, {
      ...target,
      base: { ...target.base, name: older?.name ?? '', owner: '099720109477' },
    });
    const there = { ...question, region: 'eu-west-1', target: 'eu-west-1-2204-hvm' };
    const [, answer] = await ask(sandbox, undefined, [question, there]);
    const expected = canonicalIn('eu-west-1').find(({ image }) => image.name === older?.name)?.image.id;
    expect(answer).toMatchObject({ base: { id: expected, name: older?.name, via: 'tag' } });
    expect(expected).not.toBe(older?.id);
  });

  it('is not replaced by another one if the original one is gone', async () => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    await existingAmi(sandbox, {
      ...target,
      base: { ...target.base, name: 'withdrawn', owner: '099720109477' },
    });
    expect(await ask(sandbox)).toMatchObject([
      { problem: expect.stringMatching(/built from .*"withdrawn".*no longer/) },
    ]);
  });

  it.each([
    [
      'no such parameter',
      undefined,
      /expected an SSM parameter that exists in us-east-1, found none named \/web\/base/,
    ],
    ['an AMI that is gone', 'ami-0123456789abcdef0', /has no such AMI/],
    ['another architecture', arm?.id, /expected architecture x86_64, found arm64/],
  ])('is refused with its place: %s', async (_, value, says) => {
    const sandbox = createWorld();
    if (value) await put(sandbox, value);
    const [answer] = await ask(sandbox);
    expect(answer).toMatchObject({ problem: expect.stringMatching(says) });
    expect(answer).toMatchObject({
      problem: expect.stringMatching(/^configs\/web\.json: images\[0\]\.base\.ssm: /),
    });
  });

  it.each(['ec2:DescribeImages', 'ssm:GetParameters'])('is not guessed if %s fails', async (on) => {
    const sandbox = createWorld();
    await put(sandbox, newer?.id);
    sandbox.faults.add([{ on, times: 0, does: { error: 'AccessDeniedException' } }]);
    expect(await ask(sandbox)).toMatchObject([
      { problem: expect.stringMatching(/us-east-1: .*failed: AccessDenied/) },
    ]);
  });

  it('is looked up with ten parameters in each call', async () => {
    const sandbox = createWorld();
    const many = Array.from({ length: 23 }, (_, index) => ({
      ...question,
      target: `t${index}`,
      wanted: { parameter: `/p/${index}` },
    }));
    await ask(sandbox, undefined, many);
    const sizes = sandbox.aws
      .calls()
      .filter(({ operation }) => operation === 'GetParameters')
      .map(({ input }) => (input as { Names: string[] }).Names.length);
    expect(sizes).toEqual([10, 10, 3]);
  });
});

const wanting = (wanted: BaseQuestion['wanted'], more: Partial<BaseQuestion> = {}): BaseQuestion => ({
  ...question,
  wanted,
  ...more,
});

const ubuntu = (release: string, more: Partial<Expectation>): BaseQuestion => {
  const expect = { ...target.expect, ...more };
  const parameter = ubuntuParameter(release, expect);
  const orElse = ubuntuFilter(release, expect);
  return wanting(
    { parameter, orElse },
    { asked: parameter, expect, place: 'configs/web.json: images[0].base.ubuntu' },
  );
};

describe('an Ubuntu image', () => {
  it.each([
    ['1404', 'hvm', 'ebs', 'ssm', 'hvm-ssd/ubuntu-trusty-14.04-amd64-server-20190514'],
    ['1404', 'paravirtual', 'ebs', 'images', 'ebs-ssd/ubuntu-trusty-14.04-amd64-server-20190514'],
    ['1404', 'hvm', 'instance-store', 'images', 'hvm-instance/ubuntu-trusty-14.04-amd64-server-20190514'],
    ['1404', 'paravirtual', 'instance-store', 'images', 'ubuntu-trusty-14.04-amd64-server-20190514'],
    ['1204', 'hvm', 'ebs', 'images', 'hvm-ssd/ubuntu-precise-12.04-amd64-server-20170502'],
    ['1204', 'paravirtual', 'instance-store', 'images', 'ubuntu-precise-12.04-amd64-server-20170502'],
  ] as const)(
    '%s %s %s: %s finds the newest, although it is deprecated',
    async (release, virtualization, rootDevice, via, name) => {
      const sandbox = createWorld();
      const asked = ubuntu(release, { virtualization, rootDevice });
      const [answer] = await ask(sandbox, undefined, [asked]);
      const full = `ubuntu/images/${name}`;
      const id = canonicalIn('us-east-1').find(({ image }) => image.name === full)?.image.id;
      expect(answer).toEqual({
        question: asked,
        base: { id, name: full, owner: '099720109477', asked: asked.asked, via, deprecated: true },
      });
    },
  );

  it('that is not deprecated does not say so', async () => {
    const [answer] = await ask(createWorld(), undefined, [ubuntu('2404', {})]);
    expect(answer).toMatchObject({ base: { via: 'ssm' } });
    expect(answer).not.toHaveProperty('base.deprecated');
  });

  it('that does not exist is refused, and both lookups are named', async () => {
    const [answer] = await ask(createWorld(), undefined, [ubuntu('1004', { rootDevice: 'instance-store' })]);
    const problem = answer && 'problem' in answer ? answer.problem : '';
    expect(problem).toContain('configs/web.json: images[0].base.ubuntu: ');
    expect(problem).toContain('in us-east-1');
    expect(problem).toContain(
      '/aws/service/canonical/ubuntu/server/10.04/stable/current/amd64/hvm/instance-store/ami-id',
    );
    expect(problem).toContain('ubuntu/images/hvm-instance/ubuntu-*-10.04-amd64-server-????????');
    expect(problem).toContain('"base": {"id": {"us-east-1"');
  });

  it.each([
    'ubuntu/images-testing/hvm-ssd/ubuntu-trusty-daily-amd64-server-20190515',
    'ubuntu/images-milestone/hvm-ssd/ubuntu-trusty-14.04-beta2-amd64-server-20140326',
    'ubuntu-minimal/images/hvm-ssd/ubuntu-trusty-14.04-amd64-minimal-20190515',
    'ubuntu/images/hvm-io1/ubuntu-trusty-14.04-amd64-server-20190515',
    'ubuntu/images/hvm/ubuntu-trusty-14.04-amd64-server-20190515',
    'ubuntu/images/hvm-instance/ubuntu-trusty-14.04-amd64-server-20190515',
    'ubuntu/images/hvm-ssd/ubuntu-trusty-14.04-i386-server-20190515',
    'ubuntu/images/hvm-ssd/ubuntu-trusty-14.04-amd64-server-20190515-draft',
  ])('is not %s', (name) => {
    expect(finds(ubuntuFilter('1404', target.expect), name)).toBe(false);
  });

  it.each(['20140416.1', '20190514'])('may have the serial %s', (serial) => {
    const name = `ubuntu/images/hvm-ssd/ubuntu-trusty-14.04-amd64-server-${serial}`;
    expect(finds(ubuntuFilter('1404', target.expect), name)).toBe(true);
  });

  /** Whether a filter of names would match, as the sandbox interprets AWS's wildcards. */
  function finds({ filters }: BaseFilter, name: string): boolean {
    return (filters.name ?? []).some((pattern) => patternOf(pattern).test(name));
  }
});

describe('a filter', () => {
  const filter: BaseFilter = { owners: ['self'], filters: { name: ['golden *'] } };
  const wanted = wanting(
    { filter },
    { asked: filterText(filter), place: 'configs/web.json: images[0].base.filter' },
  );

  it('finds the newest available image', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    await makeImage(sandbox, instance, 'golden c');
    const newest = await makeImage(sandbox, instance, 'golden d');
    expect(await ask(sandbox, undefined, [wanted])).toMatchObject([
      {
        base: { id: newest, name: 'golden d', owner: plan.account, via: 'filter', asked: filterText(filter) },
      },
    ]);
    await sandbox.ec2().send(new DisableImageCommand({ ImageId: newest }));
    expect(await ask(sandbox, undefined, [wanted])).toMatchObject([{ base: { name: 'golden c' } }]);
  });

  it('takes the later name if two images have the same time, and none that is not available', () => {
    const ami = (name: string, created: string, state = 'available') =>
      ({ id: `ami-${name}`, name, created, state }) as Ami;
    const images = [
      ami('b', '2026-01-01'),
      ami('c', '2026-01-02'),
      ami('d', '2026-01-02'),
      ami('e', '2026-01-03', 'pending'),
      ami('a', '2026-01-02'),
    ];
    expect(newestAvailable(images)?.name).toBe('d');
    expect(newestAvailable(images.slice(3, 4))).toBeUndefined();
  });

  it("looks for the image's own architecture and kind, unless it names others; then the image found is refused", async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    await makeImage(sandbox, instance, 'golden amd64');
    const onArm = { ...wanted, expect: { ...target.expect, architecture: 'arm64' } };
    expect(await ask(sandbox, undefined, [onArm])).toMatchObject([
      { problem: expect.stringMatching(/base\.filter: .*us-east-1, found none of self with name golden \*/) },
    ]);
    const filters = { ...filter.filters, architecture: ['x86_64'] };
    expect(
      await ask(sandbox, undefined, [{ ...onArm, wanted: { filter: { ...filter, filters } } }]),
    ).toMatchObject([{ problem: expect.stringMatching(/expected architecture arm64, found x86_64/) }]);
  });

  it('that AWS rejects is refused with its place', async () => {
    const wrong = wanting({ filter: { owners: ['self'], filters: { nmae: ['x'] } } });
    expect(await ask(createWorld(), undefined, [wrong])).toMatchObject([
      { problem: expect.stringMatching(/images\[0\].*us-east-1: .*InvalidParameterValue.*nmae/) },
    ]);
  });

  it('means the same in every notation', () => {
    const one = { owners: ['self', 'amazon'], filters: { name: ['b', 'a'], state: ['available'] } };
    const other = { owners: ['amazon', 'self'], filters: { state: ['available'], name: ['a', 'b', 'a'] } };
    expect(filterText(one)).toBe(filterText(other));
    expect(filterText(one)).not.toBe(filterText({ ...one, filters: { name: ['a'] } }));
  });
});

describe('an id', () => {
  const fixed = (id = '', more: Partial<BaseQuestion> = {}) =>
    wanting({ id }, { asked: 'id', place: 'configs/web.json: images[0].base.id', ...more });

  it('is used, whatever the release was started from', async () => {
    const sandbox = createWorld();
    await existingAmi(sandbox, {
      ...target,
      base: { ...target.base, name: older?.name ?? '', owner: '099720109477' },
    });
    const base = {
      id: newer?.id ?? '',
      name: newer?.name ?? '',
      owner: '099720109477',
      asked: 'id',
      via: 'fixed' as const,
    };
    expect(await ask(sandbox, undefined, [fixed(newer?.id)])).toEqual([{ question: fixed(newer?.id), base }]);
    const pinned = { ...plan, targets: [{ ...target, base }] };
    expect(await ask(sandbox, pinned, [fixed(older?.id)])).toMatchObject([{ base: { id: older?.id } }]);
  });

  it.each([
    [
      'there is none',
      'ami-0123456789abcdef0',
      /base\.id: expected an AMI in us-east-1, found ami-0123456789abcdef0: us-east-1 has no such/,
    ],
    ['it is of another kind', arm?.id, /base\.id: .*expected architecture x86_64, found arm64/],
    [
      'it was withdrawn',
      canonicalIn('us-east-1').find(({ image }) => !image.permissions.everyone)?.image.id,
      /no such AMI/,
    ],
  ])('is refused if %s', async (_, id, says) => {
    expect(await ask(createWorld(), undefined, [fixed(id)])).toMatchObject([
      { problem: expect.stringMatching(says) },
    ]);
  });

  it('is refused if the image is disabled', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    const id = await makeImage(sandbox, instance, 'golden');
    await sandbox.ec2().send(new DisableImageCommand({ ImageId: id }));
    expect(await ask(sandbox, undefined, [fixed(id)])).toMatchObject([
      {
        problem: expect.stringMatching(
          /base\.id: expected an AMI that is available .*"golden"\), which is disabled/,
        ),
      },
    ]);
  });
});

it.each([
  ['an id', { id: newer?.id ?? '' }],
  ['a filter', { filter: { owners: ['099720109477'], filters: { name: ['*22.04*'] } } }],
  ['Ubuntu', ubuntu('2204', {}).wanted],
])('Allowed AMIs that hide a base image are named: %s', async (_, wanted) => {
  const sandbox = createWorld();
  const on = { AllowedImagesSettingsState: 'enabled' as const };
  await sandbox.ec2().send(new EnableAllowedImagesSettingsCommand(on));
  expect(await ask(sandbox, undefined, [wanting(wanted)])).toMatchObject([
    {
      problem: expect.stringMatching(/Allowed AMIs .*aws ec2 get-allowed-images-settings --region us-east-1/),
    },
  ]);
});

it('an unusable AMI of a parameter is named with the other lookups', async () => {
  const sandbox = createWorld();
  const on = { AllowedImagesSettingsState: 'enabled' as const };
  await sandbox.ec2().send(new EnableAllowedImagesSettingsCommand(on));
  const [answer] = await ask(sandbox, undefined, [ubuntu('2204', {})]);
  const problem = answer && 'problem' in answer ? answer.problem : '';
  expect(problem).toContain(
    `hvm/ebs-gp2/ami-id is ${newer?.id}, and Allowed AMIs hides it from this account in us-east-1`,
  );
  expect(problem).toContain(
    'Nor does DescribeImages show an image of 099720109477 with name ubuntu/images/hvm-ssd/',
  );
});

it('no other image is used because the lookup of the parameter’s image failed', async () => {
  const sandbox = createWorld();
  const does = { error: 'UnauthorizedOperation' };
  sandbox.faults.add([{ on: 'ec2:DescribeImages', input: newer?.id ?? '', times: 0, does }]);
  expect(await ask(sandbox, undefined, [ubuntu('2204', {})])).toMatchObject([
    { problem: expect.stringMatching(/us-east-1: ec2:DescribeImages failed: UnauthorizedOperation/) },
  ]);
});

it('makes a lookup that many targets share once', async () => {
  const sandbox = createWorld();
  const filter = { owners: ['099720109477'], filters: { name: ['ubuntu/images/*-22.04-*'] } };
  const wanted = [{ filter }, { id: newer?.id ?? '' }, { id: older?.id ?? '' }];
  const many = Array.from({ length: 30 }, (_, index) =>
    wanting(wanted[index % 3] ?? { filter }, { target: `t${index}` }),
  );
  await ask(sandbox, undefined, many);
  const lookups = sandbox.aws.calls().filter(({ operation }) => operation === 'DescribeImages');
  expect(lookups).toHaveLength(3);
});

it.each([
  ['2204', {}, '22.04/stable/current/amd64/hvm/ebs-gp2'],
  ['22.04', { architecture: 'arm64' }, '22.04/stable/current/arm64/hvm/ebs-gp2'],
  ['2304', {}, '23.04/stable/current/amd64/hvm/ebs-gp2'],
  ['2310', {}, '23.10/stable/current/amd64/hvm/ebs-gp3'],
  ['2404', {}, '24.04/stable/current/amd64/hvm/ebs-gp3'],
  ['1404', { virtualization: 'paravirtual' }, '14.04/stable/current/amd64/pv/ebs-gp2'],
  ['1404', { rootDevice: 'instance-store' }, '14.04/stable/current/amd64/hvm/instance-store'],
] as const)('Ubuntu %s as %o is at %s', (release, kind, path) => {
  const parameter = ubuntuParameter(release, { ...target.expect, ...kind });
  expect(parameter).toBe(`/aws/service/canonical/ubuntu/server/${path}/ami-id`);
});

async function existingAmi(sandbox: Sandbox, of: typeof target): Promise<void> {
  const { instance } = await startBuild(sandbox);
  const ami = await makeImage(sandbox, instance);
  const Tags = Object.entries(ownTags(plan, of)).map(([Key, Value]) => ({ Key, Value }));
  await sandbox.ec2().send(new CreateTagsCommand({ Resources: [ami], Tags }));
  const [other] = [await makeImage(sandbox, instance, 'unrelated')];
  await sandbox.ec2().send(new DeregisterImageCommand({ ImageId: other }));
}

describe('images of Ubuntu releases without a parameter', () => {
  const questions = ['1204', '1404'].flatMap((release) =>
    (['paravirtual', 'hvm'] as const).map((virtualization): BaseQuestion => {
      const expect = { ...target.expect, virtualization, rootDevice: 'instance-store' as const };
      const name = `${release}-${virtualization}`;
      const parameter = ubuntuParameter(release, expect);
      const wanted = { parameter, orElse: ubuntuFilter(release, expect) };
      return { ...question, target: `us-east-1-${name}`, image: name, asked: parameter, wanted, expect };
    }),
  );

  it('are found by one call, with the same results as separate calls', async () => {
    const sandbox = createWorld();
    const alone = [];
    for (const one of questions) alone.push(...(await ask(sandbox, undefined, [one])));
    const before = sandbox.aws.calls().length;
    expect(await ask(sandbox, undefined, questions)).toEqual(alone);
    const ids = alone.map((one) => ('base' in one ? one.base.id : one.problem));
    expect(new Set(ids).size).toBe(4);
    const calls = sandbox.aws.calls().slice(before);
    const byFilter = calls.filter(({ input }) => JSON.stringify(input).includes('root-device-type'));
    expect(byFilter).toHaveLength(1);
  });
});

import {
  DisableSnapshotBlockPublicAccessCommand,
  EnableEbsEncryptionByDefaultCommand,
  EnableImageBlockPublicAccessCommand,
  EnableSnapshotBlockPublicAccessCommand,
  ModifyImageAttributeCommand,
  type ModifyImageAttributeCommandInput,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import {
  type Behaviour,
  canonicalIn,
  createWorld,
  makeImage,
  type World as Sandbox,
  unblocked,
} from '../../sandbox/testing/index.ts';
import type { Checks } from '../../src/model/events.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { verify } from '../../src/observe/verify.ts';
import { checkBeforeBuilding, checkBeforeSharing, refuseByChecks } from '../../src/publish/checks.ts';
import { share } from '../../src/share/share.ts';
import { build, planIn } from '../support/built.ts';
import { worldOn } from '../support/embedded.ts';
import { plan as storedPlan, target as storedTarget } from '../support/stored.ts';

const regions = ['us-east-1', 'eu-west-1'];
const open = { public: true };

async function inAdvance(sandbox: Sandbox, plan: ReleasePlan, chosen = plan.targets.map(({ name }) => name)) {
  const world = worldOn(sandbox);
  const verdicts = await verify(plan, plan.targets, world, 'one look');
  const checked = await checkBeforeBuilding({ plan, verdicts }, new Set(chosen), world);
  return { ...checked, checks: ofAccounts(checked.checks) };
}

/** Without the checks of builders and base images, which test/checks covers. */
function ofAccounts({ passed, troubles }: Checks): Checks {
  const isOfAccount = ({ check }: { check: string }) => accountChecks.has(check);
  const own = passed.filter(isOfAccount);
  return { ok: own.length, passed: own, troubles: troubles.filter(isOfAccount) };
}

const accountChecks = new Set([
  'block public access for AMIs',
  'block public access for snapshots',
  'quota of public AMIs',
  'EBS encryption by default',
  'IMDSv2 on builders',
  'snapshots of AMIs to be made public',
]);

async function justBefore(sandbox: Sandbox, plan: ReleasePlan) {
  const world = worldOn(sandbox);
  return checkBeforeSharing(plan, await verify(plan, plan.targets, world, 'one look'), world);
}

const said = ({ refused }: Awaited<ReturnType<typeof inAdvance>>) =>
  refused.map(({ region, check, found }) => `${region}: ${check}: ${found}`);

describe('before anything is spent', () => {
  it('refuses a public release in a new account, for every region at once, with the commands that fix it', async () => {
    const sandbox = createWorld({ behaviour: { accounts: [{ encryptionByDefault: true }] } });
    const checked = await inAdvance(sandbox, planIn(regions, open));
    expect(said(checked).sort()).toEqual([
      'eu-west-1: EBS encryption by default: on, with the key alias/aws/ebs',
      'eu-west-1: block public access for AMIs: block-new-sharing',
      'us-east-1: EBS encryption by default: on, with the key alias/aws/ebs',
      'us-east-1: block public access for AMIs: block-new-sharing',
    ]);
    expect(() => refuseByChecks(checked.refused)).toThrow(
      /Nothing was built.*for region in (us-east-1 eu-west-1|eu-west-1 us-east-1); do aws ec2 disable-image-block-public-access --region "\$region"; done \(takes/s,
    );
    expect(sandbox.aws.calls().filter(({ operation }) => /^(Modify|Disable|Run)/.test(operation))).toEqual(
      [],
    );
  });

  it('finds nothing in a suitable account, and asks nothing about sharing for a private release', async () => {
    const sandbox = createWorld({ behaviour: unblocked });
    const free = await inAdvance(sandbox, planIn(regions, open));
    expect(free).toMatchObject({ refused: [], checks: { troubles: [] } });
    expect(free.checks.ok).toBe(2 * 5);
    expect(free.checks.passed).toHaveLength(2 * 5);
    expect(free.checks.passed).toContainEqual({ check: 'block public access for AMIs', region: 'eu-west-1' });
    const quiet = createWorld();
    expect((await inAdvance(quiet, planIn(regions, {}))).checks).toEqual({
      ok: 0,
      passed: [],
      troubles: [],
    });
    const asked = quiet.aws.calls().filter(({ operation }) => operation.startsWith('Get'));
    expect(new Set(asked.map(({ operation }) => operation))).toEqual(new Set(['GetCallerIdentity']));
  });

  it('warns if the AMI tools on a builder would get no answer from its metadata service, private or not', async () => {
    const required: Behaviour = { accounts: [{ metadataTokens: 'required' }] };
    const { checks, refused } = await inAdvance(createWorld({ behaviour: required }), storedPlan);
    expect(refused).toEqual([]);
    expect(checks).toMatchObject({
      ok: 0,
      troubles: [{ is: 'warning', region: 'us-east-1', found: 'required by the account default' }],
    });
  });

  it('warns even if options of amazon-instance say otherwise, since they never reach EC2', async () => {
    const required: Behaviour = { accounts: [{ metadataTokens: 'required' }] };
    const { packer } = storedTarget;
    const options = { metadata_options: { http_tokens: 'optional' } };
    const asking = { ...storedPlan, targets: [{ ...storedTarget, packer: { ...packer, options } }] };
    const { checks } = await inAdvance(createWorld({ behaviour: required }), asking);
    const todo = 'aws ec2 modify-instance-metadata-defaults --region us-east-1 --http-tokens optional';
    expect(checks.troubles).toMatchObject([{ is: 'warning', region: 'us-east-1', todo }]);
  });

  it('refuses builders with optional tokens if the account enforces IMDSv2, and launches none', async () => {
    const sandbox = createWorld({ behaviour: { accounts: [{ metadataTokensEnforced: true }] } });
    const [target] = planIn(['us-east-1'], {}).targets;
    const [base] = canonicalIn('us-east-1').filter(({ image }) => image.name.includes('noble-24.04-amd64'));
    if (!target || !base) throw new Error('No target');
    const refusedWith = async (http_tokens: string) => {
      const options = { instance_type: 't3.micro', metadata_options: { http_tokens } };
      const packer = { ...target.packer, options };
      const one = { ...target, packer, base: { ...target.base, id: base.image.id } };
      return said(await inAdvance(sandbox, { ...planIn(['us-east-1'], {}), targets: [one] }));
    };
    expect(await refusedWith('optional')).toEqual([
      expect.stringMatching(/^us-east-1: permissions to build: UnsupportedOperation: .*IMDSv1/),
    ]);
    expect(await refusedWith('required')).toEqual([]);
    expect(
      sandbox.aws.calls().filter(({ operation, status }) => operation === 'RunInstances' && status === 200),
    ).toEqual([]);
  });

  it('warns about an Ubuntu on EBS that could not read the SSH key for Packer', async () => {
    const required: Behaviour = { accounts: [{ metadataTokens: 'required' }] };
    const [target] = planIn(['us-east-1'], {}).targets;
    if (!target) throw new Error('No target');
    const from = (base: string, owner = '099720109477') => {
      const name = `ubuntu/images/hvm-ssd/ubuntu-${base}-amd64-server-20190514`;
      return {
        ...planIn(['us-east-1'], {}),
        targets: [{ ...target, base: { ...target.base, owner, name } }],
      };
    };
    const troubles = async (plan: ReleasePlan) =>
      (await inAdvance(createWorld({ behaviour: required }), plan)).checks.troubles.map(({ check }) => check);
    expect(await troubles(from('precise-12.04'))).toEqual(['IMDSv2 on builders']);
    expect(await troubles(from('trusty-14.04'))).toEqual(['IMDSv2 on builders']);
    expect(await troubles(from('xenial-16.04'))).toEqual([]);
    expect(await troubles(from('trusty-14.04', '123456789012'))).toEqual([]);
    const trusty = from('trusty-14.04');
    const options = { metadata_options: { http_tokens: 'optional' } };
    const targets = trusty.targets.map((one) => ({ ...one, packer: { ...one.packer, options } }));
    expect(await troubles({ ...trusty, targets })).toEqual([]);
  });

  it('counts AMIs that are already public, and those of the release itself only once', async () => {
    const quotas = { 'L-0E3CBAB9': 2 };
    const sandbox = createWorld({
      behaviour: { accounts: [{ imageBlockPublicAccess: 'unblocked', quotas }] },
    });
    const plan = planIn(regions, open);
    await build(sandbox, plan);
    expect(said(await inAdvance(sandbox, plan))).toEqual([]);
    for (const name of ['older', 'oldest']) {
      const { id: ImageId } = await makeImage(sandbox, name);
      const publicly = {
        ImageId,
        OperationType: 'add',
        UserGroups: ['all'],
      } satisfies ModifyImageAttributeCommandInput;
      await sandbox.ec2().send(new ModifyImageAttributeCommand(publicly));
    }
    const full = await inAdvance(sandbox, plan);
    expect(said(full)).toEqual(['us-east-1: quota of public AMIs: 2 public AMIs, and 2 are allowed']);
    expect(full.refused[0]?.todo).toContain('--desired-value 3');
    const elsewhere = planIn(['eu-west-1'], open);
    const world = worldOn(sandbox);
    await share(elsewhere, await verify(elsewhere, elsewhere.targets, world, 'one look'), world);
    expect(said(await inAdvance(sandbox, elsewhere))).toEqual([]);
  });

  it('leaves out a best-effort region with its reason, and continues with the rest', async () => {
    const behaviour: Behaviour = {
      accounts: [
        { imageBlockPublicAccess: 'unblocked' },
        { region: 'eu-west-1', imageBlockPublicAccess: 'block-new-sharing' },
      ],
    };
    const checked = await inAdvance(createWorld({ behaviour }), planIn(regions, open, ['eu-west-1']));
    expect(checked.refused).toEqual([]);
    expect(checked.plan.targets.map(({ region }) => region)).toEqual(['us-east-1']);
    expect(checked.plan.leftOut).toMatchObject([
      { name: 'eu-west-1-2204-hvm', why: expect.stringContaining('block public access for AMIs') },
    ]);
    expect(checked.verdicts.map(({ target }) => target.region)).toEqual(['us-east-1']);
  });

  it('warns about a selection that can share nothing, and refuses only builds that would be in vain', async () => {
    const plan = planIn(regions, open);
    const chosen = ['us-east-1-2204-hvm'];
    const blocked = await inAdvance(createWorld(), plan, chosen);
    expect(blocked.refused).toEqual([]);
    expect(blocked.checks.troubles.map(({ is, region }) => `${is} ${region}`).sort()).toEqual([
      'warning eu-west-1',
      'warning us-east-1',
    ]);
    const encrypted: Behaviour = { accounts: [{ ...unblocked.accounts?.[0], encryptionByDefault: true }] };
    expect(said(await inAdvance(createWorld({ behaviour: encrypted }), plan, chosen))).toEqual([
      'us-east-1: EBS encryption by default: on, with the key alias/aws/ebs',
    ]);
  });

  it('continues if AWS does not answer, and says so', async () => {
    const sandbox = createWorld({ behaviour: unblocked });
    sandbox.faults.add([
      {
        on: 'ec2:GetImageBlockPublicAccessState',
        region: 'us-east-1',
        times: 0,
        does: { error: 'UnauthorizedOperation' },
      },
    ]);
    const checked = await inAdvance(sandbox, planIn(regions, open));
    expect(checked.refused).toEqual([]);
    expect(checked.unknown).toMatchObject([{ region: 'us-east-1' }]);
    expect((await inAdvance(sandbox, planIn(regions, open, ['us-east-1']))).unknown).toEqual([]);
    expect(checked.checks.troubles).toMatchObject([
      {
        is: 'unknown',
        region: 'us-east-1',
        todo: expect.stringContaining('ec2:GetImageBlockPublicAccessState'),
      },
    ]);
  });

  it('knows that snapshots are blocked although their permission still says public', async () => {
    const sandbox = createWorld({ behaviour: unblocked });
    const plan = planIn(['us-east-1'], open);
    await build(sandbox, plan);
    const world = worldOn(sandbox);
    await share(plan, await verify(plan, plan.targets, world, 'one look'), world);
    const hide = new EnableSnapshotBlockPublicAccessCommand({ State: 'block-all-sharing' });
    await sandbox.ec2().send(hide);
    const [verdict] = await verify(plan, plan.targets, world, 'one look');
    expect(verdict?.status.is).toBe('shared');
    expect(said(await inAdvance(sandbox, plan))).toEqual([
      'us-east-1: block public access for snapshots: block-all-sharing',
    ]);
    await sandbox.ec2().send(new DisableSnapshotBlockPublicAccessCommand({}));
    expect(said(await inAdvance(sandbox, plan))).toEqual([]);
  });
});

describe('right before sharing', () => {
  it.each<[string, (sandbox: Sandbox) => unknown, string]>([
    [
      'AMIs are blocked in one region meanwhile',
      (sandbox) =>
        sandbox
          .ec2({ region: 'eu-west-1' })
          .send(
            new EnableImageBlockPublicAccessCommand({ ImageBlockPublicAccessState: 'block-new-sharing' }),
          ),
      'CheckRefused',
    ],
    [
      'its quota is full meanwhile',
      (sandbox) =>
        sandbox.aws.settings.change({ accounts: [{ region: 'eu-west-1', quotas: { 'L-0E3CBAB9': 0 } }] }),
      'CheckRefused',
    ],
    [
      'AWS does not say whether they are blocked',
      (sandbox) =>
        void sandbox.faults.add([
          {
            on: 'ec2:GetImageBlockPublicAccessState',
            region: 'eu-west-1',
            times: 0,
            does: { error: 'UnauthorizedOperation' },
          },
        ]),
      'CheckUnknown',
    ],
  ])(
    '%s: nothing may be shared anywhere if the region is required, and only the others if it is not',
    async (_, change, code) => {
      const sandbox = createWorld({ behaviour: unblocked });
      const plan = planIn(regions, open);
      const ids = await build(sandbox, plan);
      expect(await justBefore(sandbox, plan)).toMatchObject({ may: [{}, {}], failures: [] });
      await change(sandbox);
      const required = await justBefore(sandbox, plan);
      expect(required.may).toEqual([]);
      expect(required.failures).toMatchObject([
        { target: 'eu-west-1-2204-hvm', id: ids['eu-west-1-2204-hvm'], error: { code, region: 'eu-west-1' } },
      ]);
      const bestEffort = await justBefore(sandbox, planIn(regions, open, ['eu-west-1']));
      expect(bestEffort.may.map(({ target }) => target.region)).toEqual(['us-east-1']);
      expect(bestEffort.failures).toMatchObject([{ target: 'eu-west-1-2204-hvm' }]);
    },
  );

  it('an encrypted AMI is found before anything is public', async () => {
    const sandbox = createWorld({ behaviour: unblocked });
    await sandbox.ec2({ region: 'eu-west-1' }).send(new EnableEbsEncryptionByDefaultCommand({}));
    const plan = planIn(regions, open);
    await build(sandbox, plan);
    expect(await justBefore(sandbox, plan)).toMatchObject({
      may: [],
      failures: [
        { target: 'eu-west-1-2204-hvm', error: { message: expect.stringMatching(/encrypted: snap-/) } },
      ],
    });
  });
});

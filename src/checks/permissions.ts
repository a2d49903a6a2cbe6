import type { Clients } from '../aws/connection.ts';
import {
  wouldCreateKeyPair,
  wouldCreateSecurityGroup,
  wouldLaunch,
  wouldShareImage,
  wouldShareSnapshot,
} from '../aws/dry-run.ts';
import { isObject } from '../lib/is-object.ts';
import type { Lookup, LookupError } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';
import { type Check, type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { launchTypes, textsIn } from './launch-types.ts';
import { judgeNetwork } from './network.ts';
import { namesSubnet } from './network-asked.ts';
import { networksOf } from './network-seen.ts';
import type { RegionWork } from './region-work.ts';
import { zonesOffering } from './shared-answers.ts';
import { type BuilderTags, tagsOf } from './tags-of-builder.ts';

export const permissions = inEachRegion(
  ({ toBuild, toShare }) => toBuild.length > 0 || toShare !== undefined,
  async (work, context) => [
    ...(work.toBuild.length > 0
      ? judgePermissions(place(work, 'building'), await askToBuild(work, context))
      : []),
    ...(work.toShare ? judgePermissions(place(work, 'sharing'), await askToShare(work, context)) : []),
  ],
);

const place = ({ region }: RegionWork, stops: Place['stops']): Place => ({
  check: stops === 'building' ? 'permissions to build' : 'permissions to share',
  region,
  stops,
});

/**
 * Uses `DryRun` for the EC2 calls whose resources exist: the launch of one builder, as far as its network and its type exist;
 * its key pair; its security group, if Packer creates one. Each dry run has the tags of Packer's call, so that a policy that
 * allows only tagged resources is judged correctly.
 */
async function askToBuild(work: RegionWork, context: CheckContext): Promise<Lookup<void>[]> {
  const { region, release, toBuild } = work;
  const { clients, placeOf, host } = context;
  const [networks, offered, plugin] = await Promise.all([
    networksOf(work, clients),
    zonesOffering(work, clients),
    context.plugin?.(),
  ]);
  const tagsFor = (target: Target) => tagsOf({ release }, target, { host, plugin });
  const usable = networks.flatMap((one) =>
    judgeNetwork(region, one, placeOf).is === 'ok'
      ? one.targets.flatMap((target) => {
          const [launch] = launchTypes(target);
          const subnet = one.seen.subnets.ok ? one.seen.subnets.value[0] : undefined;
          const groups = one.seen.groups?.ok ? one.seen.groups.value.map(({ id }) => id) : undefined;
          return launch && offered.ok && offered.value.has(launch.type)
            ? [
                {
                  target,
                  type: launch.type,
                  vpc: subnet?.vpc,
                  subnet: namesSubnet(one.asked) ? subnet?.id : undefined,
                  groups,
                },
              ]
            : [];
        })
      : [],
  );
  const [first] = usable;
  const makesGroup = usable.find(({ groups }) => groups === undefined);
  const [any] = toBuild;
  return Promise.all([
    ...(any ? [wouldCreateKeyPair(clients, region, keyName(release, any), tagsFor(any))] : []),
    ...(makesGroup
      ? [wouldCreateSecurityGroup(clients, region, makesGroup.vpc, tagsFor(makesGroup.target))]
      : []),
    ...(first ? [launchOf(first.target, first, tagsFor(first.target), region, clients)] : []),
  ]);
}

/** Starts with Packer's name, for policies on names, but differs from it, since that name may be in use. */
const keyName = (release: string, { name }: Target): string =>
  `${`gopackgo-${release}-${name}`.slice(0, 247)}-dry-run`;

function launchOf(
  target: Target,
  { type, subnet, groups }: { type: string; subnet: string | undefined; groups: string[] | undefined },
  tags: BuilderTags,
  region: string,
  clients: Clients,
): Promise<Lookup<void>> {
  const { builder, options } = target.packer;
  const [profile] = textsIn(options.iam_instance_profile);
  // amazon-instance never sends them.
  const metadata = builder === 'amazon-ebs' ? options.metadata_options : undefined;
  const [tokens] = isObject(metadata) ? textsIn(metadata.http_tokens) : [];
  return wouldLaunch(clients, region, {
    image: target.base.id,
    type,
    ...(subnet === undefined ? {} : { subnet }),
    ...(groups === undefined ? {} : { groups }),
    ...(profile === undefined ? {} : { profile }),
    ...(tokens === undefined ? {} : { tokens }),
    tags,
  });
}

async function askToShare({ region, sharing, toShare }: RegionWork, { clients }: CheckContext) {
  if (!toShare) return [];
  const [account] = sharing.accounts;
  const [organization] = sharing.organizations;
  const { ami, snapshot } = toShare;
  const snapshots = snapshot !== undefined && sharing.snapshots && (sharing.public || account !== undefined);
  return Promise.all([
    wouldShareImage(clients, region, ami, { public: sharing.public, account, organization }),
    ...(snapshots
      ? [wouldShareSnapshot(clients, region, snapshot, { public: sharing.public, account })]
      : []),
  ]);
}

/** Codes that AWS uses for a missing permission ("Error codes for the Amazon EC2 API"; IAM's word elsewhere). */
const denied = ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'];

/**
 * Whether EC2 would allow these calls of the run. A launch that EC2 refuses because of its parameters would fail for Packer,
 * too; any other refusal of that kind is a warning. Pure.
 */
export function judgePermissions(all: Place, asked: readonly Lookup<void>[]): Finding[] {
  const errors = asked.flatMap((lookup) => (lookup.ok ? [] : [lookup.error]));
  const missing = errors.filter(({ code }) => denied.includes(code));
  const found: Finding[] = errors
    .filter((error) => !missing.includes(error))
    .map((error) => refusedCall(all, error));
  if (missing.length > 0) {
    found.unshift({
      ...all,
      is: 'refused',
      code: 'permission-missing',
      expected: `permission to call ${missing.map(permissionOf).join(', ')}`,
      found: [...new Set(missing.map(({ code, message }) => `${code}: ${message}`))].join('; '),
      todo: 'Allow it: docs/permissions.md has what each command needs',
    });
  }
  return found.length === 0 ? [{ ...all, is: 'ok' }] : found;
}

function refusedCall(all: Place, error: LookupError): Finding {
  if (!isOfRequest(error)) return notKnown(all, `EC2 to allow ${error.operation}`, error);
  const difference = {
    expected: `EC2 to accept ${error.operation}`,
    found: `${error.code}: ${error.message}`,
    todo:
      error.code === 'VcpuLimitExceeded'
        ? 'Use a smaller instance type, or request a larger vCPU quota in Service Quotas'
        : 'Fix what it names in the config',
  };
  return error.operation === 'ec2:RunInstances'
    ? { ...all, is: 'refused', code: 'launch-refused', ...difference }
    : { ...all, is: 'warning', ...difference };
}

/** The missing permission, which may differ from the call: `iam:PassRole` for a launch with an instance profile. */
const permissionOf = ({ operation, message }: LookupError): string =>
  /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1] ?? operation;

/** Whether EC2 refused the request itself, rather than failing to answer. */
const isOfRequest = ({ code }: LookupError): boolean =>
  /^(?:Invalid|Missing|Unsupported|VcpuLimit|Max|InsufficientFree|VPCIdNotSpecified|OptInRequired|OperationNotPermitted|Blocked|PendingVerification)/.test(
    code,
  );

const laterOnEbs = 'ec2:StopInstances, ec2:CreateImage, ec2:CreateTags, ec2:TerminateInstances';
const laterOnStore = 'ec2:RegisterImage, s3:CreateBucket';

/**
 * Permissions that cannot be checked in advance: EC2 answers a dry run only about existing resources, and S3 has no dry run.
 * Pure.
 */
export const laterPermissions: Check = async (works) => {
  const toBuild = works.flatMap((work) => work.toBuild);
  if (toBuild.length === 0) return [];
  const has = (root: 'ebs' | 'instance-store') => toBuild.some(({ expect }) => expect.rootDevice === root);
  const later = [...(has('ebs') ? [laterOnEbs] : []), ...(has('instance-store') ? [laterOnStore] : [])];
  return [
    {
      check: 'permissions for resources that a build creates',
      stops: 'building',
      is: 'not-checked',
      expected: 'all of them',
      found: `no way to check ${later.join(', ')} and others before the resources exist`,
      todo: 'Compare your policy with docs/permissions.md',
    },
  ];
};

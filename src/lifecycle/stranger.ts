import pLimit from 'p-limit';
import type { Clients } from '../aws/connection.ts';
import { wouldCopyImage, wouldLaunch } from '../aws/dry-run.ts';
import { findImages } from '../aws/images.ts';
import { partitionOf } from '../aws/partition.ts';
import { usableSnapshots } from '../aws/snapshots.ts';
import { findStoredParameters } from '../aws/stored-parameters.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { Ami } from '../model/ami.ts';
import type { Finding, StrangersView } from '../model/events.ts';
import type { Image } from '../model/image.ts';
import { describeLookupError, type Lookup, type LookupError, okLookup } from '../model/lookup.ts';
import type { Sharing } from '../model/publication.ts';

/** An AMI that users should use, as its owner sees it. */
export interface AmiInUse {
  release: string;
  target: string;
  region: string;
  ami: Ami;
  sharing: Sharing;
  image?: Image;
  /** The SSM parameters that name it. */
  parameters: readonly string[];
}

export type SeenByStranger = StrangersView['amis'][number];

/** Lookups at once in one region. */
const callsAtOnce = 4;

/**
 * How another account sees AMIs: whether it finds them, may launch and copy them, and whether the parameters it may read name
 * them. Uses lookups and dry runs, so nothing is changed.
 *
 * @param owner the account that owns the AMIs.
 * @param clients of the other account.
 */
export async function lookAsStranger(
  amis: readonly AmiInUse[],
  owner: string,
  clients: Clients,
): Promise<SeenByStranger[]> {
  const each = await Promise.all(
    [...Map.groupBy(amis, ({ region }) => region)].map(async ([region, some]) => {
      const found = await findImages(clients, region, { ids: some.map(({ ami }) => ami.id) });
      const limit = pLimit(callsAtOnce);
      return limit.map(some, (one) => lookAtOne(one, found, owner, clients));
    }),
  );
  const all = new Map(each.flat().map((one) => [one.ami, one]));
  return amis.flatMap(({ ami }) => all.get(ami.id) ?? []);
}

async function lookAtOne(
  one: AmiInUse,
  images: Lookup<Ami[]>,
  owner: string,
  clients: Clients,
): Promise<SeenByStranger> {
  const { release, target, region, ami } = one;
  const found: Lookup<boolean> = images.ok ? okLookup(images.value.some(({ id }) => id === ami.id)) : images;
  const parameters = await lookAtParameters(one, owner, clients);
  const about = { release, target, region, ami: ami.id, found: answerOf(found) };
  if (!found.ok || !found.value) {
    const unknown = !found.ok;
    return {
      ...about,
      launchable: unknown ? 'unknown' : 'no',
      copyable: unknown ? 'unknown' : 'no',
      parameters: parameters.is,
      why: reasonsOf([found, parameters.lookup]),
    };
  }
  const launch = asAnswer(
    await wouldLaunch(clients, region, { image: ami.id, type: instanceTypeFor(one), tags: {} }),
  );
  const copy = await lookAtCopying(one, clients);
  return {
    ...about,
    launchable: answerOf(launch),
    copyable: answerOf(copy),
    parameters: parameters.is,
    why: reasonsOf([launch, copy, parameters.lookup]),
  };
}

const answerOf = (lookup: Lookup<boolean>): SeenByStranger['found'] =>
  lookup.ok ? (lookup.value ? 'yes' : 'no') : 'unknown';

const reasonsOf = (lookups: readonly Lookup<unknown>[]): string[] =>
  lookups.flatMap((lookup) => (lookup.ok ? [] : [describeLookupError(lookup.error)]));

/**
 * Whether a dry run allows or denies the use of this AMI. A refusal for another reason (a missing permission of the caller, an
 * instance type, a network) says nothing about the AMI ("Error codes for the Amazon EC2 API"). Pure.
 */
export function asAnswer(asked: Lookup<void>): Lookup<boolean> {
  if (asked.ok) return okLookup(true);
  return isRefusalOfAmi(asked.error) ? okLookup(false) : asked;
}

const isRefusalOfAmi = ({ code, message }: LookupError): boolean =>
  (code === 'AuthFailure' && /not authorized for images/i.test(message)) ||
  /^InvalidAMIID\.(?:NotFound|Unavailable)$/.test(code) ||
  (code === 'InvalidRequest' && /access the storage of this ami/i.test(message));

/**
 * Copying an AMI needs its snapshots ("Copy an Amazon EC2 AMI"). A bundle in S3 belongs to its owner: nobody else can copy an
 * AMI that is registered from one.
 */
async function lookAtCopying({ ami, region }: AmiInUse, clients: Clients): Promise<Lookup<boolean>> {
  if (ami.rootDevice !== 'ebs') return okLookup(false);
  const usable = await usableSnapshots(clients, region, ami.snapshots);
  if (!usable.ok) return usable;
  if (!ami.snapshots.every((id) => usable.value.has(id))) return okLookup(false);
  return asAnswer(await wouldCopyImage(clients, region, ami.id));
}

/**
 * Parameters of another account are read by their ARN, if they are shared with AWS Resource Access Manager ("Working with
 * shared parameters", Systems Manager). Otherwise AWS denies access; that is the normal case.
 */
async function lookAtParameters(
  { parameters, region, ami }: AmiInUse,
  owner: string,
  clients: Clients,
): Promise<{ is: SeenByStranger['parameters']; lookup: Lookup<unknown> }> {
  if (parameters.length === 0) return { is: 'none', lookup: okLookup(undefined) };
  const arns = parameters.map((name) => `arn:${partitionOf(region)}:ssm:${region}:${owner}:parameter${name}`);
  const values: string[] = [];
  for (const arn of arns) {
    const lookup = await findStoredParameters(clients, region, [arn]);
    if (lookup.ok) values.push(...[...lookup.value.values()].map(({ value }) => value));
    else if (lookup.error.code !== 'AccessDeniedException') return { is: 'unknown', lookup };
  }
  const is =
    values.length === 0 ? 'unreadable' : values.every((value) => value === ami.id) ? 'agree' : 'differ';
  return { is, lookup: okLookup(undefined) };
}

/** An instance type that can launch the AMI: the config's if it is a literal, otherwise a small one of its architecture. Pure. */
function instanceTypeFor({ image, ami }: AmiInUse): string {
  const { instance_type: type } = image?.builder ?? {};
  if (typeof type === 'string' && !type.includes('{')) return type;
  return ami.architecture === 'arm64'
    ? 't4g.micro'
    : ami.virtualization === 'paravirtual'
      ? 'm3.medium'
      : 't3.micro';
}

/** Whether the config lets an account launch and copy; undefined if an organization may, whose members are unknown. Pure. */
function intendedFor(
  { public: everybody, accounts, organizations, snapshots }: Sharing,
  account: string,
): { launch: boolean | undefined; copy: boolean } {
  const named = everybody || accounts.includes(account);
  return {
    launch: named || (organizations.length > 0 ? undefined : false),
    copy: snapshots && named,
  };
}

/**
 * The differences between the other account's view and the config. Pure.
 *
 * @param account the other account.
 */
export function strangerFindings(
  amis: readonly AmiInUse[],
  seen: readonly SeenByStranger[],
  account: string,
  command: AdvisedCommand,
): Finding[] {
  const inUse = new Map(amis.map((one) => [one.ami.id, one]));
  return seen.flatMap((view): Finding[] => {
    const one = inUse.get(view.ami);
    if (one === undefined) return [];
    const { release, target, region, ami, sharing } = one;
    const { launch, copy } = intendedFor(sharing, account);
    const finding = (code: Finding['code'], expected: string, found: string, todo: string): Finding => ({
      code,
      release,
      place: ami.id,
      expected: `${expected} ${account}`,
      found,
      todo,
      target,
      region,
      ami: ami.id,
    });
    const shares = `${command('publish', release)} shares it. If its permissions are correct, the other account hides it: check its Allowed AMIs and its policies.`;
    const revokes = `${command('publish', release)} revokes it.`;
    const isBundle = ami.rootDevice !== 'ebs';
    return [
      ...(launch === true && view.found === 'no'
        ? [finding('as-not-found', 'an AMI visible to', 'not visible', shares)]
        : []),
      ...(launch === true && view.found === 'yes' && view.launchable === 'no'
        ? [finding('as-not-launchable', 'an AMI launchable by', 'EC2 refuses it', shares)]
        : []),
      ...(copy && !isBundle && view.found === 'yes' && view.copyable === 'no'
        ? [finding('as-not-copyable', 'an AMI copyable by', 'its snapshots are not shared with it', shares)]
        : []),
      ...(launch === false && view.launchable === 'yes'
        ? [finding('as-launchable', 'an AMI not launchable by', 'EC2 would launch it', revokes)]
        : []),
      ...(!copy && view.copyable === 'yes'
        ? [finding('as-copyable', 'an AMI not copyable by', 'EC2 would copy it', revokes)]
        : []),
      ...(view.parameters === 'differ'
        ? [
            finding(
              'as-parameter-differs',
              'parameters that name it, read by',
              'one that names another',
              'Run the same command again: they may have been written in the meantime.',
            ),
          ]
        : []),
    ];
  });
}

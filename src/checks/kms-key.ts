import { defaultKey } from '../aws/account-defaults.ts';
import { type KmsKey, kmsKey } from '../aws/kms-keys.ts';
import { isObject } from '../lib/is-object.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { Json } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';
import { askOnce } from './ask-once.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { together } from './instance-type.ts';
import { isShared, type RegionWork } from './region-work.ts';
import { sharedKey } from './shared-key.ts';

export const kmsKeys = inEachRegion(
  (work) => usesIn(work).length > 0,
  async (work, context) =>
    together((await Promise.all(usesIn(work).map((use) => findingsOf(use, work, context)))).flat()),
);

/** A key that encrypts the volumes or snapshots of a target. */
export interface KeyUse {
  target: Target;
  /** The key's name in the config; undefined: the region's default EBS key. */
  name: string | undefined;
  /** The place in the config that asks for it. */
  option: (string | number)[];
  /** Not requested by the config: EC2 encrypts its copy of an encrypted AMI, with the default key there. */
  byCopy?: true;
}

/**
 * The keys of a target: the key of its `encryption`, or those of its mappings. For a copy without `encryption` whose source has
 * an encrypted mapping: the default key (CopyImage, Amazon EC2 API Reference). Pure.
 */
export function keysOf(target: Target): KeyUse[] {
  const { encryption, copy, packer } = target;
  if (encryption) return [{ target, name: encryption.kmsKey, option: ['encryption'] }];
  const { launch_block_device_mappings: mappings } = packer.options;
  const listed = ([mappings ?? []].flat() as Json[]).map((mapping, index) => ({ mapping, index }));
  if (copy) {
    const encrypted = listed.find(
      ({ mapping }) => isObject(mapping) && String(mapping.encrypted ?? false) === 'true',
    );
    const option = ['launch_block_device_mappings', encrypted?.index ?? 0, 'encrypted'];
    return encrypted ? [{ target, name: undefined, option, byCopy: true }] : [];
  }
  return listed.flatMap(({ mapping, index }): KeyUse[] => {
    const name = isObject(mapping) ? mapping.kms_key_id : undefined;
    if (typeof name !== 'string' || name === '') return [];
    return [{ target, name, option: ['launch_block_device_mappings', index, 'kms_key_id'] }];
  });
}

const usesIn = ({ toBuild, toCopy, toOpen }: Pick<RegionWork, 'toBuild' | 'toCopy' | 'toOpen'>): KeyUse[] =>
  [...toBuild, ...toCopy, ...toOpen].flatMap(keysOf);

/** A value that Packer fills in during the build is not known here. */
const isKnown = (name: string): boolean => !/\{\{|\$\{/.test(name);

async function findingsOf(use: KeyUse, work: RegionWork, context: CheckContext): Promise<Finding[]> {
  const { target, name, option, byCopy } = use;
  const { region } = work;
  const place: Omit<Place, 'stops'> = {
    check: 'KMS key',
    region,
    place: context.placeOf(target, option),
    targets: [target.name],
  };
  if (name !== undefined && !isKnown(name)) return [notFilledIn(place, name)];
  const found = await keyNamed(name, work, context);
  const isMade = !work.toOpen.includes(target) && !byCopy;
  const usable = judgeKmsKey(region, name, found, place);
  if (usable.is !== 'ok') return isMade || !found.ok ? [usable] : [];
  const shared =
    isShared(work) && found.ok && found.value
      ? [await sharedKey(work, found.value, { ...place, check: 'KMS key of shared AMIs' }, context)]
      : [];
  return [...(isMade ? [usable] : []), ...shared.map((finding) => (byCopy ? ofCopies(finding) : finding))];
}

const notFilledIn = (place: Omit<Place, 'stops'>, name: string): Finding => ({
  ...place,
  stops: 'building',
  is: 'not-checked',
  expected: 'a key that exists and is enabled',
  found: `${name}, which Packer fills in when it builds`,
  todo: 'Set the key itself, or use "encryption" instead of the mapping',
});

/** AWS's own EBS key, known by its name: KMS creates it when it is first described. */
const ofAws = (account: string): KmsKey => ({
  id: 'alias/aws/ebs',
  arn: 'alias/aws/ebs',
  account,
  state: 'Enabled',
  usage: 'ENCRYPT_DECRYPT',
  spec: 'SYMMETRIC_DEFAULT',
  awsManaged: true,
});

/** The key that a name refers to, looked up once per region. */
async function keyNamed(
  name: string | undefined,
  work: RegionWork,
  { clients }: Pick<CheckContext, 'clients'>,
): Promise<Lookup<KmsKey | undefined>> {
  const { region, account } = work;
  const asked =
    name === undefined
      ? await askOnce(work, 'default key of EBS', () => defaultKey(clients, region))
      : okLookup(name);
  if (!asked.ok) return asked;
  if (asked.value === 'alias/aws/ebs') return okLookup(ofAws(account));
  return askOnce(work, `key ${asked.value}`, () => kmsKey(clients, region, asked.value));
}

/** Keys that EBS can encrypt with: symmetric keys ("Requirements for Amazon EBS encryption", Amazon EBS User Guide). */
const usableKind = { usage: 'ENCRYPT_DECRYPT', spec: 'SYMMETRIC_DEFAULT' };

/**
 * Whether a key exists, is enabled, and is of the kind that EBS uses. A key belongs to one region and encrypts volumes only
 * there (a multi-Region key has an ARN in each region). Pure.
 */
export function judgeKmsKey(
  region: string,
  name: string | undefined,
  lookup: Lookup<Pick<KmsKey, 'arn' | 'state' | 'usage' | 'spec'> | undefined>,
  where: Omit<Place, 'stops'>,
): Finding {
  const place: Place = { ...where, stops: 'building' };
  const expected = `a KMS key of ${region} that is enabled, and that EBS can encrypt with`;
  if (!lookup.ok) return notKnown(place, expected, lookup.error);
  const { value: key } = lookup;
  const code = 'kms-key-unusable';
  const shown = name ?? 'the default key of the account';
  if (key === undefined) {
    const command = `aws kms list-aliases --region ${region}`;
    const todo = `Create it there, or use another. List the aliases: ${command}`;
    return {
      ...place,
      is: 'refused',
      code,
      expected,
      found: `${shown}, which ${region} does not have`,
      todo,
      command,
    };
  }
  if (key.usage !== usableKind.usage || key.spec !== usableKind.spec) {
    const found = `${shown} (${key.arn}), a key of ${key.spec} for ${key.usage}`;
    return { ...place, is: 'refused', code, expected, found, todo: 'Use a symmetric encryption key' };
  }
  if (key.state !== 'Enabled') {
    const id = key.arn.split('/').at(-1) ?? '';
    const undo = key.state === 'PendingDeletion' ? 'cancel-key-deletion' : 'enable-key';
    const command = `aws kms ${undo} --region ${region} --key-id ${id}`;
    const found = `${shown} (${key.arn}), which is ${key.state}`;
    return {
      ...place,
      is: 'refused',
      code,
      expected,
      found,
      todo: `Use another key, or: ${command}`,
      command,
    };
  }
  return { ...place, is: 'ok' };
}

/** Explains why a key that the config does not name is used. */
function ofCopies(finding: Finding): Finding {
  if (finding.is === 'ok') return finding;
  return {
    ...finding,
    found: `${finding.found}: the default key there, which EC2 uses for a copy of an encrypted AMI if the copy names no key`,
    todo: `${finding.todo}. "encryption": {"kmsKey": …} instead of the mapping sets a key for copies, too`,
  };
}

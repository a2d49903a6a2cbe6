import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import { retiredBy, retiredWords, yankedBy, yankedWords } from '../model/lifecycle-tags.ts';
import type { Sharing } from '../model/publication.ts';
import { changesByTag, describeChanges } from '../model/recipe-parts.ts';
import type { Target } from '../model/release-plan.ts';
import type { Resource } from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { AmiDetails, SeenAmi, Sighting } from '../model/sighting.ts';
import type { Difference, Obstacle, Status } from '../model/status.ts';
import { buildLimitOf, type Timeouts } from '../model/timeouts.ts';
import { isExistingAmi } from './ami-exists.ts';
import { isPrivate, permissionsToChange } from './permission-changes.ts';

/**
 * The snapshot of an AMI younger than this may exist although EC2 does not show it yet ("Eventual consistency", EC2 API).
 * Milliseconds.
 */
const consistencyAge = 120_000;

/**
 * Decides the status of a target; nothing else does. Pure. `now` (milliseconds) only decides whether another host's builder has
 * exceeded its time, which `timeouts` may lengthen.
 *
 * In order: a failed lookup is unknown; a running build comes before an existing AMI, since Packer tags an AMI only at the end;
 * then the AMI; then leftovers.
 */
export function statusOf(
  target: Target,
  sighting: Sighting,
  sharing: Sharing,
  now: number,
  timeouts?: Timeouts,
): Status {
  const { images, builders, leftovers, attempt } = sighting;
  if (!images.ok) return { is: 'unknown', error: images.error };
  if (!builders.ok) return { is: 'unknown', error: builders.error };

  const working = builders.value.find((builder) => builder.is === 'working');
  if (working) return building('this host', working.pid, working.instance.launched);
  if (attempt?.is === 'working') return building('this host', attempt.pid);
  const elsewhere = builders.value.find((builder) => builder.is === 'elsewhere');
  if (elsewhere && now < Date.parse(elsewhere.instance.launched) + buildLimitOf(timeouts)) {
    return building(`host ${elsewhere.host}`, undefined, elsewhere.instance.launched);
  }

  const existingAmis = images.value.filter(({ ami }) => isExistingAmi(ami));
  const [first, second] = existingAmis;
  if (second) {
    return conflict('two AMIs', existingAmis, describeSeveral(target, existingAmis));
  }
  if (first) return statusOfAmi(target, first, sighting.source, sharing, now);
  if (elsewhere) {
    const { instance, host } = elsewhere;
    const since = `${instance.id} of host ${host} has been building it since ${instance.launched}`;
    return conflict('another host', [], `${since}; --take-over ends that build and starts a new one`);
  }
  if (!leftovers.ok) return { is: 'unknown', error: leftovers.error };
  if (leftovers.value.length > 0) {
    return {
      is: 'failed',
      leftovers: leftovers.value,
      why: whyFailed(sighting) ?? describeLeftovers(leftovers.value),
    };
  }
  return { is: 'absent' };
}

/** At most one of them has the AMI name, which is unique in EC2; the others are tagged copies. */
function describeSeveral({ name, amiName }: Target, all: readonly SeenAmi[]): string {
  const copies = all.filter(({ ami }) => ami.name !== amiName);
  const said = (copies.length > 0 ? copies : all).map(({ ami }) => `${ami.id} ("${ami.name}")`).join(' and ');
  const beside = all.find(({ ami }) => ami.name === amiName && copies.length > 0);
  return (
    `${said}${beside ? ` beside ${beside.ami.id}` : ''}: more than one AMI has the tags of ${name}, as a copy does; ` +
    'remove the tags that start with "gopackgo:" from the unwanted one, or deregister it'
  );
}

/**
 * AWS's reason for an AMI or a snapshot that still exists. The reason of a terminated instance may belong to an earlier
 * attempt.
 */
const whyFailed = ({ awsReasons = [] }: Sighting): string | undefined => {
  const reason = awsReasons.find(({ kind }) => kind !== 'instance');
  return reason && `${reason.kind} ${reason.id} is ${reason.state}: ${reason.why}`;
};

const describeLeftovers = (leftovers: readonly Resource[]): string =>
  `an earlier build did not finish, or its AMI was deregistered: ${leftovers.map(({ kind, id }) => `${kind} ${id}`).join(', ')} left`;

const building = (where: string, pid?: number, since?: string): Status => ({
  is: 'building',
  where,
  ...definedOnly({ pid, since }),
});

const conflict = (by: Obstacle, amis: SeenAmi[], why: string): Status => ({
  is: 'conflict',
  by,
  amis: amis.map(({ ami }) => ami),
  why,
});

function statusOfAmi(
  target: Target,
  seen: SeenAmi,
  source: Sighting['source'],
  sharing: Sharing,
  now: number,
): Status {
  const { ami, adopt, belongsTo } = seen;
  const tags = adopt ?? ami.tags;
  const holder = `${ami.id} has the name "${target.amiName}" and`;
  if ([tagKeys.recipe, tagKeys.release, tagKeys.target].some((key) => tags[key] === undefined)) {
    return conflict('another AMI', [seen], `${holder} nothing shows that gopackgo built it`);
  }
  if (belongsTo !== undefined) {
    const instead = `put ${belongsTo.toTellApart} into "amiName" in the config, or choose another name`;
    return conflict('another release', [seen], `${holder} belongs to ${belongsTo.name}: ${instead}`);
  }
  const yanked = yankedBy(ami.tags);
  if (yanked !== undefined) {
    return conflict('yanked', [seen], `${ami.id} was yanked ${yankedWords(yanked)}`);
  }
  const retired = retiredBy(ami.tags);
  if (retired !== undefined) {
    return conflict('retired', [seen], `${ami.id} was retired by cleanup${retiredWords(retired)}`);
  }
  const other = otherOrigin(target, seen, tags, source);
  if (other === undefined) return statusOfOwnAmi(target, seen, source, sharing, now);
  if (other.is === 'unknown') return other;
  if (target.acceptsAnyRecipe) {
    const own = statusOfOwnAmi(target, seen, source, sharing, now);
    return 'ami' in own ? { ...own, mixed: true } : own;
  }
  return other;
}

/** The actual origin of an AMI if it differs from the config; undefined if it does not. */
function otherOrigin(
  target: Target,
  seen: SeenAmi,
  tags: Readonly<Record<string, string>>,
  source: Sighting['source'],
): Status | undefined {
  const { ami } = seen;
  const { copy } = target;
  if (tags[tagKeys.recipe] !== target.recipe) {
    const changed = whatChanged(target, tags);
    const why = copy
      ? `${ami.id} was not copied from the current ${copy.from} (${changed})`
      : `${ami.id} was built from another recipe (${changed})`;
    return conflict('another recipe', [seen], why);
  }
  if (!copy) return undefined;
  if (!source) throw new Error(`${target.name}: its source AMI was not looked up`);
  if (!source.ok) return { is: 'unknown', error: source.error };
  if (source.value !== undefined && ami.copyOf === source.value.id) return undefined;
  const is = source.value
    ? `the AMI of ${copy.from} is ${source.value.id}`
    : `${copy.from} no longer has an AMI`;
  const of = ami.copyOf === undefined ? 'no copy' : `a copy of ${ami.copyOf}`;
  return conflict('another source', [seen], `${ami.id} is ${of}, and ${is}`);
}

/**
 * How the recipe differs from the AMI's recipe: compared with the plan that the AMI was built from, or with the digests in its
 * tag.
 */
function whatChanged({ parts = {}, recipeChanged }: Target, tags: Readonly<Record<string, string>>): string {
  const known = recipeChanged?.since === tags[tagKeys.recipe] ? recipeChanged?.parts : undefined;
  const changes = known ?? changesByTag(parts, tags[tagKeys.parts]);
  return changes.length === 0
    ? 'another base image, builder option, provisioner or file'
    : `changed: ${describeChanges(changes)}`;
}

function statusOfOwnAmi(
  target: Target,
  { ami, adopt, details }: SeenAmi,
  source: Sighting['source'],
  sharing: Sharing,
  now: number,
): Status {
  if (ami.state === 'pending') return { is: 'pending', ami };
  const original = source?.ok ? source.value : undefined;
  const differences = [
    ...amiDifferences(target, ami),
    ...(original ? startupDifferences(ami, original) : []),
  ];
  if (differences.length > 0) return { is: 'wrong', ami, differences };
  if (adopt) return { is: 'built', ami, adopt };
  const deprecateAt = original && missingDeprecation(ami, original);
  if (deprecateAt !== undefined) return { is: 'built', ami, deprecateAt };
  if (!details) return { is: 'built', ami };
  if (!details.ok) return { is: 'unknown', error: details.error };
  return statusOfDetails(target, ami, details.value, sharing, now);
}

function amiDifferences(target: Target, ami: Ami): Difference[] {
  const { expect } = target;
  const rows: [what: string, expected: string, found: string][] = [
    ['state', 'available', ami.state],
    ['name', target.amiName, ami.name],
    ['architecture', expect.architecture, ami.architecture],
    ['virtualization type', expect.virtualization, ami.virtualization],
    ['root device type', expect.rootDevice, ami.rootDevice],
    ...(expect.location === undefined
      ? []
      : [['location', expect.location, ami.location ?? 'none'] as [string, string, string]]),
  ];
  return rows
    .filter(([, expected, found]) => expected !== found)
    .map(([what, expected, found]) => ({ what, expected, found }));
}

/** A copy must start its instances as its source does. */
function startupDifferences({ startup = {} }: Ami, { id, startup: expected = {} }: Ami): Difference[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(startup)])]
    .filter((name) => startup[name] !== expected[name])
    .map((name) => ({
      what: name,
      expected: `${expected[name] ?? 'none'}, as ${id} has it`,
      found: startup[name] ?? 'none',
    }));
}

/**
 * The deprecation date that a copy lacks: EC2 does not copy it ("Deprecate an Amazon EC2 AMI"). EC2 itself deprecates public
 * AMIs two years after their creation; a copy with such a date is left alone.
 */
const missingDeprecation = (copy: Ami, source: Ami): string | undefined =>
  source.deprecated === copy.deprecated || (copy.public && copy.deprecated !== undefined)
    ? undefined
    : source.deprecated;

function statusOfDetails(
  target: Target,
  ami: Ami,
  details: AmiDetails,
  sharing: Sharing,
  now: number,
): Status {
  const missing = ami.snapshots.filter((id) => !details.snapshots.some((snapshot) => snapshot.id === id));
  if (missing.length > 0 && now < Date.parse(ami.created) + consistencyAge) return { is: 'built', ami };
  const broken = details.snapshots.filter(({ state }) => state !== 'completed' && state !== 'pending');
  const differences = [
    ...missing.map((id) => ({ what: `snapshot ${id}`, expected: 'completed', found: 'missing' })),
    ...broken.map(({ id, state, stateMessage }) => ({
      what: `snapshot ${id}`,
      expected: 'completed',
      found: stateMessage === undefined ? state : `${state} (${stateMessage})`,
    })),
  ];
  differences.push(...encryptionDifferences(target, details));
  if (target.bundle) differences.push(...bundleDifferences(details.bundle));
  else if (ami.snapshots.length === 0)
    differences.push({ what: 'snapshots', expected: 'at least one', found: 'none' });
  if (differences.length > 0) return { is: 'wrong', ami, differences };
  if (details.snapshots.some(({ state }) => state === 'pending')) return { is: 'built', ami };
  return isPrivate(sharing) || details.asMade || permissionsToChange(ami, details, sharing).length > 0
    ? { is: 'verified', ami }
    : { is: 'shared', ami };
}

/**
 * A snapshot that is not encrypted as the config says. With the account's default key, any key counts: the account's default
 * may have changed since, and an encrypted base image keeps its own key ("Amazon EBS encryption examples").
 */
function encryptionDifferences({ encryption }: Target, { snapshots, wantedKey }: AmiDetails): Difference[] {
  if (!encryption) return [];
  const { kmsKey } = encryption;
  return snapshots.flatMap(({ id, encrypted, kmsKey: found = 'an unknown key' }): Difference[] => {
    const what = `snapshot ${id}`;
    if (!encrypted) return [{ what, expected: 'encrypted', found: 'not encrypted' }];
    if (kmsKey === undefined || found.split('/').at(-1) === wantedKey?.id) return [];
    const now =
      wantedKey?.id === undefined ? ', which does not exist' : isAlias(kmsKey) ? `, now ${wantedKey.id}` : '';
    return [{ what, expected: `encrypted with ${kmsKey}${now}`, found: `encrypted with ${found}` }];
  });
}

const isAlias = (key: string): boolean => /(?:^|:)alias\//.test(key);

/** Without its bundle an instance-store AMI still looks valid, but cannot be launched. */
function bundleDifferences(bundle: AmiDetails['bundle']): Difference[] {
  const found = bundle ? [bundle.hasManifest ? '' : 'no manifest', bundle.hasParts ? '' : 'no parts'] : [];
  const lacking = bundle
    ? found.filter((text) => text !== '')
    : ['none in a bucket tagged with this release'];
  if (lacking.length === 0) return [];
  return [{ what: 'bundle in S3', expected: 'manifest and parts', found: lacking.join(', ') }];
}

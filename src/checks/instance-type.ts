import type { BaseImageFacts } from '../aws/base-image-facts.ts';
import type { InstanceTypeFacts } from '../aws/instance-types.ts';
import { literally } from '../lib/literally.ts';
import type { Lookup } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { type LaunchType, launchTypes } from './launch-types.ts';
import { zonesOf } from './network.ts';
import { networksOf } from './network-seen.ts';
import type { RegionWork } from './region-work.ts';
import { basesOf, typeFactsOf, zonesOffering } from './shared-answers.ts';

export const instanceType = inEachRegion(
  ({ toBuild }) => toBuild.some((target) => launchTypes(target).length > 0),
  async (work, { clients, placeOf }) => {
    const [offered, facts, bases, networks] = await Promise.all([
      zonesOffering(work, clients),
      typeFactsOf(work, clients),
      basesOf(work, clients),
      networksOf(work, clients),
    ]);
    const zones = new Map(networks.flatMap((one) => one.targets.map(({ name }) => [name, zonesOf(one)])));
    return judgeInstanceTypes(work, { offered, facts, bases, zones }, placeOf);
  },
);

const check = 'instance type';

export interface InstanceTypeAnswers {
  /** Zones that offer a type; a missing type is not offered in the region. */
  offered: Lookup<ReadonlyMap<string, readonly string[]>>;
  facts: Lookup<ReadonlyMap<string, InstanceTypeFacts>>;
  /** Base images by id. */
  bases: Lookup<ReadonlyMap<string, BaseImageFacts>>;
  /** Zones in which a target's builder may run; undefined if unknown. */
  zones: ReadonlyMap<string, readonly string[] | undefined>;
}

/**
 * Whether the instance types are offered where the builders run, and can start their base images: architecture, virtualization
 * type, root device type, network driver, boot mode, and the types that the owner of the image allows. For spot, one of several
 * types is enough. Findings of several targets that are the same are merged. Pure.
 */
export function judgeInstanceTypes(
  { region, toBuild }: Pick<RegionWork, 'region' | 'toBuild'>,
  answers: InstanceTypeAnswers,
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const all: Place = { check, region, stops: 'building' };
  const { offered, facts, bases } = answers;
  if (!offered.ok) return [notKnown(all, `instance types that ${region} offers`, offered.error)];
  const found = toBuild.flatMap((target): Finding[] => {
    const types = launchTypes(target);
    const why = types.flatMap((one) => {
      const problem = problemOf(target, one, region, offered.value, answers);
      return problem ? [{ ...problem, type: one }] : [];
    });
    const [first] = why;
    if (!first) return [];
    const place = { ...all, place: placeOf(target, [first.type.option]), targets: [target.name] };
    const { expected, found, todo, command } = first;
    const difference = { expected, found, todo, ...(command === undefined ? {} : { command }) };
    return why.length === types.length
      ? [{ ...place, is: 'refused', code: 'instance-type-unusable', ...difference }]
      : [{ ...place, is: 'warning', ...difference }];
  });
  const unasked = [facts, bases].flatMap((lookup) => (lookup.ok ? [] : [lookup.error]));
  const [error] = unasked;
  if (error) found.push(notKnown(all, 'instance types that start the base images', error));
  return found.length === 0 ? [{ ...all, is: 'ok' }] : together(found);
}

interface Problem {
  expected: string;
  found: string;
  todo: string;
  command?: string;
}

function problemOf(
  target: Target,
  { type }: LaunchType,
  region: string,
  offered: ReadonlyMap<string, readonly string[]>,
  { facts, bases, zones }: InstanceTypeAnswers,
): Problem | undefined {
  const offeredIn = offered.get(type);
  if (!offeredIn) return notOffered(type, region);
  const wanted = zones.get(target.name);
  if (wanted && wanted.length > 0 && !wanted.some((zone) => offeredIn.includes(zone))) {
    return {
      expected: `an instance type that ${[...new Set(wanted)].join(', ')} offers`,
      found: `${type}, which is offered in ${offeredIn.join(', ')}`,
      todo: 'Use a subnet in one of these zones, or another instance type',
    };
  }
  const its = facts.ok ? facts.value.get(type) : undefined;
  const base = bases.ok ? bases.value.get(target.base.id) : undefined;
  return (
    (its && unlike(target, its)) ?? (base && notAllowed(type, base)) ?? (its && base && unbootable(its, base))
  );
}

function notOffered(type: string, region: string): Problem {
  const [family = ''] = type.split('.');
  const command = `aws ec2 describe-instance-type-offerings --region ${region} --filters 'Name=instance-type,Values=${family}.*'`;
  return {
    expected: `an instance type that ${region} offers`,
    found: `${type}, which it does not offer`,
    todo: `Use another, or set one for this region only: "regions": {"${region}": {"instance_type": "…"}}. Types of its family there: ${command}`,
    command,
  };
}

function unlike({ expect }: Target, its: InstanceTypeFacts): Problem | undefined {
  const kinds: [what: string, wanted: string, has: readonly string[]][] = [
    ['architecture', expect.architecture, its.architectures],
    ['virtualization type', expect.virtualization, its.virtualizations],
    ['root device type', expect.rootDevice, its.rootDevices],
  ];
  const wrong = kinds.find(([, wanted, has]) => has.length > 0 && !has.includes(wanted));
  if (!wrong) return undefined;
  const [what, wanted, has] = wrong;
  return {
    expected: `an instance type of ${what} ${wanted}, as the image has`,
    found: `${its.name}, of ${has.join(', ')}`,
    todo: 'Use an instance type that starts this image',
  };
}

/**
 * The owner of an image may list supported or unsupported types; EC2 refuses a launch on another type with
 * `InvalidParameterCombination` (EC2 API reference, ReplaceImageInstanceTypeSpecification).
 */
function notAllowed(type: string, base: BaseImageFacts): Problem | undefined {
  const { supportedTypes: supported, unsupportedTypes: unsupported } = base;
  const rule = unsupported.find((pattern) => matches(pattern, type));
  const isOut = supported.length > 0 && !supported.some((pattern) => matches(pattern, type));
  if (rule === undefined && !isOut) return undefined;
  const image = `base image ${base.id} ("${base.name}")`;
  return {
    expected: isOut
      ? `an instance type that the ${image} supports: ${supported.join(', ')}`
      : `an instance type that the ${image} does not rule out (${unsupported.join(', ')})`,
    found: type,
    todo: 'Use another instance type, or another base image',
  };
}

const matches = (pattern: string, type: string): boolean =>
  new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`).test(type);

/**
 * A UEFI image starts only on types that support UEFI, a legacy BIOS image only on types that support that ("Boot modes",
 * Amazon EC2 User Guide). Newer types need the ENA driver ("Enhanced networking", there).
 */
function unbootable(its: InstanceTypeFacts, base: BaseImageFacts): Problem | undefined {
  const image = `base image ${base.id} ("${base.name}")`;
  if (its.ena === 'required' && !base.ena) {
    return {
      expected: `an instance type that starts an image without ENA, as the ${image} is`,
      found: `${its.name}, which requires ENA`,
      todo: 'Use an older instance type, or a base image with ENA',
    };
  }
  const { bootMode } = base;
  if (bootMode === undefined || bootMode === 'uefi-preferred' || its.bootModes.length === 0) return undefined;
  if (its.bootModes.includes(bootMode)) return undefined;
  return {
    expected: `an instance type that boots by ${bootMode}, as the ${image} does`,
    found: `${its.name}, which boots by ${its.bootModes.join(', ')}`,
    todo: 'Use another instance type, or another base image',
  };
}

/** Merges findings that differ only in their targets. Pure. */
export function together(findings: readonly Finding[]): Finding[] {
  const key = ({ targets: _, ...finding }: Finding) => JSON.stringify(finding);
  return [...Map.groupBy(findings, key).values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const targets = same.flatMap((one) => one.targets ?? []);
    return [targets.length === 0 ? first : { ...first, targets }];
  });
}

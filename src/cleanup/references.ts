import pLimit from 'p-limit';
import { findLaunchConfigurations, findScalingGroups, type ScalingGroup } from '../aws/auto-scaling.ts';
import type { Context } from '../aws/context.ts';
import { type Fleet, findFleets } from '../aws/fleets.ts';
import { imageReferences } from '../aws/image-references.ts';
import { findInstances } from '../aws/instances.ts';
import {
  currentTemplateVersions,
  type TemplateVersion,
  templateVersions,
  type UsedVersion,
} from '../aws/launch-templates.ts';
import { allParameters, getParameters, parametersTagged } from '../aws/parameters.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Reference } from './considered-ami.ts';

/** By AMI id, including AMIs of other regions. */
export type References = ReadonlyMap<string, Reference[]>;

/** The references in each region, or why they are unknown. */
export type ReferencesIn = ReadonlyMap<string, Lookup<References>>;

/** Regions in progress at once. */
const regionsAtOnce = 16;

/**
 * References to AMIs in each of these regions. Ids are unique across regions, and a parameter or template may name an AMI of
 * any region, so all regions are searched, including those without AMIs of the publication.
 *
 * @param images of each region, for the calls that accept only AMIs of their own region.
 */
export async function lookUpAllReferences(
  regions: readonly string[],
  images: ReadonlyMap<string, readonly string[]>,
  context: Pick<Context, 'clients'>,
): Promise<ReferencesIn> {
  const limit = pLimit(regionsAtOnce);
  return new Map(
    await Promise.all(
      regions.map((region) =>
        limit(
          async () => [region, await lookUpReferences(images.get(region) ?? [], region, context)] as const,
        ),
      ),
    ),
  );
}

/**
 * All references in the account's region to AMIs of any region. Every list is read to its last page; one failed lookup makes
 * all of it unknown, since the reference may be in the part that could not be read.
 *
 * @param images the region's own AMIs, for EC2's DescribeImageReferences.
 */
export async function lookUpReferences(
  images: readonly string[],
  region: string,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<References>> {
  const [instances, configurations, groups, fleets, current, parameters, versions, known] = await Promise.all(
    [
      findInstances(clients, region, 'all'),
      findLaunchConfigurations(clients, region),
      findScalingGroups(clients, region),
      findFleets(clients, region),
      currentTemplateVersions(clients, region),
      allParameters(clients, region),
      parametersTagged(clients, region, tagKeys.parameter, 'version'),
      whereAnswered(imageReferences(clients, region, images)),
    ],
  );
  const lookups = allLookups({
    instances,
    configurations,
    groups,
    fleets,
    current,
    parameters,
    versions,
    known,
  });
  if (!lookups.ok) return lookups;
  const { value } = lookups;
  const living = value.instances.filter(({ state }) => state !== 'terminated');
  const used = await templateVersions(clients, region, usedBy(living, [...value.groups, ...value.fleets]));
  if (!used.ok) return used;
  const templates = [...value.current, ...used.value];
  const resolved = await resolvedImages(templates, region, clients);
  if (!resolved.ok) return resolved;

  const imageOf = ({ image = '' }: TemplateVersion) => resolved.value.get(image) ?? image;
  const pair = (image: string | undefined, kind: Reference['kind'], name: string): Found => [
    image,
    { kind, name, region },
  ];
  const found: Found[] = [
    ...living.map(({ image, id, state }) => pair(image, 'instance', `${id} (${state})`)),
    ...templates.map((version) =>
      pair(imageOf(version), 'launch template', `${version.name} version ${version.version}`),
    ),
    ...value.configurations.map(({ image, name }) => pair(image, 'launch configuration', name)),
    ...value.groups.flatMap((group) =>
      imagesLaunchedBy(group, templates, imageOf, value.configurations).map((image) =>
        pair(image, 'Auto Scaling group', group.name),
      ),
    ),
    ...value.fleets.flatMap((fleet) =>
      imagesLaunchedBy(fleet, templates, imageOf).map((image) => pair(image, fleet.kind, fleet.id)),
    ),
    ...[...value.parameters].flatMap(([name, text]) =>
      amisIn(text).map((image): Found => {
        const isOwn = value.versions.has(name) && text === image;
        return [image, { kind: 'SSM parameter', name, region, ...(isOwn ? { own: true } : {}) }];
      }),
    ),
    ...value.known
      .filter(({ resource }) => !templates.some(({ template }) => template === nameInArn(resource)))
      .map(({ image, type, resource }) => pair(image, referenceKind(type), nameInArn(resource))),
  ];
  return okLookup(byImage(found));
}

type Found = [image: string | undefined, reference: Reference];

/** DescribeImageReferences is newer than EC2 in some partitions; if EC2 does not know it, that is no failure. */
async function whereAnswered<T>(asking: Promise<Lookup<T[]>>): Promise<Lookup<T[]>> {
  const lookup = await asking;
  const unknown = !lookup.ok && ['InvalidAction', 'UnsupportedOperation'].includes(lookup.error.code);
  return unknown ? okLookup([]) : lookup;
}

/** Versions that instances, groups and fleets use, besides the default and the latest ones. */
function usedBy(
  instances: readonly Instance[],
  others: readonly { templates: readonly UsedVersion[] }[],
): UsedVersion[] {
  const ofInstances = instances.flatMap(({ template }) =>
    template ? [{ template: { id: template.id }, version: template.version }] : [],
  );
  return [...ofInstances, ...others.flatMap(({ templates }) => templates)].filter(({ version }) =>
    /^\d+$/.test(version),
  );
}

const resolving = /^resolve:ssm:(.+)$/;

/** The AMIs that templates resolve from parameters at launch. */
async function resolvedImages(
  templates: readonly TemplateVersion[],
  region: string,
  clients: Context['clients'],
): Promise<Lookup<Map<string, string>>> {
  const names = templates.flatMap(({ image = '' }) => resolving.exec(image)?.[1] ?? []);
  const values = await getParameters(clients, region, [...new Set(names)]);
  if (!values.ok) return values;
  return okLookup(new Map([...values.value].map(([name, value]) => [`resolve:ssm:${name}`, value])));
}

/** The templates and images that a group or a fleet launches. */
type Launching = Pick<Fleet, 'templates' | 'images'> & Partial<Pick<ScalingGroup, 'configurations'>>;

function imagesLaunchedBy(
  { templates: used, images, configurations: names = [] }: Launching,
  templates: readonly TemplateVersion[],
  imageOf: (version: TemplateVersion) => string,
  configurations: readonly { name: string; image: string }[] = [],
): string[] {
  const ofTemplates = used.flatMap((one) =>
    templates.filter((version) => isOf(version, one, templates)).map(imageOf),
  );
  const ofConfigurations = configurations.flatMap(({ name, image }) => (names.includes(name) ? image : []));
  return [...new Set([...images, ...ofTemplates, ...ofConfigurations])];
}

function isOf(version: TemplateVersion, used: UsedVersion, templates: readonly TemplateVersion[]): boolean {
  const { template, name, isDefault } = version;
  const same = 'id' in used.template ? used.template.id === template : used.template.name === name;
  if (!same) return false;
  if (used.version === '$Default') return isDefault;
  if (used.version !== '$Latest') return used.version === String(version.version);
  return !templates.some((other) => other.template === template && other.version > version.version);
}

const amisIn = (text: string): string[] => [...new Set(text.match(/\bami-[0-9a-f]{8,17}\b/g))];

const kinds: Record<string, Reference['kind']> = {
  'ec2:Instance': 'instance',
  'ec2:LaunchTemplate': 'launch template',
  'ssm:Parameter': 'SSM parameter',
};
const referenceKind = (type: string): Reference['kind'] => kinds[type] ?? 'image recipe';

/** `arn:aws:ec2:us-east-1:123456789012:instance/i-0ab` → `i-0ab`; for a parameter its path. */
function nameInArn(arn: string): string {
  const resource = arn.split(':').slice(5).join(':');
  return /^parameter\//.test(resource)
    ? resource.slice('parameter'.length)
    : resource.replace(/^[^/]+\//, '');
}

/** Removes duplicates: EC2's own answer names most references a second time, with fewer details. */
function byImage(found: readonly Found[]): References {
  const all = new Map<string, Reference[]>();
  for (const [image = '', reference] of found) {
    const references = all.get(image) ?? [];
    all.set(image, references);
    if (!references.some((other) => isSame(other, reference))) references.push(reference);
  }
  return all;
}

function isSame(one: Reference, other: Reference): boolean {
  const plain = ({ name }: Reference) => name.replace(/^\//, '');
  return one.kind === other.kind && (plain(one) === plain(other) || one.name.startsWith(`${other.name} (`));
}

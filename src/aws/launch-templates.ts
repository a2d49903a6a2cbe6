import {
  DescribeLaunchTemplateVersionsCommand,
  type LaunchTemplateSpecification,
  type LaunchTemplateVersion,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

export interface TemplateVersion {
  template: string;
  name: string;
  version: number;
  isDefault: boolean;
  /** An AMI id, or `resolve:ssm:` and a parameter; absent if the template has none. */
  image?: string;
}

/** A reference to a template version: its number, `$Default` or `$Latest`. */
export interface UsedVersion {
  template: { id: string } | { name: string };
  version: string;
}

/**
 * A resource's reference to a launch template, as a list of none or one. Without a version, the default one is used (Auto
 * Scaling API reference, LaunchTemplateSpecification).
 */
export function versionUsed(specification: LaunchTemplateSpecification | undefined): UsedVersion[] {
  const {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    Version: version = '$Default',
  } = specification ?? {};
  if (id) return [{ template: { id }, version }];
  return name ? [{ template: { name }, version }] : [];
}

/** The default and the latest version of every launch template of the account. */
export function currentTemplateVersions(
  clients: Clients,
  region: string,
): Promise<Lookup<TemplateVersion[]>> {
  return ask('ec2:DescribeLaunchTemplateVersions', region, async () => {
    const found: TemplateVersion[] = [];
    const pages = paginateDescribeLaunchTemplateVersions(
      { client: clients.ec2(region), pageSize: 200 },
      { Versions: ['$Default', '$Latest'] },
    );
    for await (const page of everyPage(pages)) {
      found.push(...(page.LaunchTemplateVersions ?? []).map(toVersion));
    }
    return found;
  });
}

/** A call accepts up to 200 versions (EC2 API reference, DescribeLaunchTemplateVersions). */
const versionsPerCall = 200;

/** Versions of templates by number. A template or version deleted in the meantime is missing from the answer. */
export function templateVersions(
  clients: Clients,
  region: string,
  used: readonly UsedVersion[],
): Promise<Lookup<TemplateVersion[]>> {
  const byTemplate = Map.groupBy(used, ({ template }) => JSON.stringify(template));
  return ask('ec2:DescribeLaunchTemplateVersions', region, async () => {
    const found: TemplateVersion[] = [];
    for (const [first, ...more] of byTemplate.values()) {
      if (!first) continue;
      const { template } = first;
      const of = 'id' in template ? { LaunchTemplateId: template.id } : { LaunchTemplateName: template.name };
      const numbers = [...new Set([first, ...more].map(({ version }) => version))];
      for (const Versions of inParts(numbers, versionsPerCall)) {
        found.push(...(await orNone(versionsNamed(clients, region, { ...of, Versions }))));
      }
    }
    return found;
  });
}

/** One missing version makes the whole call fail; then each version is requested separately. */
async function versionsNamed(
  clients: Clients,
  region: string,
  input: { LaunchTemplateId?: string; LaunchTemplateName?: string; Versions: string[] },
): Promise<TemplateVersion[]> {
  try {
    const { LaunchTemplateVersions: versions = [], NextToken } = await clients
      .ec2(region)
      .send(new DescribeLaunchTemplateVersionsCommand(input));
    if (NextToken) throw new Error('EC2 returned only some of the requested versions');
    return versions.map(toVersion);
  } catch (error) {
    if (!isVersionMissing(error) || input.Versions.length === 1) throw error;
    const each = [];
    for (const version of input.Versions) {
      each.push(...(await orNone(versionsNamed(clients, region, { ...input, Versions: [version] }))));
    }
    return each;
  }
}

async function orNone(versions: Promise<TemplateVersion[]>): Promise<TemplateVersion[]> {
  try {
    return await versions;
  } catch (error) {
    if (isVersionMissing(error) || isTemplateMissing(error)) return [];
    throw error;
  }
}

const isVersionMissing = (error: unknown) =>
  error instanceof Error && error.name === 'InvalidLaunchTemplateId.VersionNotFound';
const isTemplateMissing = (error: unknown) =>
  error instanceof Error &&
  ['InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateName.NotFoundException'].includes(error.name);

const toVersion = (version: LaunchTemplateVersion): TemplateVersion => ({
  template: version.LaunchTemplateId ?? '',
  name: version.LaunchTemplateName ?? '',
  version: version.VersionNumber ?? 0,
  isDefault: version.DefaultVersion === true,
  ...(version.LaunchTemplateData?.ImageId ? { image: version.LaunchTemplateData.ImageId } : {}),
});

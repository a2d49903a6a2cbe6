import type { LaunchTemplate, LaunchTemplateVersion, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { LaunchTemplateRecord, LaunchTemplateVersionRecord } from '../model/records.ts';
import { findParameter } from '../state/parameters.ts';
import { latestOf } from './launch-template-records.ts';
import { tagListOf } from './tag-set.ts';

export const templateView = (context: Context, template: LaunchTemplateRecord): LaunchTemplate => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  CreateTime: new Date(template.createdAt),
  CreatedBy: template.createdBy,
  DefaultVersionNumber: template.default,
  LatestVersionNumber: latestOf(context, template),
  Tags: tagListOf(context, template.id),
});

/** A version; on request, a parameter is replaced by the id of the AMI in it. */
export const versionView = (
  context: Context,
  template: LaunchTemplateRecord,
  version: LaunchTemplateVersionRecord,
  resolveAlias = false,
): LaunchTemplateVersion => {
  const { ImageId } = version.data;
  const image = resolveAlias && ImageId !== undefined ? resolvedImage(context, ImageId) : ImageId;
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    VersionNumber: version.number,
    VersionDescription: version.description,
    CreateTime: new Date(version.createdAt),
    CreatedBy: version.createdBy,
    DefaultVersion: version.number === template.default,
    LaunchTemplateData: {
      ...version.data,
      ...(image === undefined ? {} : { ImageId: image }),
    } as ResponseLaunchTemplateData,
  };
};

const alias = 'resolve:ssm:';

/**
 * The AMI of a template: its id, or the value of `resolve:ssm:PARAMETER`. Throws `InvalidParameterValue` if the parameter does
 * not exist.
 */
export const resolvedImage = (context: Context, image: string): string => {
  if (!image.startsWith(alias)) return image;
  const name = image.slice(alias.length);
  const found = findParameter(context, name);
  if (found) return found.record.value;
  throw new AwsError('InvalidParameterValue', `Cannot resolve the parameter ${name}: it was not found.`);
};

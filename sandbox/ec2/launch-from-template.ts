import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { refuseUnknownLaunchData } from './launch-template-data.ts';
import { templateOf, versionOf } from './launch-template-records.ts';
import { resolvedImage } from './launch-template-view.ts';

/** A launch with the values of its template filled in, and the tags by which EC2 names that template. */
export interface FilledLaunch {
  input: RunInstancesRequest;
  tags: Record<string, string>;
}

/**
 * Fills in what the request leaves open from its launch template ("Launch an instance from a launch template"). Without a
 * version: the default one. Throws for a missing template or version, and for template data that a launch of the sandbox does
 * not support.
 */
export const filledLaunch = (
  context: Context,
  request: RunInstancesRequest,
  knows: ReadonlySet<string>,
): FilledLaunch => {
  const { LaunchTemplate, ...input } = request;
  if (!LaunchTemplate) return { input, tags: {} };
  const { LaunchTemplateId, LaunchTemplateName, Version = '$Default' } = LaunchTemplate;
  const template = templateOf(context, { LaunchTemplateId, LaunchTemplateName });
  const { data, number } = versionOf(context, template, Version);
  refuseUnknownLaunchData(data, knows);
  const filled = { ...data, ...input } as RunInstancesRequest;
  const { ImageId } = filled;
  return {
    input: { ...filled, ...(ImageId === undefined ? {} : { ImageId: resolvedImage(context, ImageId) }) },
    tags: { 'aws:ec2launchtemplate:id': template.id, 'aws:ec2launchtemplate:version': String(number) },
  };
};

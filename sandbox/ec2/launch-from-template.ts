import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { refuseUnknownLaunchData } from './launch-template-data.ts';
import { templateOf, versionOf } from './launch-template-records.ts';
import { resolvedImage } from './launch-template-view.ts';

/** A launch with what its template says filled in, and the tags by which EC2 says which one that was. */
export interface FilledLaunch {
  input: RunInstancesRequest;
  tags: Record<string, string>;
}

/**
 * A launch as its template says it where the request itself says nothing ("Launch an instance from a launch template").
 * Without a version: the default one. Throws for a template or version that is not there, and for what a template can say
 * and a launch of the sandbox cannot.
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

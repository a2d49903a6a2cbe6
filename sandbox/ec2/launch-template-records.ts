import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp } from '../model/identifiers.ts';
import type { LaunchTemplateRecord, LaunchTemplateVersionRecord } from '../model/records.ts';

/** The ways in which requests name a launch template. */
export interface Named {
  LaunchTemplateId?: string | undefined;
  LaunchTemplateName?: string | undefined;
}

export const templates = ({ store, account, region }: Context) => store.of('launchTemplate', account, region);

export const versions = ({ store, account, region }: Context) =>
  store.of('launchTemplateVersion', account, region);

export const versionKey = (template: string, number: number): string => `${template}/${number}`;

/** The existing versions of a template, newest first. */
export const versionsOf = (context: Context, { id, last }: LaunchTemplateRecord) => {
  const found: LaunchTemplateVersionRecord[] = [];
  for (let number = last; number > 0; number -= 1) {
    const version = versions(context).get(versionKey(id, number));
    if (version) found.push(version);
  }
  return found;
};

export const latestOf = (context: Context, template: LaunchTemplateRecord): number =>
  versionsOf(context, template)[0]?.number ?? template.last;

export const templateNamed = (context: Context, name: string): LaunchTemplateRecord => {
  const template = templates(context)
    .list()
    .find((one) => one.name === name);
  if (template) return template;
  throw new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );
};

/**
 * The template that a request names, either by id or by name. Throws `InvalidParameterCombination` for both, `MissingParameter`
 * for neither.
 */
export const templateOf = (
  context: Context,
  { LaunchTemplateId, LaunchTemplateName }: Named,
): LaunchTemplateRecord => {
  if (LaunchTemplateId !== undefined && LaunchTemplateName !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Either provide launch template ID or launch template name to modify the template.',
    );
  }
  if (LaunchTemplateName !== undefined) return templateNamed(context, LaunchTemplateName);
  if (LaunchTemplateId === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the launch template ID or its name.');
  }
  return lookUp('lt', LaunchTemplateId, (id) => templates(context).get(id));
};

/** The number that `$Default`, `$Latest` or a number stands for. Throws `InvalidParameterValue` for anything else. */
export const versionNumber = (context: Context, template: LaunchTemplateRecord, asked: string): number => {
  if (asked === '$Default') return template.default;
  if (asked === '$Latest') return latestOf(context, template);
  if (/^[1-9]\d{0,9}$/.test(asked)) return Number(asked);
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${asked}) for a launch template version is invalid. Expected $Default, $Latest or a number.`,
  );
};

/** The requested version. Throws `InvalidLaunchTemplateId.VersionNotFound` if the template does not have it. */
export const versionOf = (
  context: Context,
  template: LaunchTemplateRecord,
  asked: string,
): LaunchTemplateVersionRecord => {
  const number = versionNumber(context, template, asked);
  const version = versions(context).get(versionKey(template.id, number));
  if (version) return version;
  throw new AwsError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${number} for the launch template with ID ${template.id}.`,
  );
};

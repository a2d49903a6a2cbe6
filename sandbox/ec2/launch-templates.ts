import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUpAll, newId } from '../model/identifiers.ts';
import type { LaunchTemplateRecord } from '../model/records.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { filtered } from './filters.ts';
import { checkData } from './launch-template-data.ts';
import { templateOf, templates, versionKey, versions, versionsOf } from './launch-template-records.ts';
import { templateView } from './launch-template-view.ts';
import { addTags, dropTags, readTagSpecifications, tagsOf } from './tag-set.ts';

/** Templates per region ("Launch template quotas", EC2 Auto Scaling and EC2 User Guide). */
const mostTemplates = 5000;
/** Characters; `ClientToken` of the operations of launch templates. */
export const tokenLength = 128;
/** Results per page, whether or not a size is requested (DescribeLaunchTemplates, `MaxResults`). */
export const pageLimit = 200;

export const descriptionOf = (text: string | undefined): { description?: string } => {
  if (text === undefined) return {};
  if (text.length <= 255) return { description: text };
  throw new AwsError('InvalidParameterValue', 'A version description has at most 255 characters.');
};

const checkName = (context: Context, name: string): void => {
  if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) {
    throw new AwsError(
      'InvalidLaunchTemplateName.MalformedException',
      `A launch template name must be between 3 and 128 characters, of letters, digits and ( ) . - / _; found '${name}'.`,
    );
  }
  const all = templates(context).list();
  if (all.some((template) => template.name === name)) {
    throw new AwsError(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      'Launch template name already in use.',
    );
  }
  if (all.length >= mostTemplates) {
    throw new AwsError('MaxTemplateLimitExceeded', `A region has at most ${mostTemplates} launch templates.`);
  }
};

/** The creator of everything in an account of the sandbox: its one user. */
export const maker = ({ account }: Context): string => `arn:aws:iam::${account}:user/sandbox`;

const create = (context: Context, input: CreateLaunchTemplateRequest): LaunchTemplateRecord => {
  const { LaunchTemplateName: name = '', LaunchTemplateData: data = {} } = input;
  checkName(context, name);
  checkData(data);
  const tags = readTagSpecifications(input.TagSpecifications, ['launch-template']);
  const made = { createdAt: context.now.toISOString(), createdBy: maker(context) };
  const template: LaunchTemplateRecord = { id: newId('lt'), name, ...made, default: 1, last: 1 };
  const first = {
    template: template.id,
    number: 1,
    ...descriptionOf(input.VersionDescription),
    ...made,
    data,
  };
  templates(context).put(template.id, template);
  versions(context).put(versionKey(template.id, 1), first);
  addTags(context, template.id, tags['launch-template']);
  return template;
};

/** The requested templates; all if the request has neither ids nor names. */
const chosen = (context: Context, input: DescribeLaunchTemplatesRequest): LaunchTemplateRecord[] => {
  const all = templates(context).list();
  const { LaunchTemplateIds: ids = [], LaunchTemplateNames: names = [] } = input;
  if (ids.length > 200 || names.length > 200) {
    throw new AwsError('InvalidParameterValue', 'A call names at most 200 launch templates.');
  }
  const byId = lookUpAll('lt', ids, (id) => templates(context).get(id));
  const byName = all.filter(({ name }) => names.includes(name));
  if (byName.length < new Set(names).size) {
    throw new AwsError(
      'InvalidLaunchTemplateName.NotFoundException',
      'At least one of the launch templates specified in the request does not exist.',
    );
  }
  return ids.length + names.length === 0 ? all : [...new Set([...byId, ...byName])];
};

export const launchTemplateOperations: Record<string, Operation> = {
  CreateLaunchTemplate: operation<CreateLaunchTemplateRequest, CreateLaunchTemplateResult>(
    ['LaunchTemplateName', 'LaunchTemplateData', 'VersionDescription', 'TagSpecifications', 'ClientToken'],
    (context, input) => {
      const [before] = madeWith(context, 'CreateLaunchTemplate', input, tokenLength) ?? [];
      const known = before === undefined ? undefined : templates(context).get(before);
      if (known) return { LaunchTemplate: templateView(context, known) };
      const made = create(context, input);
      rememberToken(context, 'CreateLaunchTemplate', input, [made.id]);
      return { LaunchTemplate: templateView(context, made) };
    },
  ),

  /** It can only change which version is the default (ModifyLaunchTemplate). */
  ModifyLaunchTemplate: operation<ModifyLaunchTemplateRequest, ModifyLaunchTemplateResult>(
    ['LaunchTemplateId', 'LaunchTemplateName', 'DefaultVersion', 'ClientToken'],
    (context, input) => {
      madeWith(context, 'ModifyLaunchTemplate', input, tokenLength);
      const template = templateOf(context, input);
      const { DefaultVersion: asked } = input;
      if (asked === undefined) {
        throw new AwsError('MissingParameter', 'The request must contain the parameter SetDefaultVersion');
      }
      if (!/^[1-9]\d{0,9}$/.test(asked)) {
        throw new AwsError('InvalidParameterValue', `Value (${asked}) for the default version is no number.`);
      }
      if (!versions(context).get(versionKey(template.id, Number(asked)))) {
        throw new AwsError(
          'InvalidLaunchTemplateId.VersionNotFound',
          `The launch template version ${asked} is not found for the specified launch template.`,
        );
      }
      const changed = { ...template, default: Number(asked) };
      templates(context).put(template.id, changed);
      rememberToken(context, 'ModifyLaunchTemplate', input, [template.id]);
      return { LaunchTemplate: templateView(context, changed) };
    },
  ),

  DescribeLaunchTemplates: operation<DescribeLaunchTemplatesRequest, DescribeLaunchTemplatesResult>(
    ['LaunchTemplateIds', 'LaunchTemplateNames', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const shown = filtered(
        chosen(context, input),
        input.Filters,
        { 'create-time': ({ createdAt }) => createdAt, 'launch-template-name': ({ name }) => name },
        ({ id }) => tagsOf(context, id),
      );
      const { items, next } = pageOf(
        'DescribeLaunchTemplates',
        shown,
        ({ id }) => id,
        { ...input, MaxResults: input.MaxResults ?? pageLimit },
        { least: 1, most: pageLimit },
      );
      return { LaunchTemplates: items.map((one) => templateView(context, one)), NextToken: next };
    },
  ),

  DeleteLaunchTemplate: operation<DeleteLaunchTemplateRequest, DeleteLaunchTemplateResult>(
    ['LaunchTemplateId', 'LaunchTemplateName'],
    (context, input) => {
      const template = templateOf(context, input);
      const view = templateView(context, template);
      for (const { number } of versionsOf(context, template)) {
        versions(context).delete(versionKey(template.id, number));
      }
      templates(context).delete(template.id);
      dropTags(context, template.id);
      return { LaunchTemplate: view };
    },
  ),
};

import type {
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import type { LaunchTemplateRecord, LaunchTemplateVersionRecord } from '../model/records.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { basedOn, checkData } from './launch-template-data.ts';
import {
  templateOf,
  templates,
  versionKey,
  versionOf,
  versions,
  versionsOf,
} from './launch-template-records.ts';
import { versionView } from './launch-template-view.ts';
import { descriptionOf, maker, pageLimit, tokenLength } from './launch-templates.ts';

/** Per template ("Launch template quotas"). */
const mostVersions = 10_000;
/** Per call of DeleteLaunchTemplateVersions. */
const mostDeleted = 200;

interface Row {
  template: LaunchTemplateRecord;
  version: LaunchTemplateVersionRecord;
}

const create = (context: Context, input: CreateLaunchTemplateVersionRequest): Row => {
  const template = templateOf(context, input);
  const { LaunchTemplateData: given = {}, SourceVersion } = input;
  checkData(given);
  if (template.last >= mostVersions) {
    throw new AwsError(
      'MaxTemplateVersionLimitExceeded',
      `A launch template has at most ${mostVersions} versions.`,
    );
  }
  const data =
    SourceVersion === undefined ? given : basedOn(versionOf(context, template, SourceVersion).data, given);
  checkData(data);
  const number = template.last + 1;
  const version: LaunchTemplateVersionRecord = {
    template: template.id,
    number,
    ...descriptionOf(input.VersionDescription),
    createdAt: context.now.toISOString(),
    createdBy: maker(context),
    data,
  };
  const changed = { ...template, last: number };
  templates(context).put(template.id, changed);
  versions(context).put(versionKey(template.id, number), version);
  return { template: changed, version };
};

/** AWS's words, including the quotation marks, according to moto's tests that were run against AWS. */
const howToAsk =
  'To describe the launch template data for all your launch templates, for ‘--versions’ specify ‘$Latest’, ‘$Default’, or both, and omit ‘--launch-template-id’, ‘--launch-template-name’, and version numbers. To describe the launch template data for a specific launch template, specify ‘--launch-template-id’ or ‘--launch-template-name’, and for ‘--versions’ specify one or more of the following values: ‘$Latest’, ‘$Default’, or one or more version numbers.';

/** Versions of one template, or the latest and default versions of all (DescribeLaunchTemplateVersions, `Versions`). */
const chosen = (context: Context, input: DescribeLaunchTemplateVersionsRequest): Row[] => {
  const { Versions: asked = [], MinVersion, MaxVersion } = input;
  if (asked.length > 0 && (MinVersion !== undefined || MaxVersion !== undefined)) {
    throw new AwsError('InvalidParameterCombination', 'Versions exclude a least and a greatest version.');
  }
  if (input.LaunchTemplateId === undefined && input.LaunchTemplateName === undefined) {
    if (asked.length === 0) throw new AwsError('MissingParameter', howToAsk);
    if (asked.some((one) => one !== '$Latest' && one !== '$Default')) {
      throw new AwsError('InvalidParameterValue', howToAsk);
    }
    return templates(context)
      .list()
      .flatMap((template) => named(context, template, asked));
  }
  const template = templateOf(context, input);
  if (asked.length > 0) return named(context, template, asked);
  const [least, most] = [bound(MinVersion, 1), bound(MaxVersion, Number.POSITIVE_INFINITY)];
  return versionsOf(context, template)
    .filter(({ number }) => number >= least && number <= most)
    .map((version) => ({ template, version }));
};

const named = (context: Context, template: LaunchTemplateRecord, asked: string[]): Row[] =>
  [...new Set(asked.map((one) => versionOf(context, template, one)))].map((version) => ({
    template,
    version,
  }));

const bound = (asked: string | undefined, otherwise: number): number => {
  if (asked === undefined) return otherwise;
  if (/^[1-9]\d{0,9}$/.test(asked)) return Number(asked);
  throw new AwsError('InvalidParameterValue', `Value (${asked}) for a version's bound is no number.`);
};

const fields: Fields<Row> = {
  'create-time': ({ version }) => version.createdAt,
  'ebs-optimized': ({ version }) => String(version.data.EbsOptimized ?? false),
  'http-endpoint': ({ version }) => version.data.MetadataOptions?.HttpEndpoint,
  'http-tokens': ({ version }) => version.data.MetadataOptions?.HttpTokens,
  'iam-instance-profile': ({ version }) => version.data.IamInstanceProfile?.Arn,
  'image-id': ({ version }) => version.data.ImageId,
  'instance-type': ({ version }) => version.data.InstanceType,
  'is-default-version': ({ template, version }) => String(version.number === template.default),
  ...matchNothing(
    'host-resource-group-arn',
    'http-protocol-ipv4',
    'kernel-id',
    'license-configuration-arn',
    'network-card-index',
    'ram-disk-id',
  ),
};

/** Pages are ordered by template, newest version first. */
const placeOf = ({ template, version }: Row): string =>
  `${template.id}/${String(mostVersions - version.number).padStart(5, '0')}`;

export const launchTemplateVersionOperations: Record<string, Operation> = {
  CreateLaunchTemplateVersion: operation<
    CreateLaunchTemplateVersionRequest,
    CreateLaunchTemplateVersionResult
  >(
    [
      'LaunchTemplateId',
      'LaunchTemplateName',
      'SourceVersion',
      'VersionDescription',
      'LaunchTemplateData',
      'ResolveAlias',
      'ClientToken',
    ],
    (context, input) => {
      const [before] = madeWith(context, 'CreateLaunchTemplateVersion', input, tokenLength) ?? [];
      const known = before === undefined ? undefined : versions(context).get(before);
      const template = known && templates(context).get(known.template);
      const row = known && template ? { template, version: known } : create(context, input);
      const made = versionKey(row.template.id, row.version.number);
      rememberToken(context, 'CreateLaunchTemplateVersion', input, [made]);
      return { LaunchTemplateVersion: versionView(context, row.template, row.version, input.ResolveAlias) };
    },
  ),

  DescribeLaunchTemplateVersions: operation<
    DescribeLaunchTemplateVersionsRequest,
    DescribeLaunchTemplateVersionsResult
  >(
    [
      'LaunchTemplateId',
      'LaunchTemplateName',
      'Versions',
      'MinVersion',
      'MaxVersion',
      'Filters',
      'ResolveAlias',
      'MaxResults',
      'NextToken',
    ],
    (context, input) => {
      const { items, next } = pageOf(
        'DescribeLaunchTemplateVersions',
        filtered(chosen(context, input), input.Filters, fields),
        placeOf,
        { ...input, MaxResults: input.MaxResults ?? pageLimit },
        { least: 1, most: pageLimit },
      );
      return {
        LaunchTemplateVersions: items.map(({ template, version }) =>
          versionView(context, template, version, input.ResolveAlias),
        ),
        NextToken: next,
      };
    },
  ),

  /** Versions that cannot be deleted are listed next to the deleted ones. The default version cannot be deleted. */
  DeleteLaunchTemplateVersions: operation<
    DeleteLaunchTemplateVersionsRequest,
    DeleteLaunchTemplateVersionsResult
  >(['LaunchTemplateId', 'LaunchTemplateName', 'Versions'], (context, input) => {
    const template = templateOf(context, input);
    const asked = [...new Set(input.Versions)];
    if (asked.length < 1 || asked.length > mostDeleted) {
      throw new AwsError('InvalidParameterValue', `A call deletes 1 to ${mostDeleted} versions.`);
    }
    const item = (number: number) => ({
      LaunchTemplateId: template.id,
      LaunchTemplateName: template.name,
      VersionNumber: number,
    });
    const deleted: ReturnType<typeof item>[] = [];
    const kept: DeleteLaunchTemplateVersionsResult['UnsuccessfullyDeletedLaunchTemplateVersions'] = [];
    for (const number of asked.map((one) => bound(one, 0))) {
      const key = versionKey(template.id, number);
      if (number === template.default) {
        const Message = 'The default version of a launch template cannot be deleted.';
        kept.push({ ...item(number), ResponseError: { Code: 'unexpectedError', Message } });
      } else if (versions(context).get(key)) {
        versions(context).delete(key);
        deleted.push(item(number));
      } else {
        const Message = `Could not find the specified version ${number} for the launch template with ID ${template.id}.`;
        kept.push({
          ...item(number),
          ResponseError: { Code: 'launchTemplateVersionDoesNotExist', Message },
        });
      }
    }
    return {
      SuccessfullyDeletedLaunchTemplateVersions: deleted,
      UnsuccessfullyDeletedLaunchTemplateVersions: kept,
    };
  }),
};

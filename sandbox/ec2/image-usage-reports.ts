import type {
  CreateImageUsageReportRequest,
  CreateImageUsageReportResult,
  DeleteImageUsageReportRequest,
  DeleteImageUsageReportResult,
  DescribeImageUsageReportEntriesRequest,
  DescribeImageUsageReportEntriesResult,
  DescribeImageUsageReportsRequest,
  DescribeImageUsageReportsResult,
  ImageUsageReport,
  ImageUsageResourceTypeRequest,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { accounts } from '../model/accounts.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, lookUpAll, newId } from '../model/identifiers.ts';
import type { ImageUsageReportRecord } from '../model/records.ts';
import { doneAt } from '../state/lifecycle.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { filtered } from './filters.ts';
import { anyImage, ownImage } from './image-records.ts';
import { visibleInstances } from './instance-records.ts';
import { templates, versionsOf } from './launch-template-records.ts';
import { addTags, dropTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

/** "Amazon EC2 automatically deletes a report 30 days after creation" ("View your AMI usage"). Milliseconds. */
const lifetime = 30 * 24 * 3_600_000;
/** Accounts and images per call (CreateImageUsageReport, `AccountId.N`; DescribeImageUsageReports, `ImageId.N`). */
const most = 200;
/** How many of the newest versions of a launch template are searched (ImageUsageResourceTypeOptionRequest, `version-depth`). */
const usualDepth = 20;
const greatestDepth = 10_000;

type ResourceType = ImageUsageReportRecord['resourceTypes'][number];

/** How many resources of an account use an image, by type; there is no Image Builder. */
const counts: Record<string, (context: Context, image: string, type: ResourceType) => number> = {
  'ec2:Instance': (context, image) => visibleInstances(context).filter((one) => one.image === image).length,
  'ec2:LaunchTemplate': (context, image, { depth = usualDepth }) =>
    templates(context)
      .list()
      .filter((template) =>
        versionsOf(context, template)
          .slice(0, depth)
          .some(({ data }) => data.ImageId === image),
      ).length,
  'imagebuilder:ImageRecipe': () => 0,
  'imagebuilder:ContainerRecipe': () => 0,
};

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

const resourceTypeOf = ({
  ResourceType = '',
  ResourceTypeOptions = [],
}: ImageUsageResourceTypeRequest): ResourceType => {
  if (!Object.hasOwn(counts, ResourceType)) {
    throw invalid(`Value (${ResourceType}) for parameter resourceType is invalid.`);
  }
  const depths = ResourceTypeOptions.map(({ OptionName = '', OptionValues = [] }) => {
    if (OptionName !== 'version-depth' || ResourceType !== 'ec2:LaunchTemplate') {
      throw invalid(`Value (${OptionName}) for parameter optionName is invalid for ${ResourceType}.`);
    }
    const [value = '', ...more] = OptionValues;
    if (!/^[1-9]\d{0,4}$/.test(value) || Number(value) > greatestDepth || more.length > 0) {
      throw invalid(`Value (${value}) for the option version-depth is invalid.`);
    }
    return Number(value);
  });
  return { type: ResourceType, ...(depths[0] === undefined ? {} : { depth: depths[0] }) };
};

const reports = ({ store, account, region }: Context) => store.of('imageUsageReport', account, region);

/** The account's reports that still exist. */
const liveReports = (context: Context): ImageUsageReportRecord[] =>
  reports(context)
    .list()
    .filter(({ createdAt }) => context.now.getTime() - Date.parse(createdAt) < lifetime);

const stateOf = ({ now }: Context, { doneAt: done }: ImageUsageReportRecord): string =>
  done !== undefined && now < new Date(done) ? 'pending' : 'available';

/** The reports that a call names, by id, by image, or all. */
const named = (
  context: Context,
  { ReportIds = [], ImageIds = [] }: Pick<DescribeImageUsageReportsRequest, 'ReportIds' | 'ImageIds'>,
): ImageUsageReportRecord[] => {
  if (ReportIds.length > most || ImageIds.length > most)
    throw invalid(`A call names at most ${most} of them.`);
  lookUpAll('ami', ImageIds, (id) => anyImage(context, id));
  const all = liveReports(context);
  const chosen =
    ReportIds.length > 0 ? lookUpAll('amiur', ReportIds, (id) => all.find((one) => one.id === id)) : all;
  return chosen.filter(({ image }) => ImageIds.length === 0 || ImageIds.includes(image));
};

const view = (context: Context, report: ImageUsageReportRecord): ImageUsageReport => ({
  ImageId: report.image,
  ReportId: report.id,
  ResourceTypes: report.resourceTypes.map(({ type, depth }) => ({
    ResourceType: type,
    ...(depth === undefined
      ? {}
      : { ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [String(depth)] }] }),
  })),
  ...(report.accounts.length > 0 ? { AccountIds: report.accounts } : {}),
  State: stateOf(context, report),
  CreationTime: new Date(report.createdAt),
  ExpirationTime: new Date(Date.parse(report.createdAt) + lifetime),
  Tags: tagListOf(context, report.id),
});

/** Who uses an image now, in all accounts, including the owner's; no page says whether AWS counts those. */
const usageOf = (
  context: Context,
  image: string,
  asked: readonly string[],
  types: readonly ResourceType[],
): ImageUsageReportRecord['entries'] =>
  accounts
    .filter(({ id }) => asked.length === 0 || asked.includes(id))
    .flatMap(({ id }) =>
      types.flatMap((type) => {
        const count = counts[type.type]?.({ ...context, account: id }, image, type) ?? 0;
        return count > 0 ? [{ account: id, type: type.type, count }] : [];
      }),
    );

/** "View your AMI usage", EC2 User Guide. A report covers one image, as it was used when the report was requested. */
export const imageUsageReportOperations: Record<string, Operation> = {
  CreateImageUsageReport: operation<CreateImageUsageReportRequest, CreateImageUsageReportResult>(
    ['ImageId', 'ResourceTypes', 'AccountIds', 'ClientToken', 'TagSpecifications'],
    (context, input) => {
      const [before] = madeWith(context, 'CreateImageUsageReport', input) ?? [];
      if (before !== undefined) return { ReportId: before };
      const { ResourceTypes = [], AccountIds = [] } = input;
      const image = ownImage(context, input.ImageId ?? '');
      if (ResourceTypes.length === 0) {
        throw new AwsError('MissingParameter', 'The request must contain the parameter ResourceTypes');
      }
      const types = ResourceTypes.map(resourceTypeOf);
      const strange = AccountIds.find((id) => !/^\d{12}$/.test(id));
      if (strange !== undefined) throw invalid(`Value (${strange}) for parameter accountId is invalid.`);
      if (AccountIds.length > most) throw invalid(`A report is of at most ${most} accounts.`);
      const tags = readTagSpecifications(input.TagSpecifications, ['image-usage-report']);
      const id = newId('amiur');
      const done = doneAt(context.now, context.durations.image);
      reports(context).put(id, {
        id,
        image: image.id,
        createdAt: context.now.toISOString(),
        ...(done === undefined ? {} : { doneAt: done }),
        resourceTypes: types,
        accounts: AccountIds,
        entries: usageOf(context, image.id, AccountIds, types),
      });
      addTags(context, id, tags['image-usage-report']);
      rememberToken(context, 'CreateImageUsageReport', input, [id]);
      return { ReportId: id };
    },
  ),

  DescribeImageUsageReports: operation<DescribeImageUsageReportsRequest, DescribeImageUsageReportsResult>(
    ['ImageIds', 'ReportIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const fields = {
        'creation-time': ({ createdAt }: ImageUsageReportRecord) => createdAt,
        state: (report: ImageUsageReportRecord) => stateOf(context, report),
      };
      const shown = filtered(named(context, input), input.Filters, fields, ({ id }) => tagsOf(context, id));
      const { items, next } = pageOf('DescribeImageUsageReports', shown, ({ id }) => id, input, { least: 1 });
      return { ImageUsageReports: items.map((report) => view(context, report)), NextToken: next };
    },
  ),

  /** Only for finished reports. */
  DescribeImageUsageReportEntries: operation<
    DescribeImageUsageReportEntriesRequest,
    DescribeImageUsageReportEntriesResult
  >(['ImageIds', 'ReportIds', 'Filters', 'MaxResults', 'NextToken'], (context, input) => {
    const entries = named(context, input)
      .filter((report) => stateOf(context, report) === 'available')
      .flatMap((report) => report.entries.map((entry) => ({ ...entry, report })));
    const shown = filtered(entries, input.Filters, {
      'account-id': ({ account }) => account,
      'creation-time': ({ report }) => report.createdAt,
      'resource-type': ({ type }) => type,
    });
    const idOf = ({ report, account, type }: (typeof entries)[number]) => `${report.id} ${account} ${type}`;
    const { items, next } = pageOf('DescribeImageUsageReportEntries', shown, idOf, input, { least: 1 });
    return {
      ImageUsageReportEntries: items.map(({ report, account, type, count }) => ({
        ResourceType: type,
        ReportId: report.id,
        UsageCount: count,
        AccountId: account,
        ImageId: report.image,
        ReportCreationTime: new Date(report.createdAt),
      })),
      NextToken: next,
    };
  }),

  DeleteImageUsageReport: operation<DeleteImageUsageReportRequest, DeleteImageUsageReportResult>(
    ['ReportId'],
    (context, { ReportId = '' }) => {
      const { id } = lookUp('amiur', ReportId, (wanted) =>
        liveReports(context).find((one) => one.id === wanted),
      );
      reports(context).delete(id);
      dropTags(context, id);
      return { Return: true };
    },
  ),
};

import type {
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  UnlabelParameterVersionRequest,
  UnlabelParameterVersionResult,
} from '@aws-sdk/client-ssm';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ParameterRecord } from '../model/records.ts';
import { keyOf, ownParameter } from '../state/parameters.ts';

/** Labels per version (LabelParameterVersion). */
const mostLabels = 10;

/** Letters, digits and `.-_`, up to 100; not starting with a digit, `aws` or `ssm` (LabelParameterVersion). */
const isLabel = (label: string): boolean => /^(?!aws|ssm)[a-z_.-][a-z0-9_.-]{0,99}$/i.test(label);

const invalid = (at: string, rule: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${at}' failed to satisfy constraint: Member must ${rule}`,
  );

/** The parameter with its versions, oldest first, and the version that a request names: the newest by default. */
const find = (
  context: Context,
  { Name = '', ParameterVersion, Labels = [] }: LabelParameterVersionRequest,
): { versions: ParameterRecord[]; version: ParameterRecord } => {
  if (Labels.length < 1 || Labels.length > mostLabels)
    throw invalid('labels', `have length between 1 and ${mostLabels}`);
  if (Labels.some((label) => label.length < 1 || label.length > 100))
    throw invalid('labels', 'have members with length between 1 and 100');
  const found = ownParameter(context, Name);
  if (!found) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
  const versions = [...(found.earlier ?? []), found];
  const version = versions.find((one) => one.version === (ParameterVersion ?? found.version));
  if (!version) {
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${ParameterVersion} of ${Name}.`,
    );
  }
  return { versions, version };
};

/** Stores the versions: the newest record contains the others. */
const keep = (context: Context, versions: ParameterRecord[]): void => {
  const newest = versions.at(-1);
  if (!newest) return;
  const earlier = versions.slice(0, -1).map(({ earlier: _, tags: __, ...version }) => version);
  context.store
    .of('parameter', context.account, context.region)
    .put(keyOf(newest.name), { ...newest, ...(earlier.length > 0 ? { earlier } : {}) });
};

const withLabels = (record: ParameterRecord, labels: string[]): ParameterRecord => {
  const { labels: _, ...rest } = record;
  return labels.length > 0 ? { ...rest, labels } : rest;
};

export const parameterLabelOperations: Record<string, Operation> = {
  /** A label belongs to one version of a parameter, so it moves. Invalid labels are listed in the answer and are no error. */
  LabelParameterVersion: operation<LabelParameterVersionRequest, LabelParameterVersionResult>(
    ['Name', 'ParameterVersion', 'Labels'],
    (context, input) => {
      const { versions, version } = find(context, input);
      const asked = [...new Set(input.Labels)];
      const good = asked.filter(isLabel);
      const changed = versions.map((one) => {
        const others = (one.labels ?? []).filter((label) => !good.includes(label));
        return withLabels(one, one === version ? [...others, ...good] : others);
      });
      if (changed.some(({ labels = [] }) => labels.length > mostLabels)) {
        throw new AwsError(
          'ParameterVersionLabelLimitExceeded',
          `A parameter version can have a maximum of ${mostLabels} labels.`,
        );
      }
      keep(context, changed);
      return { InvalidLabels: asked.filter((label) => !isLabel(label)), ParameterVersion: version.version };
    },
  ),

  UnlabelParameterVersion: operation<UnlabelParameterVersionRequest, UnlabelParameterVersionResult>(
    ['Name', 'ParameterVersion', 'Labels'],
    (context, input) => {
      const { versions, version } = find(context, input);
      const has = version.labels ?? [];
      const asked = [...new Set(input.Labels)];
      const kept = has.filter((label) => !asked.includes(label));
      keep(
        context,
        versions.map((one) => (one === version ? withLabels(one, kept) : one)),
      );
      return {
        RemovedLabels: asked.filter((label) => has.includes(label)),
        InvalidLabels: asked.filter((label) => !has.includes(label)),
      };
    },
  ),
};

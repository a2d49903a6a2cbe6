import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { anyImage, isVisible } from '../ec2/image-records.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { ParameterRecord } from '../model/records.ts';
import { doneAt, imageState } from '../state/lifecycle.ts';
import { isReserved, keyOf, ownParameter } from '../state/parameters.ts';
import { withTags } from './parameter-tags.ts';
import { secureKey } from './secure-strings.ts';

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** Throws for a name that Systems Manager refuses ("About requirements and constraints for parameter names"). */
const checkName = (name: string): void => {
  if (/^\/?ssm/i.test(name)) {
    throw invalid('Parameter name: can\'t be prefixed with "ssm" (case-insensitive).');
  }
  if (isReserved(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  const parts = name.split('/').filter((part) => part !== '');
  if (parts.length > 15) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of 15 levels. ${name} has ${parts.length}.`,
    );
  }
  if (!/^[a-zA-Z0-9_.\-/]{1,1011}$/.test(name) || parts.length === 0) {
    throw invalid('Parameter name must be a fully qualified name of letters, digits and the signs _ . - /.');
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw invalid('Parameter name must be a fully qualified name: one with levels begins with a slash.');
  }
};

const types: readonly string[] = ['SecureString', 'StringList', 'String'];
const tiers: readonly string[] = ['Standard', 'Intelligent-Tiering', 'Advanced'];

const imageType = 'aws:ec2:image';
/** How many of a parameter's newest versions are kept, including the current one ("Working with parameter versions"). */
const versionsKept = 100;
/** Characters (PutParameter). */
const mostDescription = 1024;
const dataTypes: readonly string[] = ['text', imageType];

/** Whether a value is the id of an AMI that the account can use ("Native parameter support for AMI IDs"). */
const isUsableImage = (context: Context, value: string): boolean => {
  const image = /^ami-[0-9a-f]{8,17}$/.test(value) ? anyImage(context, value) : undefined;
  return image !== undefined && isVisible(context, image) && imageState(image, context.now) === 'available';
};

export const putParameterOperations: Record<string, Operation> = {
  /**
   * An AMI id is validated after the answer. A wrong id is answered as if it had been written, and never is; with
   * `durations.parameter`, a valid one becomes visible later.
   */
  PutParameter: operation<PutParameterRequest, PutParameterResult>(
    ['Name', 'Value', 'Type', 'KeyId', 'Overwrite', 'Description', 'Tier', 'DataType', 'Tags'],
    (context, input) => {
      const {
        Name = '',
        Value = '',
        Type,
        KeyId,
        Overwrite,
        Description,
        Tier,
        DataType = 'text',
        Tags,
      } = input;
      for (const [at, value, allowed] of [
        ['type', Type, types],
        ['tier', Tier, tiers],
      ] as const) {
        if (value === undefined || allowed.includes(value)) continue;
        throw invalid(
          `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
        );
      }
      checkName(Name);
      if ((Description?.length ?? 0) > mostDescription) {
        throw invalid(
          `1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to ${mostDescription}`,
        );
      }
      const parameters = context.store.of('parameter', context.account, context.region);
      const before = ownParameter(context, Name);
      if (before && !Overwrite) {
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      const type = Type ?? before?.type;
      if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
      if (before && type !== before.type) {
        throw new AwsError(
          'HierarchyTypeMismatchException',
          `Parameter Store does not support changing a parameter type: ${Name} is a ${before.type}.`,
        );
      }
      if (type !== 'SecureString' && KeyId !== undefined) {
        throw invalid('KeyId is required for SecureString type parameter only.');
      }
      const keyId = type === 'SecureString' ? secureKey(context, KeyId ?? before?.keyId) : undefined;
      if (Tags !== undefined && Overwrite) {
        throw invalid(
          "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
        );
      }
      const tags = Tags === undefined ? before?.tags : withTags(undefined, Tags);
      if (!dataTypes.includes(DataType)) {
        throw notImplemented(`ssm:PutParameter of the data type ${DataType}`);
      }
      if (DataType === imageType && type !== 'String') {
        throw invalid(`The data type ${imageType} is for parameters of the type String.`);
      }
      if (Tier !== undefined && Tier !== 'Standard')
        throw notImplemented(`ssm:PutParameter in the tier ${Tier}`);
      if (Value.length === 0 || Buffer.byteLength(Value) > 4096) {
        throw invalid('Standard tier parameters support a parameter value of 1 to 4096 characters.');
      }
      const version = (before?.version ?? 0) + 1;
      const answer: PutParameterResult = { Version: version, Tier: 'Standard' };
      if (DataType === imageType && !isUsableImage(context, Value)) return answer;
      const validatedAt =
        DataType === imageType ? doneAt(context.now, context.durations.parameter) : undefined;
      const description = Description ?? before?.description;
      parameters.put(keyOf(Name), {
        name: before?.name ?? Name,
        type,
        value: Value,
        version,
        dataType: DataType,
        ...(keyId === undefined ? {} : { keyId }),
        ...(description === undefined ? {} : { description }),
        ...(tags === undefined ? {} : { tags }),
        modifiedAt: context.now.toISOString(),
        ...(before ? { earlier: earlierWith(before) } : {}),
        ...(validatedAt === undefined ? {} : { validatedAt, ...(before ? { before: latest(before) } : {}) }),
      });
      return answer;
    },
  ),
};

/**
 * The versions before the next one, without the oldest if there are too many. Throws `ParameterMaxVersionLimitExceeded` if the
 * oldest has a label (PutParameter, "Working with parameter versions").
 */
const earlierWith = (before: ParameterRecord): ParameterRecord[] => {
  const all = [...(before.earlier ?? []), asVersion(before)];
  if (all.length >= versionsKept && all[0]?.labels) {
    throw new AwsError(
      'ParameterMaxVersionLimitExceeded',
      `You attempted to create a new version of ${before.name} by calling the PutParameter API with the overwrite flag. Version ${all[0].version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  return all.slice(1 - versionsKept);
};

/** A parameter without its previous value. */
const latest = ({ before: _, validatedAt: __, ...record }: ParameterRecord): ParameterRecord => record;

const asVersion = (record: ParameterRecord): ParameterRecord => {
  const { earlier: _, tags: __, ...version } = latest(record);
  return version;
};

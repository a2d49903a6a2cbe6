import type {
  DescribeImageReferencesRequest,
  DescribeImageReferencesResult,
  ImageReference,
  ImageReferenceResourceType,
  ResourceTypeRequest,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUpAll } from '../model/identifiers.ts';
import type { ImageRecord } from '../model/records.ts';
import { instanceState } from '../state/lifecycle.ts';
import { ownParameters, parameterArn } from '../state/parameters.ts';
import { anyImage, isVisible } from './image-records.ts';
import { visibleInstances } from './instance-records.ts';
import { templates, versionsOf } from './launch-template-records.ts';

/** Images per call (DescribeImageReferences, `ImageId.N`). */
const mostImages = 10;
/** Results per page, whether or not a size is requested. */
const pageLimit = 1000;
/** How many of the newest versions of a launch template are searched (ResourceTypeOption, `version-depth`). */
const usualDepth = 10;
const greatestDepth = 10_000;
const states = ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'];

type Option = Record<string, string[]>;

/** Searches one resource type for references to the images, with the call's options for it. */
type Search = (
  context: Context,
  images: ReadonlySet<string>,
  options: Option,
) => Omit<ImageReference, 'ResourceType'>[];

const searches: Record<ImageReferenceResourceType, Search> = {
  'ec2:Instance': (context, images, { 'state-name': wanted = states }) =>
    visibleInstances(context)
      .filter(({ image }) => images.has(image))
      .filter((instance) => wanted.includes(instanceState(instance, context.now)))
      .map(({ id, image }) => ({ ImageId: image, Arn: arn(context, `instance/${id}`) })),

  /** A version that names a parameter does not count as a reference to an image. */
  'ec2:LaunchTemplate': (context, images, { 'version-depth': [depth] = [String(usualDepth)] }) =>
    templates(context)
      .list()
      .flatMap((template) => {
        const looked = versionsOf(context, template).slice(0, Number(depth));
        const found = new Set(looked.map(({ data }) => data.ImageId ?? ''));
        return [...found]
          .filter((image) => images.has(image))
          .map((image) => ({ ImageId: image, Arn: arn(context, `launch-template/${template.id}`) }));
      }),

  /** Parameters whose values Systems Manager validates as AMIs; a plain parameter with the same text does not count. */
  'ssm:Parameter': (context, images) =>
    ownParameters(context)
      .filter(({ dataType, value }) => dataType === 'aws:ec2:image' && images.has(value))
      .map((record) => ({ ImageId: record.value, Arn: parameterArn(context, record) })),

  'imagebuilder:ImageRecipe': () => [],
  'imagebuilder:ContainerRecipe': () => [],
};

/** An image that the account owns, owned, or can see. */
const known = (context: Context, id: string): ImageRecord | undefined => {
  const image = anyImage(context, id);
  return image && (image.owner === context.account || isVisible(context, image)) ? image : undefined;
};

const arn = ({ account, region }: Context, resource: string): string =>
  `arn:aws:ec2:${region}:${account}:${resource}`;

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

const optionNames: Partial<Record<ImageReferenceResourceType, string>> = {
  'ec2:Instance': 'state-name',
  'ec2:LaunchTemplate': 'version-depth',
};

const optionsOf = ({ ResourceType, ResourceTypeOptions = [] }: ResourceTypeRequest): Option => {
  const allowed = ResourceType && optionNames[ResourceType];
  return Object.fromEntries(
    ResourceTypeOptions.map(({ OptionName = '', OptionValues = [] }) => {
      if (OptionName !== allowed) {
        throw invalid(`Value (${OptionName}) for parameter optionName is invalid for ${ResourceType}.`);
      }
      const isValue = (value: string): boolean =>
        OptionName === 'state-name'
          ? states.includes(value)
          : /^[1-9]\d{0,4}$/.test(value) && Number(value) <= greatestDepth;
      const wrong = OptionValues.find((value) => !isValue(value));
      if (wrong !== undefined || OptionValues.length === 0) {
        throw invalid(`Value (${wrong ?? ''}) for the option ${OptionName} is invalid.`);
      }
      if (OptionName === 'version-depth' && OptionValues.length > 1) {
        throw invalid('The option version-depth has one value.');
      }
      return [OptionName, OptionValues];
    }),
  );
};

/** The resource types that a call searches, with its options for each. */
const asked = ({
  IncludeAllResourceTypes,
  ResourceTypes = [],
}: DescribeImageReferencesRequest): Map<ImageReferenceResourceType, Option> => {
  if (!IncludeAllResourceTypes && ResourceTypes.length === 0) {
    throw new AwsError(
      'MissingParameter',
      'Either IncludeAllResourceTypes or ResourceTypes must be specified.',
    );
  }
  const types = IncludeAllResourceTypes ? (Object.keys(searches) as ImageReferenceResourceType[]) : [];
  const all = new Map<ImageReferenceResourceType, Option>(types.map((type) => [type, {}]));
  for (const request of ResourceTypes) {
    const type = request.ResourceType;
    if (type === undefined || !Object.hasOwn(searches, type)) {
      throw invalid(`Value (${type ?? ''}) for parameter resourceType is invalid.`);
    }
    all.set(type, optionsOf(request));
  }
  return all;
};

/** "Identify your resources referencing specified AMIs", EC2 User Guide: the calling account's own resources, in this region. */
export const imageReferenceOperations: Record<string, Operation> = {
  DescribeImageReferences: operation<DescribeImageReferencesRequest, DescribeImageReferencesResult>(
    ['ImageIds', 'IncludeAllResourceTypes', 'ResourceTypes', 'MaxResults', 'NextToken'],
    (context, input) => {
      const { ImageIds = [] } = input;
      if (ImageIds.length < 1 || ImageIds.length > mostImages) {
        throw invalid(`A call names 1 to ${mostImages} images.`);
      }
      const images = new Set(lookUpAll('ami', ImageIds, (id) => known(context, id)).map(({ id }) => id));
      const found = [...asked(input)].flatMap(([type, options]) =>
        searches[type](context, images, options).map(
          (reference): ImageReference => ({ ...reference, ResourceType: type }),
        ),
      );
      const { items, next } = pageOf(
        'DescribeImageReferences',
        found,
        ({ ImageId, Arn }) => `${ImageId} ${Arn}`,
        { ...input, MaxResults: input.MaxResults ?? pageLimit },
        { most: pageLimit },
      );
      return { ImageReferences: items, NextToken: next };
    },
  ),
};

import type {
  DescribeImageAttributeRequest,
  ImageAttribute,
  ModifyImageAttributeRequest,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ImageRecord } from '../model/records.ts';
import { imageState } from '../state/lifecycle.ts';
import { mappingsOf } from './block-devices.ts';
import { withPublicDeprecation } from './deprecation.ts';
import { protectionOf } from './deregistration-protection.ts';
import { lastLaunched } from './image-launches.ts';
import { ownImage, putImage } from './image-records.ts';
import { launchPermissionItems, changed as permissionsAfter, readPermissionChange } from './permissions.ts';
import { checkImageSharing } from './sharing-rules.ts';

const attributes: Record<string, (image: ImageRecord, now: Date) => ImageAttribute> = {
  launchPermission: ({ permissions }) => ({ LaunchPermissions: launchPermissionItems(permissions) }),
  description: ({ description }) => ({ Description: { Value: description } }),
  blockDeviceMapping: ({ devices }) => ({ BlockDeviceMappings: mappingsOf(devices) }),
  productCodes: () => ({ ProductCodes: [] }),
  sriovNetSupport: ({ sriovNetSupport }) => ({ SriovNetSupport: { Value: sriovNetSupport } }),
  deregistrationProtection: (image) => ({ DeregistrationProtection: { Value: protectionOf(image) } }),
  lastLaunchedTime: (image, now) => ({ LastLaunchedTime: { Value: lastLaunched(image, now) } }),
  imdsSupport: ({ imdsSupport }) => ({ ImdsSupport: { Value: imdsSupport } }),
};

export const imageAttributeOperations: Record<string, Operation> = {
  DescribeImageAttribute: operation<DescribeImageAttributeRequest, ImageAttribute>(
    ['ImageId', 'Attribute'],
    (context, { ImageId = '', Attribute = '' }) => {
      const image = ownImage(context, ImageId);
      const read = Object.hasOwn(attributes, Attribute) ? attributes[Attribute] : undefined;
      if (!read) {
        throw new AwsError(
          'InvalidParameterValue',
          `Value (${Attribute}) for parameter attribute is invalid.`,
        );
      }
      return { ImageId, ...read(image, context.now) };
    },
  ),

  /** One attribute in one call, in any of the forms that AWS takes. */
  ModifyImageAttribute: operation<ModifyImageAttributeRequest, object>(
    [
      'ImageId',
      'Attribute',
      'Value',
      'Description',
      'LaunchPermission',
      'OperationType',
      'UserIds',
      'UserGroups',
      'OrganizationArns',
      'OrganizationalUnitArns',
      'ImdsSupport',
    ],
    (context, input) => {
      const image = ownImage(context, input.ImageId ?? '');
      putImage(context, changed(context, image, input));
      return {};
    },
  ),
};

const changed = (context: Context, image: ImageRecord, input: ModifyImageAttributeRequest): ImageRecord => {
  const { Attribute, Value } = input;
  const description = input.Description?.Value ?? (Attribute === 'description' ? Value : undefined);
  const imdsSupport = input.ImdsSupport?.Value ?? (Attribute === 'imdsSupport' ? Value : undefined);
  const sharing =
    input.LaunchPermission !== undefined ||
    input.OperationType !== undefined ||
    input.UserIds !== undefined ||
    input.UserGroups !== undefined ||
    input.OrganizationArns !== undefined ||
    input.OrganizationalUnitArns !== undefined ||
    Attribute === 'launchPermission';
  const given = [description !== undefined, imdsSupport !== undefined, sharing].filter(Boolean).length;
  if (given === 0) throw new AwsError('InvalidParameterCombination', 'No attributes specified.');
  if (given > 1) {
    throw new AwsError('InvalidParameterCombination', 'Fields for multiple attribute types specified');
  }
  if (description !== undefined) return { ...image, description };
  if (imdsSupport !== undefined) {
    if (imdsSupport !== 'v2.0') {
      throw new AwsError(
        'InvalidParameterValue',
        `Value (${imdsSupport}) for parameter imdsSupport is invalid.`,
      );
    }
    return { ...image, imdsSupport };
  }
  if (imageState(image, context.now) !== 'available') {
    throw new AwsError('InvalidAMIID.Unavailable', `The image ID '${image.id}' is not available for sharing`);
  }
  const change = readPermissionChange(input.LaunchPermission, {
    OperationType: input.OperationType,
    users: input.UserIds,
    groups: input.UserGroups,
    organizations: input.OrganizationArns,
    units: input.OrganizationalUnitArns,
  });
  checkImageSharing(context, image, change);
  const permissions = permissionsAfter(
    image.permissions,
    change,
    image.owner,
    'InvalidAMIAttributeItemValue',
  );
  return permissions.everyone ? withPublicDeprecation({ ...image, permissions }) : { ...image, permissions };
};

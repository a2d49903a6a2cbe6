import type {
  CancelImageLaunchPermissionRequest,
  CancelImageLaunchPermissionResult,
  DescribeImageAttributeRequest,
  ImageAttribute,
  ModifyImageAttributeRequest,
  ResetImageAttributeRequest,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp } from '../model/identifiers.ts';
import type { ImageRecord, Permissions } from '../model/records.ts';
import { imageState } from '../state/lifecycle.ts';
import { withPublicDeprecation } from './deprecation.ts';
import { protectionOf } from './deregistration-protection.ts';
import { lastLaunched } from './image-launches.ts';
import { checkImageDescription } from './image-names.ts';
import { anyImage, isVisible, ownImage, putImage } from './image-records.ts';
import {
  checkOperationType,
  launchPermissionItems,
  nobody,
  changed as permissionsAfter,
  readPermissionChange,
} from './permissions.ts';
import { checkImageSharing } from './sharing-rules.ts';

/** The attributes that an image was registered or created with, read one by one. No image has a kernel or a RAM disk of its own. */
const attributes: Record<string, (image: ImageRecord, now: Date) => ImageAttribute> = {
  bootMode: ({ bootMode }) => ({ BootMode: { Value: bootMode } }),
  kernel: () => ({ KernelId: {} }),
  ramdisk: () => ({ RamdiskId: {} }),
  tpmSupport: ({ tpmSupport }) => ({ TpmSupport: { Value: tpmSupport } }),
  uefiData: ({ uefiData }) => ({ UefiData: { Value: uefiData } }),
  launchPermission: ({ permissions }) => ({ LaunchPermissions: launchPermissionItems(permissions) }),
  description: ({ description }) => ({ Description: { Value: description } }),
  blockDeviceMapping: ({ id }) => {
    throw new AwsError(
      'AuthFailure',
      `Not authorized for image:${id}. The attribute blockDeviceMapping is deprecated.`,
    );
  },
  productCodes: () => ({ ProductCodes: [] }),
  sriovNetSupport: ({ sriovNetSupport }) => ({ SriovNetSupport: { Value: sriovNetSupport } }),
  deregistrationProtection: (image, now) => ({
    DeregistrationProtection: { Value: protectionOf(image, now) },
  }),
  lastLaunchedTime: (image, now) => ({ LastLaunchedTime: { Value: lastLaunched(image, now) } }),
  imdsSupport: ({ imdsSupport }) => ({ ImdsSupport: { Value: imdsSupport } }),
};

export const imageAttributeOperations: Record<string, Operation> = {
  DescribeImageAttribute: operation<DescribeImageAttributeRequest, ImageAttribute>(
    ['ImageId', 'Attribute'],
    (context, { ImageId = '', Attribute = '' }) => {
      const image = ownImage(context, ImageId);
      const read = Object.hasOwn(attributes, Attribute) ? attributes[Attribute] : undefined;
      if (!read) throw unknownAttribute(Attribute);
      return { ImageId, ...read(image, context.now) };
    },
  ),

  /** Changes one attribute per call, in any of the forms that AWS accepts. */
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
      checkOperationType(input.OperationType);
      const image = ownImage(context, input.ImageId ?? '');
      putImage(context, changed(context, image, input));
      return {};
    },
  ),

  /** Only the launch permission can be reset: the image is then private (ResetImageAttribute). */
  ResetImageAttribute: operation<ResetImageAttributeRequest, object>(
    ['ImageId', 'Attribute'],
    (context, { ImageId = '', Attribute = '' }) => {
      if (Attribute !== 'launchPermission') throw unknownAttribute(Attribute);
      putImage(context, { ...ownImage(context, ImageId), permissions: nobody });
      return {};
    },
  ),

  /**
   * Removes the calling account from the launch permission of another account's image. This does not work for an image shared
   * with everybody or with an organization (CancelImageLaunchPermission).
   */
  CancelImageLaunchPermission: operation<
    CancelImageLaunchPermissionRequest,
    CancelImageLaunchPermissionResult
  >(['ImageId'], (context, { ImageId = '' }) => {
    const image = lookUp('ami', ImageId, (id) => {
      const found = context.sees(id) ? anyImage(context, id) : undefined;
      return found && isVisible(context, found) ? found : undefined;
    });
    const { permissions } = image;
    if (!permissions.accounts.includes(context.account)) {
      throw new AwsError('InvalidRequest', `The AMI ${ImageId} is not shared with your account by its id.`);
    }
    const accounts = permissions.accounts.filter((account) => account !== context.account);
    putImage(context, { ...image, permissions: { ...permissions, accounts } });
    return { Return: true };
  }),
};

const unknownAttribute = (attribute: string): AwsError =>
  new AwsError('InvalidParameterValue', `Value (${attribute}) for parameter attribute is invalid.`);

/** Accounts, organizations and units that an AMI may be shared with ("AMI quotas"; no page names the error's code). */
const mostShares = 1000;

const checkShares = ({ accounts, organizations = [] }: Permissions, before: Permissions): void => {
  const count = accounts.length + organizations.length;
  if (count > mostShares && count > before.accounts.length + (before.organizations?.length ?? 0)) {
    throw new AwsError('ResourceLimitExceeded', `An AMI can be shared with at most ${mostShares} entities.`);
  }
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
  if (description !== undefined) {
    checkImageDescription(description);
    return { ...image, description };
  }
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
  checkShares(permissions, image.permissions);
  return permissions.everyone ? withPublicDeprecation({ ...image, permissions }) : { ...image, permissions };
};

import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';

/** Throws for an image name that AWS does not allow. */
export const checkImageName = (name: string): void => {
  if (!/^[a-zA-Z0-9()[\] ./\-'@_]{3,128}$/.test(name)) {
    throw new AwsError(
      'InvalidAMIName.Malformed',
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '[', ']', ' ', '.', '-', '/', ''', '@' and '_'",
    );
  }
};

/** Throws for a name that AWS does not allow, or that another AMI of the account in the region has. */
export const checkNewImageName = ({ store, account, region }: Context, name: string): void => {
  checkImageName(name);
  const images = store.of('image', account, region).list();
  const other = images.find((image) => image.name === name && image.state !== 'deregistered');
  if (other) {
    throw new AwsError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${other.id}`);
  }
};

/**
 * Throws for a description that EC2 refuses: more than 255 characters, or not ASCII. Publishers of AMIs ran into this with
 * ModifyImageAttribute (wendylabsinc/WendyOS-Builder#56, plus3it/spel#33); the words are those with which EC2 refuses other
 * descriptions.
 */
export const checkImageDescription = (description: string): void => {
  const refuse = (why: string): never => {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${description}) for parameter description is invalid. ${why}`,
    );
  };
  if (/[^\0-\x7f]/.test(description)) refuse('Character sets beyond ASCII are not supported.');
  if (description.length > 255) refuse('Length exceeds maximum of 255.');
};

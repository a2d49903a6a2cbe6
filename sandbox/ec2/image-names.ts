import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';

/** Throws for a name that AWS does not allow an image. */
export const checkImageName = (name: string): void => {
  if (!/^[a-zA-Z0-9()[\] ./\-'@_]{3,128}$/.test(name)) {
    throw new AwsError(
      'InvalidAMIName.Malformed',
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '[', ']', ' ', '.', '-', '/', ''', '@' and '_'",
    );
  }
};

/** Throws for a name that AWS does not allow or that another AMI of the account has in the region. */
export const checkNewImageName = ({ store, account, region }: Context, name: string): void => {
  checkImageName(name);
  const images = store.of('image', account, region).list();
  const other = images.find((image) => image.name === name && image.state !== 'deregistered');
  if (other) {
    throw new AwsError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${other.id}`);
  }
};

export const checkImageDescription = (description: string): void => {
  if (description.length > 255) {
    throw new AwsError('InvalidParameterValue', 'An AMI description has at most 255 characters');
  }
};

import type {
  DisableImageDeregistrationProtectionRequest,
  DisableImageDeregistrationProtectionResult,
  EnableImageDeregistrationProtectionRequest,
  EnableImageDeregistrationProtectionResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ImageRecord } from '../model/records.ts';
import { ownImage, putImage } from './image-records.ts';

const cooldown = 24 * 3_600_000;

/** Throws if an image is protected, or was and its 24 hours are not over ("Protect an AMI from deregistration"). */
export const refuseProtected = ({ now }: Context, { id, protection }: ImageRecord): void => {
  if (!protection || (!protection.on && now >= new Date(protection.until))) return;
  throw new AwsError(
    'OperationNotPermitted',
    protection.on
      ? `The image ${id} is protected from deregistration. Disable its deregistration protection and try again.`
      : `The image ${id} is protected from deregistration until ${protection.until}.`,
  );
};

/**
 * DescribeImages' word for an image's protection. AWS does not document its value during a cooldown; programs that read it
 * expect `disabled after` and the time (ekristen/aws-nuke, `resources/ec2-image.go`).
 */
export const protectionOf = ({ protection }: ImageRecord, now: Date): string => {
  if (!protection) return 'disabled';
  if (!protection.on)
    return now < new Date(protection.until) ? `disabled after ${protection.until}` : 'disabled';
  return protection.cooldown ? 'enabled-with-cooldown' : 'enabled-without-cooldown';
};

export const deregistrationProtectionOperations: Record<string, Operation> = {
  EnableImageDeregistrationProtection: operation<
    EnableImageDeregistrationProtectionRequest,
    EnableImageDeregistrationProtectionResult
  >(['ImageId', 'WithCooldown'], (context, { ImageId = '', WithCooldown = false }) => {
    const image = ownImage(context, ImageId);
    putImage(context, { ...image, protection: { on: true, cooldown: WithCooldown } });
    return { Return: 'true' };
  }),

  DisableImageDeregistrationProtection: operation<
    DisableImageDeregistrationProtectionRequest,
    DisableImageDeregistrationProtectionResult
  >(['ImageId'], (context, { ImageId = '' }) => {
    const { protection, ...image } = ownImage(context, ImageId);
    if (protection && (!protection.on || protection.cooldown)) {
      const until = protection.on
        ? new Date(context.now.getTime() + cooldown).toISOString()
        : protection.until;
      putImage(context, { ...image, protection: { on: false, until } });
    } else {
      putImage(context, image);
    }
    return { Return: 'true' };
  }),
};

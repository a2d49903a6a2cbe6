import type { CapacityReservationSpecification } from '@aws-sdk/client-ec2';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { checkId, notFound } from '../model/identifiers.ts';

/** An instance's preferences for reserved capacity. */
const capacityPreferences: readonly string[] = ['open', 'none', 'capacity-reservations-only'];

/**
 * Throws for a specification that EC2 refuses: an unknown preference, a target together with a preference other than
 * `capacity-reservations-only`, two targets, an invalid id (API_CapacityReservationSpecification,
 * API_CapacityReservationTarget).
 */
export const checkCapacityReservation = ({
  CapacityReservationPreference: preference,
  CapacityReservationTarget: target,
}: CapacityReservationSpecification): void => {
  if (preference !== undefined && !capacityPreferences.includes(preference)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${preference}) for parameter capacityReservationPreference is invalid. Expected ${capacityPreferences.join(', ')}.`,
    );
  }
  const { CapacityReservationId: id, CapacityReservationResourceGroupArn: group } = target ?? {};
  const hasTarget = id !== undefined || group !== undefined;
  if (hasTarget && preference !== undefined && preference !== 'capacity-reservations-only') {
    throw new AwsError(
      'InvalidParameterCombination',
      `A capacity reservation target may not be specified with the preference '${preference}'`,
    );
  }
  if (id !== undefined && group !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'A capacity reservation id and the ARN of a resource group may not be specified on the same request',
    );
  }
  if (id !== undefined) checkId('cr', id);
};

/**
 * The preference of a new instance; `open` if the launch sets none. No account of the sandbox has a capacity reservation:
 * throws that a targeted one does not exist, and `NotImplementedBySandbox` for a resource group and for an instance that may
 * run only in reserved capacity, since no page says how AWS refuses it.
 */
export const capacityPreferenceOf = (
  specification: CapacityReservationSpecification = {},
): 'open' | 'none' => {
  checkCapacityReservation(specification);
  const { CapacityReservationPreference: preference, CapacityReservationTarget: target } = specification;
  if (target?.CapacityReservationId !== undefined) throw notFound('cr', target.CapacityReservationId);
  if (target?.CapacityReservationResourceGroupArn !== undefined) {
    throw notImplemented('ec2:RunInstances with CapacityReservationResourceGroupArn');
  }
  if (preference === 'capacity-reservations-only') {
    throw notImplemented(
      'ec2:RunInstances with the capacity reservation preference capacity-reservations-only',
    );
  }
  return preference === 'none' ? 'none' : 'open';
};

import type { Json } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';

/** An instance type that Packer may launch a builder on. */
export interface LaunchType {
  type: string;
  option: 'instance_type' | 'spot_instance_types';
  spot: boolean;
}

/**
 * The instance types that a target's builder may run on. It is a Spot Instance if `spot_price` is set, or if
 * `spot_instance_types` lists types, of which AWS chooses one (Packer's documentation of amazon-ebs). Pure.
 */
export function launchTypes({ packer: { options } }: Pick<Target, 'packer'>): LaunchType[] {
  const several = textsIn(options.spot_instance_types);
  const { spot_price: price } = options;
  const spot = several.length > 0 || (price !== undefined && price !== null && price !== '' && price !== '0');
  const option = several.length > 0 ? 'spot_instance_types' : 'instance_type';
  return (several.length > 0 ? several : textsIn(options.instance_type)).map((type) => ({
    type,
    option,
    spot,
  }));
}

/** Every instance type of these targets, once. Pure. */
export const typesOf = (targets: readonly Pick<Target, 'packer'>[]): string[] =>
  [...new Set(targets.flatMap((target) => launchTypes(target).map(({ type }) => type)))].sort();

/** The text of an option that takes one or several values; none if it holds something else. Pure. */
export const textsIn = (value: Json | undefined): string[] =>
  [value].flat().filter((text): text is string => typeof text === 'string' && text !== '');

import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { regionFacts } from '../model/regions.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { familyOf } from './instance-types.ts';

/** Families of previous generations, which AWS no longer builds ("Previous Generation Instances"). */
const previous: ReadonlySet<string> = new Set('c1 c3 g2 hi1 hs1 i2 m1 m2 m3 r3 t1'.split(' '));

/**
 * The zones of previous generations, by letter: in regions that opened before 2015, except in zones that were added later. On
 * AWS these zones differ by account; these are the sandbox's own.
 */
const zonesOfPrevious: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'ac',
  'ap-southeast-1': 'ab',
  'ap-southeast-2': 'ab',
  'eu-central-1': 'ab',
  'eu-west-1': 'abc',
  'sa-east-1': 'a',
  'us-east-1': 'abcde',
  'us-west-1': 'ac',
  'us-west-2': 'abc',
};

/**
 * Names of a region's zones that offer an instance type to an account, by the type's or its family's settings; none if the
 * region does not have it.
 */
export const zonesWith = (context: Pick<Context, 'store' | 'account' | 'region'>, type: string): string[] => {
  const { name, zones } = regionFacts(context.region);
  const declared = settingsOf(context).instanceTypes;
  if (Object.hasOwn(declared, type)) {
    return (declared[type] ?? []).map((zone) => (zone.length === 1 ? `${name}${zone}` : zone)).sort();
  }
  const isOffered = (letter: string) =>
    !previous.has(familyOf(type)) || (zonesOfPrevious[name] ?? '').includes(letter);
  return zones.filter(isOffered).map((letter) => `${name}${letter}`);
};

/** Throws `Unsupported`, in EC2's words, for a region or a zone that does not offer an instance type. */
export const checkOffered = (
  context: Pick<Context, 'store' | 'account' | 'region'>,
  type: string,
  zone?: string,
): void => {
  const offered = zonesWith(context, type);
  if (offered.length === 0) {
    throw new AwsError(
      'Unsupported',
      'The requested configuration is currently not supported. Please check the documentation for supported configurations.',
    );
  }
  if (zone === undefined || offered.includes(zone)) return;
  throw new AwsError(
    'Unsupported',
    `Your requested instance type (${type}) is not supported in your requested Availability Zone (${zone}). Please retry your request by not specifying an Availability Zone or choosing ${offered.join(', ')}.`,
  );
};

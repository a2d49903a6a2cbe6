import { zoneProblems } from './networks.ts';
import { list, record, type SettingsProblem, textLike } from './schema-parts.ts';

export const instanceTypeSettings = {
  instanceTypes: record(
    'Where the named instance types are offered: in these zones; with an empty list, nowhere in the region.',
    list(
      'Its zones.',
      textLike(
        'A zone, by name or by letter.',
        '^([a-z]{2}-[a-z]+-\\d)?[a-f]$',
        'a zone, such as "us-east-1a" or "a"',
      ),
      { expected: 'a list of zones, such as ["a", "b"]', maxItems: 6 },
    ),
    'an object of instance types and their zones, such as {"g6.xlarge": ["a", "b"]}',
  ),
} as const;

interface TypesRule {
  region?: string;
  instanceTypes?: Record<string, readonly string[]>;
}

export const instanceTypeProblems = ({ region, instanceTypes = {} }: TypesRule): SettingsProblem[] =>
  Object.entries(instanceTypes).flatMap(([type, zones]) => [
    ...(/^[a-z0-9-]{1,20}\.[a-z0-9-]{1,20}$/.test(type)
      ? []
      : [
          {
            place: `instanceTypes["${type}"]`,
            expected: 'an instance type, such as "g6.xlarge"',
            found: `"${type}"`,
          },
        ]),
    ...zones.flatMap((zone, index) => zoneProblems(zone, `instanceTypes["${type}"][${index}]`, region)),
  ]);

import { count, either, flag, list, object, type SettingsProblem, textLike } from './schema-parts.ts';

const role = object(
  'A role that the users of all accounts may assume, and that may do everything.',
  {
    name: textLike(
      'Its name, with its path where it has one: "release/publisher".',
      '^[\\w+=,.@/-]{1,576}$',
      'the name of a role, such as "publisher"',
    ),
  },
  {
    externalId: textLike(
      'What who assumes it has to say (sts:ExternalId in its trust policy).',
      '^[\\w+=,.@:/-]{2,1224}$',
      'an external id: 2 to 1224 letters, digits and "+=,.@:/-_"',
    ),
    maxSessionDuration: count('How long a session may be, in seconds; an hour by default.', 3600, 43_200),
  },
  'a role, such as {"name": "publisher"}',
);

const profileName = textLike(
  'Its name.',
  '^[\\w+=,.@-]{1,128}$',
  'the name of an instance profile: 1 to 128 letters, digits and "+=,.@-_"',
);

const profile = object(
  'An instance profile.',
  { name: profileName },
  { role: flag('Whether it has a role. By default it has one of its own name, which may do everything.') },
  'an instance profile, such as {"name": "gopackgo-bundler", "role": false}',
);

/** IAM applies to all regions (CreateInstanceProfile and CreateRole define valid names). */
export const iamSettings = {
  instanceProfiles: list(
    "The account's instance profiles.",
    either(
      'Its name, or an instance profile. It has a role that may do everything.',
      [profileName, profile],
      'the name of an instance profile: 1 to 128 letters, digits and "+=,.@-_"',
    ),
    { expected: 'a list of names, such as ["gopackgo-bundler"]' },
  ),
  roles: list('Roles of the account.', role, {
    expected: 'a list of roles, such as [{"name": "publisher"}]',
  }),
} as const;

type IamRule = { region?: string } & { [Key in keyof typeof iamSettings]?: unknown };

export const iamProblems = (rule: IamRule): SettingsProblem[] =>
  rule.region === undefined
    ? []
    : (Object.keys(iamSettings) as (keyof typeof iamSettings)[])
        .filter((key) => rule[key] !== undefined)
        .map((key) => ({
          place: key,
          expected: 'a rule without "region"',
          found: `one for ${rule.region}`,
          advice: 'Instance profiles and roles are the same in all regions: give them a rule of their own.',
        }));

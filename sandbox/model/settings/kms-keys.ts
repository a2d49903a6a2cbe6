import {
  anyObject,
  either,
  flag,
  list,
  object,
  type SettingsProblem,
  text,
  textLike,
} from './schema-parts.ts';

const key = object(
  'A customer managed key, by its id, its alias or both.',
  {},
  {
    id: textLike(
      'Its id.',
      '^(mrk-[0-9a-f]{32}|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})$',
      'a key id, such as "1234abcd-12ab-34cd-56ef-1234567890ab"',
    ),
    alias: textLike('Its alias.', '^alias/[a-zA-Z0-9/_-]+$', 'an alias, such as "alias/images"'),
    policy: anyObject('Its key policy, as IAM writes policies.'),
    enabled: flag('By default it is. With a disabled key nothing is encrypted.'),
  },
  'a key, such as {"alias": "alias/images"}',
);

export const kmsKeySettings = {
  defaultKmsKey: text(
    'The key that encryption by default uses. "alias/aws/ebs" is AWS\'s own, which cannot be shared.',
    'a key id, an ARN or an alias, such as "alias/images"',
  ),
  kmsKeys: list(
    'Customer managed keys that exist here.',
    either(
      'A key id, an alias, or a key.',
      [text('A key id or an alias.', 'a key id or an alias, such as "alias/images"'), key],
      'a key id, an alias or a key, such as "alias/images" or {"alias": "alias/images", "enabled": false}',
    ),
    { expected: 'a list of keys, such as ["alias/images"]' },
  ),
} as const;

interface KeyRule {
  kmsKeys?: readonly (string | { id?: string; alias?: string })[];
}

export const kmsKeyProblems = ({ kmsKeys = [] }: KeyRule): SettingsProblem[] =>
  kmsKeys.flatMap((one, index) =>
    typeof one === 'string' || one.id !== undefined || one.alias !== undefined
      ? []
      : [{ place: `kmsKeys[${index}]`, expected: 'an "id", an "alias" or both', found: 'neither' }],
  );

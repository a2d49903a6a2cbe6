import { list, text } from './schema-parts.ts';

export const kmsKeySettings = {
  defaultKmsKey: text(
    'The key that encryption by default uses. "alias/aws/ebs" is AWS\'s own, which cannot be shared.',
    'a key id, an ARN or an alias, such as "alias/images"',
  ),
  kmsKeys: list(
    'Customer managed keys that exist here.',
    text('A key id or an alias.', 'a key id or an alias, such as "alias/images"'),
    { expected: 'a list of keys, such as ["alias/images"]' },
  ),
} as const;

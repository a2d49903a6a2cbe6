import { list, object, type SettingsProblem, textLike } from './schema-parts.ts';

const keyPair = object(
  'A key pair whose public key EC2 has.',
  {
    name: textLike(
      'Its name.',
      '^(?! )[\\x20-\\x7e]{1,255}(?<! )$',
      'the name of a key pair: up to 255 ASCII characters',
    ),
    publicKey: textLike(
      "Its public key, in OpenSSH's format.",
      '^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]{40,2000}={0,3}( [^\\n]{0,255})?$',
      'a public key, such as "ssh-ed25519 AAAA…"',
    ),
  },
  {},
  'a key pair, such as {"name": "builder", "publicKey": "ssh-ed25519 AAAA…"}',
);

export const keyPairSettings = {
  keyPairs: list('The existing key pairs.', keyPair, {
    expected: 'a list of key pairs, such as [{"name": "builder", "publicKey": "ssh-ed25519 AAAA…"}]',
  }),
} as const;

interface KeyPairRule {
  keyPairs?: readonly { name: string }[];
}

export const keyPairProblems = ({ keyPairs = [] }: KeyPairRule): SettingsProblem[] =>
  keyPairs.flatMap(({ name }, index) =>
    keyPairs.findIndex((other) => other.name === name) < index
      ? [{ place: `keyPairs[${index}].name`, expected: 'each name once', found: `"${name}" a second time` }]
      : [],
  );

import { expect, it } from 'vitest';
import { redact } from '../../src/lib/redact.ts';

/** AWS's documented example key, and invented tokens. */
const key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const sessionToken = 'IQoJb3JpZ2luX2VjEPT'.repeat(12);

it.each([
  ['a secret key by itself', `key ${key} end`, key],
  ['a secret key with its name', `aws_secret_access_key = ${key}`, key],
  ['a session token', `x ${sessionToken} y`, sessionToken],
  ['a password', 'db password: hunter2', 'hunter2'],
  ['a password after a slash', 'user/password: hunter2', 'hunter2'],
  ['a quoted password', "PASSWORD='two words' next", 'two words'],
  ['a field', '{"SecretAccessKey": "abc def"}', 'abc def'],
  ['a variable', 'export GITHUB_TOKEN=abc', 'abc'],
  ['a header', 'Authorization: Bearer abc.def', 'abc.def'],
  ['a basic header', 'authorization: Basic dXNlcg==', 'dXNlcg'],
  ['a password in an address', 'git clone https://ada:s3cret@example.com/x', 's3cret'],
  ['a signed address', 'https://b.example/?X-Amz-Signature=0a1b2c&x=1', '0a1b2c'],
  [
    'a private key',
    `-----BEGIN RSA PRIVATE KEY-----\n${'Mii'.repeat(20)}\n-----END RSA PRIVATE KEY-----`,
    'Mii',
  ],
  ['a private key cut short', `-----BEGIN PRIVATE KEY-----\n${'Mii'.repeat(20)}`, 'Mii'],
  ['a token of a known form', `t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln`, 'eyJzdWIiOiIxIn0'],
])('a log line is shown without %s', (_what, text, secret) => {
  expect(redact(text)).not.toContain(secret);
});

it.each([
  'configs/passwd: expected a publication, found no such file',
  'configs/api_key: share: expected an object',
  'token: expected a publication, found no such file',
  'cat: /etc/passwd: Permission denied',
  'configs/token.json: expected an object, found secret.json',
  'E: Unable to locate package oracle-java7-installer',
  'commit 0123456789abcdef0123456789abcdef01234567',
  `sha256:${'0123456789abcdef'.repeat(4)}`,
  '/usr/lib/x86_64-linux-gnu/Perl/Base2/unicore/lib/Upper/Y.pl',
  'Error launching source instance: InsufficientInstanceCapacity: try again',
  'ami-0123456789abcdef0 from ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240101',
  'Reading package lists... Done',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify the first certificate',
  'ExpiredToken: The security token included in the request is expired',
  'InvalidClientTokenId: The security token included in the request is invalid.',
  'SignatureDoesNotMatch: The request signature we calculated does not match',
  'Error: InvalidAccessKey: none such',
  'Creating temporary keypair: gopackgo-official@2.6.4-us-east-1-1404-hvm',
])('a log line without a secret is unchanged: %s', (text) => {
  expect(redact(text)).toBe(text);
});

it.each([
  ['a word of 9 million letters', 'a'.repeat(9_000_000), 'before (9000000 letters) after'],
  ['one of base64', 'aB3/'.repeat(2_000_000), 'before (8000000 letters) after'],
])('shows a length instead of %s, on which the patterns would fail', (_, word, shown) => {
  expect(redact(`before ${word} after`)).toBe(shown);
});

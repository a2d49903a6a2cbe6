// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's
import { describe, expect, it } from 'vitest';
import { least, read, refusal, withImage } from './a-config.ts';

/** Assembled here, so that this file does not contain credentials. */
const accessKey = `AKIA${'ABCDEFGH12345678'}`;
const temporaryKey = `ASIA${'ABCDEFGH12345678'}`;
const secret = `wJalrXUtnFEMI/K7MDENG${'/bPxRfiCYzzzzzzzKEY'}`;
const privateKey = `-----BEGIN RSA ${'PRIVATE KEY'}-----\nMIIEow\n-----END RSA ${'PRIVATE KEY'}-----`;
const github = `ghp_${'a1B2'.repeat(9)}`;

const shell = (line: string) => ({ ...least, provisioners: [{ type: 'shell', inline: [line] }] });
const inline = 'provisioners[0].inline[0]';

const literal: [what: string, config: unknown, place: string][] = [
  ['an access key', shell(`aws configure set aws_access_key_id ${accessKey}`), inline],
  ['a temporary access key', { ...least, amiName: `web ${temporaryKey}` }, 'amiName'],
  ['an invalid account', { ...least, account: accessKey }, 'account'],
  [
    'a private key',
    withImage({ builder: { instance_type: 'm5.large', user_data: privateKey } }),
    'images[0].builder.user_data',
  ],
  ['a variable of a shell', shell(`export AWS_SECRET_ACCESS_KEY='${secret}'`), inline],
  ['a line of a profile', shell(`echo "aws_secret_access_key = ${secret}"`), inline],
  [
    'a key and its value',
    { ...least, provisioners: [{ type: 'shell', env: { AWS_SESSION_TOKEN: 'short' } }] },
    'provisioners[0].env.AWS_SESSION_TOKEN',
  ],
  [
    'a name and its value in a list',
    { ...least, provisioners: [{ type: 'x', args: ['--secret-key', secret] }] },
    'provisioners[0].args[1]',
  ],
  ['a password in a URL', shell('curl https://me:hunter22@example.org/x'), inline],
  ['a token of GitHub', shell(`git clone https://${github}@github.com/a/b`), inline],
  [
    'a key of an object',
    withImage({ builder: { instance_type: 'm5.large', tags: { [accessKey]: 'x' } } }),
    'a key of images[0].builder.tags',
  ],
  ['a comment', `// ${accessKey}\n${JSON.stringify(least)}`, 'line 1, a comment'],
  ['a config of the wrong shape', { ...shell(`AWS_SECRET_ACCESS_KEY=${secret}`), shaer: {} }, inline],
];

describe('a literal credential', () => {
  it.each(literal)('%s is refused and not shown', (_what, config, place) => {
    const lines = refusal(() => read(config));
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^configs\/web\.json: .*: expected no literal credential, found .* \(not shown\). Remove it/,
      ),
    );
    expect(lines.join('\n')).toContain(`configs/web.json: ${place}: expected no literal credential`);
    for (const shown of [accessKey, temporaryKey, secret, 'MIIEow', github, 'hunter22', 'short']) {
      expect(lines.join('\n')).not.toContain(shown);
    }
  });

  it.each([
    'export AWS_SECRET_ACCESS_KEY="$SECRET"',
    'unset AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN',
    'AWS_SECRET_ACCESS_KEY=$(aws configure get aws_secret_access_key)',
    'echo "aws_secret_access_key = ${SECRET}" >>~/.aws/credentials',
    'git checkout 0123456789abcdef0123456789abcdef01234567',
    'curl https://example.org:8443/a@b',
    'git clone ssh://git@example.org:22/a/b',
  ])('is not %s', (line) => {
    expect(read(shell(line)).provisioners[0]?.inline).toEqual([line]);
  });
});

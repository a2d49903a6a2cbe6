import { expect, it } from 'vitest';
import { findTools } from '../../server/ami-tools/find-tools.ts';

const call = (words: string, user = 'ubuntu') => ({
  calls: [{ tool: 'ec2-bundle-vol', words: words.split(' '), user }],
});

it.each<[string, unknown]>([
  ['ec2-bundle-vol -k /tmp/key.pem --batch', call('-k /tmp/key.pem --batch')],
  ['sudo -i -n ec2-bundle-vol -k "/tmp/key.pem" --batch', call('-k /tmp/key.pem --batch', 'root')],
  ['/tmp/ec2/bin/ec2-bundle-vol -e /tmp/*', call('-e /tmp/*')],
  [
    `sudo -n bash -c 'EC2_HOME=/tmp/ec2 PATH=\${EC2_HOME}/bin:$PATH ec2-bundle-vol -e "/tmp/*" -p x'`,
    call('-e /tmp/* -p x', 'root'),
  ],
  ['sudo -n -E env EC2_HOME=/tmp/ec2 ec2-bundle-vol -a', call('-a', 'root')],
  ['cd /tmp && sudo ec2-bundle-vol -a; rm -f x', call('-a', 'root')],
  [
    'ec2-bundle-vol -a\nec2-upload-bundle -b x',
    {
      calls: [
        { tool: 'ec2-bundle-vol', words: ['-a'], user: 'ubuntu' },
        { tool: 'ec2-upload-bundle', words: ['-b', 'x'], user: 'ubuntu' },
      ],
    },
  ],
  ['sudo ec2-bundle-vol', { calls: [{ tool: 'ec2-bundle-vol', words: [], user: 'root' }] }],
  ['which ec2-bundle-vol || exit 1', { calls: [] }],
  ['test -x /tmp/ec2/bin/ec2-bundle-vol && echo ec2-bundle-vol', { calls: [] }],
  ['apt-get install -y ec2-ami-tools', { calls: [] }],
])('finds the AMI tools of %j', (command, found) => {
  expect(findTools(command, 'ubuntu')).toEqual(found);
});

it.each([
  'ec2-bundle-vol -a | tee log',
  'ec2-bundle-vol -a > log',
  'ec2-bundle-vol -a || true',
  'ec2-bundle-vol -p $PREFIX',
  "bash -c 'ec2-bundle-vol -p `date`'",
  '(ec2-bundle-vol -a)',
  'sudo -u root ec2-bundle-vol -a',
  'timeout 60 ec2-bundle-vol -a',
])('refuses %j as not understood', (command) => {
  expect(findTools(command, 'root')).toEqual({ notUnderstood: expect.any(String) });
});

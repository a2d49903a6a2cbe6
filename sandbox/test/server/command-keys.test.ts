import { expect, it } from 'vitest';
import { withoutKeys } from '../../server/command-keys.ts';

const secret = 'abc/DEF+ghi==';

it.each([
  `ec2-upload-bundle -b x -a AKIA1 -s ${secret} -t ${secret} --batch`,
  `ec2-upload-bundle -s ${secret}`,
  `ec2-upload-bundle -s${secret} -t${secret}`,
  `ec2-upload-bundle --secret-key ${secret} --delegation-token=${secret}`,
  `ec2-upload-bundle --secret=${secret} --del ${secret}`,
  `ec2-upload-bundle \\\n  -s \\\n  ${secret} -t\t'${secret}'`,
  `ec2-upload-bundle -s '${secret}' -t "${secret}"`,
  `ec2-upload-bundle '-s' '${secret}' "-t${secret}" -s'${secret}'`,
  `ec2-upload-bundle -s 'two words ${secret}'`,
  `ec2-upload-bundle -s abc\\/DEF+ghi== -t ${secret}`,
  `sudo -n bash -c 'PATH=/x:$PATH ec2-upload-bundle -s ${secret} -t "${secret}" --batch'`,
  `bash -c 'ec2-upload-bundle -s '\\''${secret}'\\'' --batch'`,
  `bash -c 'ec2-upload-bundle -s '"'"'${secret}'"'"' --batch'`,
  `bash -c "ec2-upload-bundle -s \\"${secret}\\" --batch"`,
  `bash -c "ec2-upload-bundle -s ${secret}" && ls -t /tmp`,
  `ec2-upload-bundle -s ${secret} | tee log; ec2-upload-bundle -t ${secret}>log`,
  `ec2-upload-bundle -t '' -s '${secret}' -t "" -s ${secret}`,
  `bash -c "ec2-upload-bundle -t \\"\\" -s \\"${secret}\\""`,
  `/opt/x/bin/ec2-upload-bundle -s ${secret}`,
])('leaves the secret out of %j', (command) => {
  const kept = withoutKeys(command);
  expect(kept).not.toContain('DEF+ghi');
  expect(kept.match(/\(left out\)/g)?.length).toBeGreaterThanOrEqual(command.split('DEF+ghi').length - 1);
});

it('leaves everything else as it is, including the access key id', () => {
  const command = `ec2-bundle-vol -s 10240 && bash -c 'ec2-upload-bundle -b b -m /tmp/m -a AKIA1 -s ${secret} --sigv 4 --region r --batch --retry'`;
  expect(withoutKeys(command)).toBe(command.replace(secret, '(left out)'));
  expect(withoutKeys(`ls -s ${secret} -t x`)).toBe(`ls -s ${secret} -t x`);
});

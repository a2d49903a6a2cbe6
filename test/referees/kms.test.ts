import { expect, it, onTestFinished } from 'vitest';
import { judge, judged } from './judge.ts';
import { judgedSandbox } from './judged-sandbox.ts';
import { answerOfScript } from './python.ts';

const name = 'botocore, KMS';
const environment = judge(name);

it.skipIf(!environment)('botocore reads the keys, aliases and policies in the settings', async () => {
  if (!environment) return;
  const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
  const { sandbox, close } = await judgedSandbox({
    behaviour: { accounts: [{ kmsKeys: [{ id, alias: 'alias/images' }] }] },
  });
  onTestFinished(close);
  const read = await answerOfScript<{ keys: string[] }>(
    environment,
    ['kms.py'],
    sandbox.endpointEnvironment(),
  );
  expect(read).toEqual({
    metadata: {
      AWSAccountId: sandbox.account,
      KeyId: id,
      Arn: `arn:aws:kms:us-east-1:${sandbox.account}:key/${id}`,
      Enabled: true,
      Description: '',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
    },
    year: 2026,
    aliases: ['alias/aws/ebs', 'alias/aws/ssm', 'alias/images'],
    grants: [],
    keys: expect.arrayContaining([id]),
    principal: `arn:aws:iam::${sandbox.account}:root`,
    unread: [],
  });
  expect(read.keys).toHaveLength(3);
  judged(name, `${sandbox.calls().length} calls`);
});

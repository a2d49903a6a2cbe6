import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { createRequestHandler, seedSandbox, startSandbox } from '../../sandbox/index.ts';
import { blocksOf } from './markdown.ts';

type Example = (seed: typeof seedSandbox, folder: string) => Promise<void>;

test("the world of the sandbox's README exists when the sandbox starts, and no other can be added", async () => {
  const [block] = blocksOf('sandbox/README.md').filter(({ info }) => info === 'ts seeding');
  const example = new Function(
    'seedSandbox',
    'folder',
    `return (async () => { ${block?.text} })()`,
  ) as Example;
  const folder = mkdtempSync(join(tmpdir(), 'seeded-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await example(seedSandbox, folder);
  const sandbox = await startSandbox({ folder });
  onTestFinished(() => sandbox.close());
  const { credentials } = sandbox;
  const config = { region: 'eu-west-1', credentials, requestHandler: createRequestHandler(sandbox) };
  const { Images = [] } = await new EC2Client(config).send(new DescribeImagesCommand({ Owners: ['self'] }));
  expect(Images.map(({ ImageId, Public, ImageLocation }) => [ImageId, Public, ImageLocation]).sort()).toEqual(
    [
      ['ami-00000000000000001', true, '123456789012/web 1.0'],
      ['ami-00000000000000002', false, 'web-bundles/web-1.0/pv.manifest.xml'],
    ],
  );
  const { Parameter } = await new SSMClient(config).send(new GetParameterCommand({ Name: '/web' }));
  expect(Parameter).toMatchObject({ Value: 'ami-00000000000000001', DataType: 'aws:ec2:image' });
  await expect(example(seedSandbox, folder)).rejects.toThrow(/sandbox/);
});

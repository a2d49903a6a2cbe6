import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EC2, type KeyType } from '@aws-sdk/client-ec2';
import { SSM } from '@aws-sdk/client-ssm';
import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../index.ts';
import { createRequestHandler } from '../../wire/request-handler.ts';
import { ed25519KeyPair, recorded } from '../server/ssh-client.ts';
import { temporaryFolder } from '../server/stand-in.ts';
import { packerBuild } from './run-packer.ts';

const targets = ['jammy', 'noble'] as const;
const parameters = {
  jammy: '/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id',
  noble: '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
};

type MakeKey = (ec2: EC2, KeyName: string) => Promise<string>;

const created =
  (KeyType: KeyType): MakeKey =>
  async (ec2, KeyName) =>
    (await ec2.createKeyPair({ KeyName, KeyType })).KeyMaterial ?? '';

const imported: MakeKey = async (ec2, KeyName) => {
  const { private: privateKey, public: publicKey } = ed25519KeyPair();
  await ec2.importKeyPair({ KeyName, PublicKeyMaterial: Buffer.from(`${publicKey} me@here`) });
  return privateKey;
};

it.each<[string, MakeKey]>([
  ['created, rsa', created('rsa')],
  ['created, ed25519', created('ed25519')],
  ['imported', imported],
])(
  'two concurrent builds share one key pair of the user’s, and each reaches its own instance: %s',
  async (_how, make) => {
    const folder = temporaryFolder();
    const sandbox = await startSandbox({ folder });
    onTestFinished(() => sandbox.close());
    const client = {
      region: 'us-east-1',
      credentials: sandbox.credentials,
      requestHandler: createRequestHandler(sandbox),
    };
    const ec2 = new EC2(client);
    const ssm = new SSM(client);
    const work = temporaryFolder();
    writeFileSync(join(work, 'release.pem'), await make(ec2, 'release'), { mode: 0o600 });
    const sources = await Promise.all(
      targets.map(async (target) => {
        const { Parameter } = await ssm.getParameter({ Name: parameters[target] });
        const source = {
          region: 'us-east-1',
          source_ami: Parameter?.Value,
          instance_type: 't3.micro',
          ssh_username: 'ubuntu',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Packer's
          ssh_port: '${var.ssh_port}',
          ssh_keypair_name: 'release',
          ssh_private_key_file: 'release.pem',
          ami_name: `shared key ${target}`,
          run_tags: { 'gopackgo:target': target },
        };
        return [target, source];
      }),
    );
    const { exit, output } = await packerBuild(
      work,
      {
        variable: { ssh_port: { type: 'number', default: 22 } },
        source: { 'amazon-ebs': Object.fromEntries(sources) },
        build: [
          {
            sources: targets.map((target) => `source.amazon-ebs.${target}`),
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Packer's
            provisioner: [{ shell: { environment_vars: ['TARGET=${source.name}'], inline: ['true'] } }],
          },
        ],
      },
      sandbox.environment(),
    );
    expect(exit, output).toBe(0);
    const { Reservations = [] } = await ec2.describeInstances();
    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    const reached = instances.map(({ InstanceId = '', Tags }) => {
      const commands = recorded(folder, InstanceId).map(({ command }) => String(command));
      const target = Tags?.find(({ Key }) => Key === 'gopackgo:target')?.Value;
      return [target, commands.flatMap((command) => /TARGET='(\w+)'/.exec(command)?.[1] ?? [])];
    });
    expect(reached.sort()).toEqual(targets.map((target) => [target, [target]]));
    const { KeyPairs = [] } = await ec2.describeKeyPairs();
    expect(KeyPairs.map(({ KeyName }) => KeyName)).toEqual(['release']);
  },
);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EC2 } from '@aws-sdk/client-ec2';
import { S3 } from '@aws-sdk/client-s3';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Fault, type Sandbox, startSandbox } from '../../index.ts';
import { createRequestHandler } from '../../wire/request-handler.ts';
import { instanceStoreBase } from '../instance-store/bases.ts';
import { signingPair } from '../instance-store/signing-pair.ts';
import { recorded } from '../server/ssh-client.ts';
import { temporaryFolder } from '../server/stand-in.ts';
import { packerBuild } from './run-packer.ts';

let pair: { certificate: string; key: string };
beforeAll(async () => {
  pair = await signingPair();
});

const bucket = 'bundles-2-6-4-us-east-1';

/** A sandbox with a bucket of this ownership, and clients for it. */
async function started(ownership: 'BucketOwnerPreferred' | 'BucketOwnerEnforced', faults: Fault[] = []) {
  const folder = temporaryFolder();
  const accounts = [{ account: '123456789012', instanceProfiles: ['bundler'] }];
  const sandbox = await startSandbox({ folder, faults, behaviour: { accounts } });
  onTestFinished(() => sandbox.close());
  const client = {
    region: 'us-east-1',
    credentials: sandbox.credentials,
    requestHandler: createRequestHandler(sandbox),
  };
  const [ec2, s3] = [new EC2(client), new S3(client)];
  await s3.createBucket({ Bucket: bucket, ObjectOwnership: ownership });
  return { folder, sandbox, ec2, s3 };
}

interface Options {
  virtualization?: 'hvm' | 'paravirtual';
  profile?: string;
}

/** A variable of the builder's shell in a template; a single dollar would make it Packer's. */
const ofShell = (name: string): string => ['$', '$', '{', name, '}'].join('');

/** Commands that people have used for years to publish such images. */
const asRoot = (command: string): string =>
  `sudo -n bash -c 'EC2_HOME=/tmp/ec2/bin PATH=${ofShell('EC2_HOME')}:${ofShell('PATH')} ${command}'`;

async function build(
  { sandbox, ec2 }: { sandbox: Sandbox; ec2: EC2 },
  { virtualization = 'hvm', profile }: Options = {},
) {
  const work = temporaryFolder();
  writeFileSync(join(work, 'cert.pem'), pair.certificate);
  writeFileSync(join(work, 'key.pem'), pair.key);
  const partition = virtualization === 'hvm' ? '--partition mbr ' : '';
  const keys = profile === undefined ? '-a {{.AccessKey}} -s {{.SecretKey}} ' : '';
  const template = {
    variable: { ssh_port: { type: 'number', default: 22 } },
    source: {
      'amazon-instance': {
        'us-east-1-1404': {
          region: 'us-east-1',
          source_ami: await instanceStoreBase({ ec2: () => ec2 }, virtualization),
          instance_type: 'm3.medium',
          ssh_username: 'ubuntu',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Packer's
          ssh_port: '${var.ssh_port}',
          ssh_timeout: '30s',
          ami_name: `bundled ${virtualization}`,
          ami_virtualization_type: virtualization,
          account_id: '1234-5678-9012',
          s3_bucket: bucket,
          x509_cert_path: 'cert.pem',
          x509_key_path: 'key.pem',
          bundle_prefix: '1404',
          ...(profile === undefined ? {} : { iam_instance_profile: profile }),
          bundle_vol_command: asRoot(
            `ec2-bundle-vol -k {{.KeyPath}} -u {{.AccountId}} -c {{.CertPath}} -r {{.Architecture}} -e {{.PrivatePath}}/* -d {{.Destination}} -p {{.Prefix}} ${partition}--batch --no-filter`,
          ),
          bundle_upload_command: asRoot(
            `ec2-upload-bundle -b {{.BucketName}} -m {{.ManifestPath}} ${keys}-d {{.BundleDirectory}} --batch --region {{.Region}} --retry`,
          ),
          aws_polling: { delay_seconds: 5, max_attempts: 540 },
        },
      },
    },
    build: [
      {
        sources: ['source.amazon-instance.us-east-1-1404'],
        provisioner: [{ shell: { inline: ['true'] } }],
      },
    ],
  };
  return packerBuild(work, template, sandbox.environment());
}

/** Leftovers of a build: images, bundle, builders. */
async function left({ ec2, s3 }: { ec2: EC2; s3: S3 }) {
  const { Images = [] } = await ec2.describeImages({ Owners: ['self'] });
  const { Contents = [] } = await s3.listObjectsV2({ Bucket: bucket });
  const { Reservations = [] } = await ec2.describeInstances();
  const { KeyPairs = [] } = await ec2.describeKeyPairs();
  return {
    images: Images.map(({ Name }) => Name),
    keys: Contents.map(({ Key }) => Key),
    builders: Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State?.Name)),
    keyPairs: KeyPairs.length,
  };
}

const ofBundle = ['1404.manifest.xml', '1404.part.00', '1404.part.01', '1404.part.02'];

it.each(['hvm', 'paravirtual'] as const)(
  'Packer bundles, uploads and registers an instance-store AMI: %s',
  async (virtualization) => {
    const world = await started('BucketOwnerPreferred');
    const { exit, output } = await build(world, { virtualization });
    expect({ exit, output }).toMatchObject({ exit: 0 });
    expect(await left(world)).toEqual({
      images: [`bundled ${virtualization}`],
      keys: ofBundle,
      builders: ['terminated'],
      keyPairs: 0,
    });
    const { Images: [image] = [] } = await world.ec2.describeImages({ Owners: ['self'] });
    expect(image).toMatchObject({
      ImageLocation: `${bucket}/1404.manifest.xml`,
      RootDeviceType: 'instance-store',
      VirtualizationType: virtualization,
      Architecture: 'x86_64',
      BlockDeviceMappings: [],
    });
    for (const Key of ofBundle) {
      const { Grants = [] } = await world.s3.getObjectAcl({ Bucket: bucket, Key });
      expect(Grants.map(({ Permission }) => Permission)).toEqual(['FULL_CONTROL', 'READ']);
    }
    expect(world.sandbox.refusals()).toEqual([]);
  },
);

it('with an instance profile no command contains a key', async () => {
  const world = await started('BucketOwnerPreferred');
  const { exit, output } = await build(world, { profile: 'bundler' });
  expect({ exit, output }).toMatchObject({ exit: 0 });
  const { Reservations = [] } = await world.ec2.describeInstances();
  const instance = Reservations[0]?.Instances?.[0];
  expect(instance?.IamInstanceProfile?.Arn).toBe('arn:aws:iam::123456789012:instance-profile/bundler');
  const commands = JSON.stringify(recorded(world.folder, instance?.InstanceId));
  expect(commands).toContain('ec2-upload-bundle');
  expect(commands).not.toContain(world.sandbox.credentials.secretAccessKey);
});

it('a missing instance profile fails Packer before anything is started', async () => {
  const world = await started('BucketOwnerPreferred');
  const { exit, output } = await build(world, { profile: 'nobody' });
  expect(exit).toBe(1);
  expect(output).toContain('Instance Profile nobody cannot be found');
  expect(await left(world)).toEqual({ images: [], keys: [], builders: [], keyPairs: 0 });
});

it('a bucket that refuses ACLs fails Packer, which cleans up', async () => {
  const world = await started('BucketOwnerEnforced');
  const { exit, output } = await build(world);
  expect(exit).toBe(1);
  expect(output).toContain('Server.AccessControlListNotSupported(400): The bucket does not allow ACLs');
  expect(await left(world)).toEqual({ images: [], keys: [], builders: ['terminated'], keyPairs: 0 });
});

it('a fault affects the tools like any command', async () => {
  const does = { exit: 1, stderr: 'No space left on device\n' };
  const world = await started('BucketOwnerPreferred', [{ on: 'ssh', command: 'ec2-bundle-vol', does }]);
  const { exit, output } = await build(world);
  expect(exit).toBe(1);
  expect(output).toContain('No space left on device');
  expect((await left(world)).keys).toEqual([]);
});

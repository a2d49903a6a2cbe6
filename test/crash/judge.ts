import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import {
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
  type Image,
} from '@aws-sdk/client-ec2';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Call, RunningSandbox } from '../e2e/project.ts';

/** The expected state of a release. */
export interface Expected {
  release: string;
  /** The names of the AMIs, by region. */
  amis: Readonly<Record<string, readonly string[]>>;
  /** The only account that they are shared with. */
  sharedWith: string;
  /** Security groups that may be left: Packer 1.6.6 neither tags nor names its own. */
  maySpareGroups: boolean;
}

/**
 * Everything that is wrong with a finished release, as text; empty if it is correct. Looked up with plain SDK clients,
 * not with gopackgo's.
 *
 * @param calls all calls to AWS, in order.
 */
export async function judge(
  sandbox: RunningSandbox,
  calls: readonly Call[],
  expected: Expected,
): Promise<string[]> {
  const wrong = await Promise.all(
    Object.entries(expected.amis).map(([region, names]) => judgeRegion(sandbox, region, names, expected)),
  );
  return [...wrong.flat(), ...(await judgeBuckets(sandbox, expected)), ...sharedTooEarly(calls, expected)];
}

const httpsAgent = (environment: Record<string, string>) =>
  new Agent({ proxyEnv: environment, ca: readFileSync(environment.AWS_CA_BUNDLE ?? '') });

function clientOptions({ environment }: RunningSandbox, region: string) {
  return {
    region,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
    requestHandler: new NodeHttpHandler({ httpsAgent: httpsAgent(environment) }),
  };
}

async function judgeRegion(
  sandbox: RunningSandbox,
  region: string,
  names: readonly string[],
  expected: Expected,
): Promise<string[]> {
  const ec2 = new EC2Client(clientOptions(sandbox, region));
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, IncludeDeprecated: true }),
  );
  const found = Images.map(({ Name }) => Name ?? '').toSorted();
  const wanted = names.toSorted();
  const wrong: string[] = [];
  if (found.join('\n') !== wanted.join('\n')) {
    wrong.push(`${region}: AMIs ${JSON.stringify(found)} where ${JSON.stringify(wanted)} are expected`);
  }
  for (const image of Images) wrong.push(...(await judgeImage(ec2, image, expected)));
  const used = new Set(Images.flatMap(snapshotsOf));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  const left = [
    ...Snapshots.filter(({ SnapshotId = '' }) => !used.has(SnapshotId)).map(({ SnapshotId }) => SnapshotId),
    ...Reservations.flatMap(({ Instances = [] }) => Instances)
      .filter(({ State }) => State?.Name !== 'terminated')
      .map(({ InstanceId, State }) => `${InstanceId} ${State?.Name}`),
    ...KeyPairs.map(({ KeyName }) => `key pair ${KeyName}`),
    ...SecurityGroups.filter(({ GroupName }) => GroupName !== 'default' && !expected.maySpareGroups).map(
      ({ GroupName }) => `group ${GroupName}`,
    ),
    ...Volumes.map(({ VolumeId }) => VolumeId),
  ];
  return [...wrong, ...left.map((one) => `${region}: ${one} is left behind`)];
}

const snapshotsOf = ({ BlockDeviceMappings = [] }: Image): string[] =>
  BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);

async function judgeImage(ec2: EC2Client, image: Image, expected: Expected): Promise<string[]> {
  const { ImageId = '', Name, State, Tags = [] } = image;
  const wrong: string[] = [];
  if (State !== 'available') wrong.push(`${Name} is ${State}`);
  const release = Tags.find(({ Key }) => Key === 'gopackgo:release')?.Value;
  if (release !== expected.release) wrong.push(`${Name} has the release tag ${release}`);
  if (!Tags.some(({ Key }) => Key === 'gopackgo:recipe')) wrong.push(`${Name} has no recipe tag`);
  const { LaunchPermissions = [] } = await ec2.send(
    new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }),
  );
  const users = LaunchPermissions.map(({ UserId, Group }) => UserId ?? Group);
  if (users.join() !== expected.sharedWith) wrong.push(`${Name} may be launched by [${users.join()}]`);
  for (const SnapshotId of snapshotsOf(image)) {
    const { CreateVolumePermissions = [] } = await ec2.send(
      new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
    );
    const volumes = CreateVolumePermissions.map(({ UserId, Group }) => UserId ?? Group);
    if (volumes.join() !== expected.sharedWith)
      wrong.push(`${Name}: ${SnapshotId} is open to [${volumes.join()}]`);
  }
  return wrong;
}

/** Each bundle of an AMI must be complete, and there must be nothing else. */
async function judgeBuckets(sandbox: RunningSandbox, { amis }: Expected): Promise<string[]> {
  const [region = 'us-east-1'] = Object.keys(amis);
  const s3 = new S3Client(clientOptions(sandbox, region));
  const ec2 = new EC2Client(clientOptions(sandbox, region));
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
  const manifests = Images.flatMap(({ ImageLocation = '', RootDeviceType }) =>
    RootDeviceType === 'instance-store' ? [ImageLocation] : [],
  );
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const wrong: string[] = [];
  const stored: string[] = [];
  for (const { Name = '' } of Buckets) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: Name }));
    stored.push(...Contents.map(({ Key }) => `${Name}/${Key}`));
  }
  for (const manifest of manifests) {
    if (!stored.includes(manifest)) wrong.push(`the manifest ${manifest} is gone`);
  }
  const prefixes = manifests.map((manifest) => manifest.replace(/\.manifest\.xml$/, '.'));
  for (const key of stored) {
    if (!prefixes.some((prefix) => key.startsWith(prefix))) wrong.push(`s3 ${key} belongs to no AMI`);
  }
  return wrong;
}

/** A permission that was granted before the last AMI of the release was made. */
function sharedTooEarly(calls: readonly Call[], { amis }: Expected): string[] {
  const done = calls.filter(({ status }) => status === 200);
  const isMade = ({ operation }: Call) => operation === 'CreateImage' || operation === 'RegisterImage';
  const first = done.findIndex(
    ({ operation }) => operation === 'ModifyImageAttribute' || operation === 'ModifySnapshotAttribute',
  );
  if (first === -1) return ['nothing was ever shared'];
  const made = new Set(
    done
      .slice(0, first)
      .filter(isMade)
      .map(({ region, input }) => `${region}: ${input.Name}`),
  );
  const missing = Object.entries(amis)
    .flatMap(([region, names]) => names.map((name) => `${region}: ${name}`))
    .filter((name) => !made.has(name));
  return missing.map((name) => `shared before ${name} was made`);
}

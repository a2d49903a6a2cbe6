import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { type BundleManifest, writeManifest } from '../../wire/bundle-manifest.ts';
import { fileAt, folderAt, invalidValue, type Parameters, parametersOf } from './parameters.ts';
import { commonOptions, type Printed, statuses, type Tool, ToolError, type ToolWorld } from './tool.ts';
import { type ToolOption, UsageError } from './tool-options.ts';

const options: readonly ToolOption[] = [
  ...commonOptions,
  { long: '--cert', short: '-c', value: true },
  { long: '--privatekey', short: '-k', value: true },
  { long: '--user', short: '-u', value: true },
  { long: '--destination', short: '-d', value: true },
  { long: '--ec2cert', value: true },
  { long: '--arch', short: '-r', value: true },
  { long: '--productcodes', value: true },
  { long: '--no-size-checks' },
  { long: '--kernel', value: true },
  { long: '--ramdisk', value: true },
  { long: '--block-device-mapping', short: '-B', value: true },
  { long: '--all', short: '-a' },
  { long: '--exclude', short: '-e', value: true },
  { long: '--include', short: '-i', value: true },
  { long: '--no-filter' },
  { long: '--prefix', short: '-p', value: true },
  { long: '--clone-only' },
  { long: '--size', short: '-s', value: true },
  { long: '--inherit' },
  { long: '--no-inherit' },
  { long: '--volume', short: '-v', value: true },
  { long: '--fstab', value: true },
  { long: '--generate-fstab' },
  { long: '--grub-config', value: true },
  { long: '--partition', short: '-P', value: true },
  { long: '--script', short: '-S', value: true },
];

const partitionTypes = ['mbr', 'gpt', 'none'];
const architectures = ['i386', 'x86_64'];

/** MB; the largest image that the tool creates. */
const largestImage = 10_240;

/** The number of parts, in place of the hundreds of 10 MB parts of a real image, and the size of each in bytes. */
const partCount = 3;
const partSize = 1024;

interface Order {
  user: string;
  destination: string;
  prefix: string;
  architecture: string;
  inherits: boolean;
  rootDevice: string | undefined;
  privateKey: string;
  certificate: string;
}

/**
 * `ec2-bundle-vol`: makes the tool's checks, and writes a manifest and some small parts into the destination, in the instance's
 * own files. Partition type, filters, kernel, file system and script are only checked for their form, since there is no volume
 * to bundle.
 */
export const bundleVolume: Tool = async (words, world, printed) => {
  const parameters = parametersOf(words, options);
  if (['--help', '--version', '--manual'].some(parameters.has)) return;
  if (parameters.has('--clone-only')) {
    throw new ToolError(statuses.failed, 'The sandbox does not support --clone-only.');
  }
  const order = await orderOf(parameters, world);
  if (!architectures.includes(order.architecture)) {
    printed.stderr.push(`Unsupported architecture [${order.architecture}].`);
  }
  await bundle(order, world, printed);
};

const orderOf = async (parameters: Parameters, world: ToolWorld): Promise<Order> => {
  const { get, has, mandatory } = parameters;
  const certificate = await fileAt(world, '--cert', mandatory('--cert'));
  const privateKey = await fileAt(world, '--privatekey', mandatory('--privatekey'));
  const user = mandatory('--user').replaceAll('-', '');
  if (!/^\d{12}$/.test(user)) {
    throw invalidValue('--user', user, 'the user ID should consist of 12 digits (optionally hyphenated)');
  }
  const destination = await folderAt(world, '--destination', get('--destination') ?? '/tmp');
  const prefix = get('--prefix') ?? 'image';
  if (prefix.includes('/')) throw invalidValue('--prefix', prefix, "'/' character not allowed.");
  const partition = get('--partition');
  if (partition !== undefined && !partitionTypes.includes(partition)) {
    throw new UsageError(`invalid argument: --partition ${partition}`);
  }
  if (has('--fstab') && has('--generate-fstab')) {
    throw new UsageError('--fstab and --generate-fstab may not both be provided');
  }
  checkSize(get('--size'));
  return {
    user,
    destination,
    prefix,
    certificate,
    privateKey,
    architecture: get('--arch') ?? 'x86_64',
    inherits: !has('--no-inherit'),
    rootDevice: rootDeviceOf(get('--block-device-mapping')),
  };
};

const checkSize = (size: string | undefined): void => {
  if (size === undefined) return;
  if (!/^\d+$/.test(size)) throw new UsageError(`invalid argument: --size ${size}`);
  if (Number(size) > largestImage) {
    throw new ToolError(statuses.failed, `the specified size ${size}MB is too large`);
  }
};

/** The root device in `ami=sda1,root=/dev/sda1`. */
const rootDeviceOf = (mappings: string | undefined): string | undefined => {
  if (mappings === undefined) return undefined;
  const pairs = mappings.split(',').map((mapping) => /^\s*(\S+?)\s*=\s*(\S+)\s*$/.exec(mapping));
  if (pairs.includes(null)) throw invalidValue('--block-device-mapping', mappings);
  return pairs.find((pair) => pair?.[1] === 'root')?.[2];
};

const bundle = async (order: Order, world: ToolWorld, { stdout }: Printed): Promise<void> => {
  const { destination, prefix, inherits } = order;
  const { machine, files, uploaded, user } = world;
  if (user !== 'root') throw new ToolError(statuses.failed, 'You need to be root to run ec2-bundle-vol');
  const image = posix.join(destination, prefix);
  if (await files.look(image)) {
    throw new ToolError(statuses.failed, `the specified image file ${image} already exists`);
  }
  if (inherits && !machine.metadata.answers) {
    throw new ToolError(
      statuses.noMetadata,
      "Can't access instance metadata. If you are not bundling on an EC2 instance use --no-inherit.",
    );
  }
  await checkKeys(order, world);
  stdout.push(`Image file created: ${image}`, 'Volume cloning done.', 'Bundling image file...');
  const parts = partsOf(machine.instanceId, prefix);
  const manifest: BundleManifest = {
    name: prefix,
    user: order.user,
    architecture: order.architecture,
    ...rootOf(order),
    ancestors: inherits ? [machine.image] : [],
    parts: parts.map(({ filename, content }) => ({ filename, digest: sha1(content) })),
  };
  const whole = Buffer.concat(parts.map(({ content }) => content));
  const text = writeManifest(manifest, {
    size: largestImage * 1024 * 1024,
    bundledSize: whole.length,
    digest: sha1(whole),
    seal: (purpose) => sha1(Buffer.from(`${purpose} of ${machine.instanceId}`)).repeat(4),
  });
  const write = (name: string, content: Buffer) =>
    uploaded.writeFile(posix.join(destination, name), 0o600, inOnePiece(content));
  await write(prefix, Buffer.alloc(0));
  for (const { filename, content } of parts) {
    await write(filename, content);
    stdout.push(`Created ${filename}`);
  }
  await write(`${prefix}.manifest.xml`, Buffer.from(text));
  stdout.push(
    'Generating digests for each part...',
    'Digests generated.',
    'Creating bundle manifest...',
    `Bundle manifest is ${image}.manifest.xml`,
    'ec2-bundle-vol complete.',
  );
};

/** The instance's root device, from its metadata unless the command names another. */
const rootOf = ({ rootDevice, inherits }: Order): { rootDevice?: string } => {
  const device = rootDevice ?? (inherits ? '/dev/sda1' : undefined);
  return device === undefined ? {} : { rootDevice: device };
};

/** The tool encrypts with the certificate's key and signs with the other one, and fails if either is not an RSA key. */
const checkKeys = async (order: Order, world: ToolWorld): Promise<void> => {
  if (!isOfRsa(await contentOf(order.certificate, world))) {
    throw new ToolError(statuses.failed, `${order.certificate} is not the PEM certificate of an RSA key`);
  }
  const key = (await contentOf(order.privateKey, world)).toString('latin1');
  if (!/^-----BEGIN (?:RSA )?PRIVATE KEY-----\r?$/m.test(key)) {
    throw new ToolError(statuses.failed, `${order.privateKey} is not an RSA private key in PEM`);
  }
};

/** The content of an uploaded file (a private key without its content) or of a file that every instance has. */
const contentOf = async (path: string, { files, uploaded }: ToolWorld): Promise<Buffer> => {
  const place = await uploaded.find(path);
  if (place !== undefined) return readFile(place);
  const file = await files.open(path);
  try {
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
};

const isOfRsa = (certificate: Buffer): boolean => {
  try {
    return new X509Certificate(certificate).publicKey.asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
};

/** Parts whose bytes are derived from the instance and the prefix, and look as random as encrypted ones. */
const partsOf = (instanceId: string, prefix: string): { filename: string; content: Buffer }[] =>
  Array.from({ length: partCount }, (_, index) => {
    const filename = `${prefix}.part.${String(index).padStart(2, '0')}`;
    const hash = createHash('shake256', { outputLength: partSize });
    return { filename, content: hash.update(`${instanceId} ${filename}`).digest() };
  });

const sha1 = (content: Buffer): string => createHash('sha1').update(content).digest('hex');

async function* inOnePiece(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

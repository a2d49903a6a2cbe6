import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { accounts } from '../../model/accounts.ts';
import { regionNames } from '../../model/regions.ts';
import { type BundleManifest, readManifest } from '../../wire/bundle-manifest.ts';
import { fileAt, folderAt, invalidValue, type Parameters, parametersOf } from './parameters.ts';
import { commonOptions, type Printed, statuses, type Tool, ToolError, type ToolWorld } from './tool.ts';
import { type ToolOption, UsageError } from './tool-options.ts';
import { type BundleStore, type Keys, openBundleStore, S3Error } from './upload-store.ts';

const options: readonly ToolOption[] = [
  ...commonOptions,
  { long: '--bucket', short: '-b', value: true },
  { long: '--access-key', short: '-a', value: true },
  { long: '--secret-key', short: '-s', value: true },
  { long: '--delegation-token', short: '-t', value: true },
  { long: '--url', value: true },
  { long: '--region', value: true },
  { long: '--sigv', value: true },
  { long: '--manifest', short: '-m', value: true },
  { long: '--acl', value: true },
  { long: '--directory', short: '-d', value: true },
  { long: '--part', value: true },
  { long: '--retry' },
  { long: '--skipmanifest' },
  { long: '--location', value: true },
];

const acls = ['public-read', 'aws-exec-read'] as const;

/** Attempts per file with `--retry`. */
const mostTries = 5;

interface Order {
  keys: Keys;
  bucket: string;
  /** The prefix of keys: empty, or a path that ends in a slash. */
  folder: string;
  manifest: string;
  directory: string;
  acl: (typeof acls)[number];
  region: string;
  /** The required region of the bucket; absent: any. */
  location: string | undefined;
  fromPart: number;
  tries: number;
  withManifest: boolean;
}

/**
 * `ec2-upload-bundle`: uploads parts and manifest to the sandbox's S3 as any client would, with an ACL, with the given keys or
 * those of the instance's profile. Creates a missing bucket, as the tool does; new buckets accept no ACLs.
 */
export const uploadBundle: Tool = async (words, world, printed) => {
  const parameters = parametersOf(words, options);
  if (['--help', '--version', '--manual'].some(parameters.has)) return;
  const order = await orderOf(parameters, world, printed);
  const manifest = await manifestAt(order.manifest, world);
  const store = await openBundleStore(world.handle, { ...order, printed });
  try {
    await findBucket(order, store, printed);
  } catch (error) {
    if (error instanceof S3Error) throw new ToolError(statuses.s3, `Error talking to S3: ${error.message}`);
    throw error;
  }
  await uploadAll(order, manifest, store, world, printed);
};

const orderOf = async (
  { get, has, mandatory }: Parameters,
  world: ToolWorld,
  { stderr }: Printed,
): Promise<Order> => {
  const keys = keysOf(get, world);
  const [bucket = '', ...folders] = mandatory('--bucket')
    .replace(/^\/+|\/+$/g, '')
    .split('/');
  const manifest = await fileAt(world, '--manifest', mandatory('--manifest'));
  const directory = await folderAt(world, '--directory', get('--directory') ?? posix.dirname(manifest));
  const acl = acls.find((one) => one === (get('--acl') ?? 'aws-exec-read'));
  if (acl === undefined) throw invalidValue('--acl', get('--acl') ?? '');
  const part = get('--part') ?? '0';
  if (!/^\d+$/.test(part)) throw new UsageError(`invalid argument: --part ${part}`);
  if (has('--url')) throw new ToolError(statuses.failed, 'The sandbox does not support --url.');
  const location = regionOfLocation(get('--location'));
  const region = get('--region') ?? location ?? 'us-east-1';
  if (!regionNames.has(region)) throw invalidValue('--region', region);
  const settled = location ?? (has('--region') && region !== 'us-east-1' ? region : undefined);
  if (settled !== undefined && location === undefined) {
    stderr.push(`No location specified, setting location to conform with region: ${settled}`);
  }
  return {
    keys,
    bucket,
    folder: folders.length === 0 ? '' : `${folders.join('/')}/`,
    manifest,
    directory,
    acl,
    region,
    location: settled,
    fromPart: Number(part),
    tries: has('--retry') ? mostTries : 1,
    withManifest: !has('--skipmanifest'),
  };
};

/** S3's own region names, from when it had two regions. */
const regionOfLocation = (location: string | undefined): string | undefined => {
  const region = location === 'EU' ? 'eu-west-1' : location === 'US' ? 'us-east-1' : location;
  if (region !== undefined && !regionNames.has(region)) throw invalidValue('--location', region);
  return region;
};

/** The given keys, otherwise those of the role in the instance's metadata. */
const keysOf = (get: Parameters['get'], { machine }: ToolWorld): Keys => {
  const [accessKeyId, secretAccessKey] = [get('--access-key'), get('--secret-key')];
  const sessionToken = get('--delegation-token');
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  }
  const isBare = accessKeyId === undefined && secretAccessKey === undefined && sessionToken === undefined;
  const role = accounts.find(({ id }) => id === machine.account);
  if (isBare && role && machine.metadata.answers && machine.metadata.hasRole) return role;
  throw new UsageError(
    `missing mandatory parameter: ${accessKeyId === undefined ? '--access-key' : '--secret-key'}`,
  );
};

const manifestAt = async (path: string, { uploaded }: ToolWorld): Promise<BundleManifest> => {
  const text = await readFile(uploaded.place(path), 'utf8').catch(() => '');
  try {
    return readManifest(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ToolError(statuses.failed, `${path} is not a manifest: ${error.message}`);
  }
};

const findBucket = async (
  { bucket, location }: Order,
  store: BundleStore,
  { stdout }: Printed,
): Promise<void> => {
  const found = await store.regionOf(bucket);
  if (found === undefined) {
    stdout.push('Creating bucket...');
    await store.createBucket(bucket, location);
  } else if (location !== undefined && found !== location) {
    throw new ToolError(
      statuses.bucketElsewhere,
      `Bucket "${bucket}" already exists in "${found}" and "${location}" was specified.`,
    );
  }
};

const uploadAll = async (
  order: Order,
  { parts }: BundleManifest,
  store: BundleStore,
  world: ToolWorld,
  printed: Printed,
): Promise<void> => {
  const { stdout } = printed;
  const upload = (path: string) => uploadFile(order, path, store, world, printed);
  stdout.push(`Uploading bundled image parts to the S3 bucket ${order.bucket} ...`);
  for (const [index, { filename }] of parts.entries()) {
    if (index >= order.fromPart) await upload(posix.join(order.directory, filename));
    stdout.push(`${index >= order.fromPart ? 'Uploaded' : 'Skipping'} ${filename}`);
  }
  if (order.withManifest) {
    stdout.push('Uploading manifest ...');
    await upload(order.manifest);
    const name = posix.basename(order.manifest);
    stdout.push('Uploaded manifest.', `Manifest uploaded to: ${order.bucket}/${order.folder}${name}`);
  } else {
    stdout.push('Skipping manifest.');
  }
  stdout.push('Bundle upload completed.');
};

const uploadFile = async (
  { bucket, folder, acl, tries }: Order,
  path: string,
  store: BundleStore,
  { uploaded }: ToolWorld,
  { stdout, stderr }: Printed,
): Promise<void> => {
  const content = await readFile(uploaded.place(path)).catch(() => undefined);
  if (content === undefined) throw new ToolError(statuses.noFile, `File not found: ${path}`);
  const key = `${folder}${posix.basename(path)}`;
  for (let tried = 1; ; tried += 1) {
    try {
      return await store.put(bucket, key, content, acl);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const why = `Failed to upload "${path}": ${error.message}`;
      stderr.push(why);
      if (tried >= tries) throw new ToolError(statuses.s3, why);
      stdout.push('Retrying in 5s ...');
    }
  }
};

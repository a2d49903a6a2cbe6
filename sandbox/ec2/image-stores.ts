import type {
  CreateStoreImageTaskRequest,
  CreateStoreImageTaskResult,
  DescribeStoreImageTasksRequest,
  DescribeStoreImageTasksResult,
  StoreImageTaskResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import type { BucketRecord } from '../model/bucket-records.ts';
import { lookUp, lookUpAll, notFound } from '../model/identifiers.ts';
import type { ImageRecord, StoredImage, StoreImageTaskRecord } from '../model/records.ts';
import { bucketsIn } from '../s3/bucket-access.ts';
import { currentObject, objectsIn } from '../s3/objects.ts';
import { storeObject } from '../s3/put-object.ts';
import { doneAt, imageState, isUnderWay } from '../state/lifecycle.ts';
import { mayRead } from './encryption.ts';
import { filtered } from './filters.ts';
import { anyImage, isVisible, unavailable } from './image-records.ts';
import { anySnapshot } from './snapshots.ts';
import { bucketFor, fieldsOf, refuseAbove, refused, storedSize, writeStored } from './stored-images.ts';
import { readTags, tagsOf } from './tag-set.ts';

/** GB of snapshots; "Limitations" of "Store and restore an AMI using S3", EC2 User Guide. */
const largest = 5_000;
const mostInProgress = 1_200;
/** Days for which tasks are shown ("How AMI store and restore works"). */
const shownFor = 31;
/** DescribeStoreImageTasks, `ImageId.N`. */
const mostImages = 20;
/** Tags of an object in S3. */
const mostTags = 10;

const tasks = ({ store, account, region }: Context) => store.of('storeImageTask', account, region);

const idOf = ({ bucket, key, startedAt }: StoreImageTaskRecord): string => `${startedAt} ${bucket}/${key}`;

/** Whether the caller owns it, or it is shared with the caller's own account; public is not enough. */
const isShared = (
  { account }: Context,
  { owner, permissions }: Pick<ImageRecord, 'owner' | 'permissions'>,
): boolean => owner === account || permissions.accounts.includes(account);

const storedOf = (context: Context, id: string): StoredImage => {
  const image = lookUp('ami', id, (wanted) => (context.sees(wanted) ? anyImage(context, wanted) : undefined));
  if (!isVisible(context, image))
    throw image.owner === context.account ? unavailable(id) : notFound('ami', id);
  if (!isShared(context, image)) throw new AwsError('AuthFailure', `Not authorized for image:${id}`);
  if (imageState(image, context.now) !== 'available') throw unavailable(id);
  if (image.rootDeviceType === 'instance-store') throw refused('Only EBS-backed AMIs can be stored.');
  if (image.virtualization === 'paravirtual') throw refused('Paravirtual AMIs cannot be stored.');
  const ids = image.devices.flatMap(({ ebs }) => ebs?.snapshot ?? []);
  const snapshots = ids.map((one) => {
    const snapshot = anySnapshot(context, one);
    if (!snapshot || !isShared(context, snapshot)) {
      throw refused('You do not have permission to access the storage of this ami');
    }
    return [one, { size: snapshot.size, tags: tagsOf(context, one) }] as const;
  });
  const stored = {
    image: fieldsOf(image),
    region: context.region,
    snapshots: Object.fromEntries(snapshots),
    tags: tagsOf(context, id),
  };
  if (storedSize(stored) > largest) throw refused(`AMIs of more than ${largest} GB cannot be stored.`);
  return stored;
};

const refuseBeyondQuota = (context: Context): void => {
  const inProgress = tasks(context)
    .list()
    .filter(({ ended }) => !ended)
    .reduce((sum, { stored }) => sum + storedSize(stored), 0);
  refuseAbove(mostInProgress, inProgress, 'stored');
};

const objectTags = (tags: CreateStoreImageTaskRequest['S3ObjectTags']): Record<string, string> => {
  const read = readTags(tags);
  if (Object.keys(read).length <= mostTags) return read;
  throw new AwsError('InvalidParameterValue', `An object in S3 has at most ${mostTags} tags.`);
};

/** "You can't create multiple copies of an AMI in the same S3 bucket" ("Limitations"), whatever their paths. */
const refuseCopies = (context: Context, bucket: BucketRecord, file: string): void => {
  const isIt = (key: string): boolean => key.split('/').at(-1) === file;
  const isThere = objectsIn(context, bucket)
    .list()
    .some(({ key }) => isIt(key) && currentObject(context, bucket, key));
  const isComing = tasks(context)
    .list()
    .some((task) => task.bucket === bucket.name && isIt(task.key) && !task.ended);
  if (isThere || isComing) throw refused(`The bucket ${bucket.name} has ${file} already.`);
};

const start = (
  context: Context,
  { ImageId = '', Bucket = '', S3ObjectTags }: CreateStoreImageTaskRequest,
): string => {
  const [name = '', ...path] = Bucket.split('/');
  const bucket = bucketFor(context, name);
  const stored = storedOf(context, ImageId);
  const file = `${ImageId}.bin`;
  const key = [...path, file].join('/');
  refuseCopies(context, bucket, file);
  const tags = objectTags(S3ObjectTags);
  refuseBeyondQuota(context);
  const done = doneAt(context.now, context.durations.copy);
  const task: StoreImageTaskRecord = {
    image: ImageId,
    bucket: name,
    key,
    startedAt: context.now.toISOString(),
    ...(done === undefined ? {} : { doneAt: done }),
    tags,
    stored,
    ...(context.becomesFailed
      ? { ended: { failure: context.becomesFailed.reason ?? 'Internal error' } }
      : {}),
  };
  tasks(context).put(idOf(task), task);
  return key;
};

/**
 * Why a task that is due fails: "For the duration of the store task, the snapshots must not be deleted and the IAM principal doing the
 * store must have access to the snapshots, otherwise the store process will fail."
 */
const failureOf = (context: Context, { bucket, stored }: StoreImageTaskRecord): string | undefined => {
  if (!bucketsIn(context.store).get(bucket)) return `The bucket ${bucket} does not exist.`;
  const found = Object.keys(stored.snapshots).map((id) => anySnapshot(context, id));
  if (found.every((snapshot) => snapshot && isShared(context, snapshot) && mayRead(context, snapshot)))
    return undefined;
  return 'A snapshot of the AMI cannot be read.';
};

const metadataOf = ({ image }: StoredImage, now: Date): Record<string, string> => ({
  'ami-name': image.name,
  ...(image.description === '' ? {} : { 'ami-description': image.description }),
  'ami-registration-date': image.createdAt,
  'ami-owner-account': image.owner,
  'ami-store-date': now.toISOString(),
});

/**
 * Puts the objects of tasks that are due into their buckets: "The AMI object appears in the bucket only after the upload task
 * has completed" (CreateStoreImageTask). For all accounts and regions. Runs before each call, since nobody can see a difference
 * at other times.
 */
export const storeDueImages = (context: Context): void => {
  for (const { account, region, record: task } of context.store.everywhere('storeImageTask')) {
    if (task.ended || isUnderWay(task.doneAt, context.now)) continue;
    const now = new Date(task.doneAt ?? task.startedAt);
    const its = { ...context, account, region, now };
    const failure = failureOf(its, task);
    const bucket = bucketsIn(context.store).get(task.bucket);
    if (bucket && failure === undefined) {
      const { stored, tags } = task;
      const properties = { acl: 'private' as const, headers: { ContentType: 'binary/octet-stream' } };
      const metadata = metadataOf(stored, now);
      storeObject(its, bucket, task.key, writeStored(stored), { ...properties, metadata, tags });
    }
    tasks(its).put(idOf(task), { ...task, ended: failure === undefined ? {} : { failure } });
  }
};

const stateOf = ({ ended }: StoreImageTaskRecord): 'InProgress' | 'Completed' | 'Failed' => {
  if (!ended) return 'InProgress';
  return ended.failure === undefined ? 'Completed' : 'Failed';
};

const view = (task: StoreImageTaskRecord): StoreImageTaskResult => {
  const state = stateOf(task);
  return {
    AmiId: task.image,
    TaskStartTime: new Date(task.startedAt),
    Bucket: task.bucket,
    S3objectKey: task.key,
    ProgressPercentage: state === 'Completed' ? 100 : 0,
    StoreTaskState: state,
    StoreTaskFailureReason: task.ended?.failure,
  };
};

/** A sort key that puts the newest task first. */
const newestFirst = (task: StoreImageTaskRecord): string =>
  `${String(Number.MAX_SAFE_INTEGER - Date.parse(task.startedAt))} ${task.bucket}/${task.key}`;

/** "Store and restore an AMI using S3", EC2 User Guide. */
export const imageStoreOperations: Record<string, Operation> = {
  /** A path may follow the bucket's name ("File paths"). */
  CreateStoreImageTask: operation<CreateStoreImageTaskRequest, CreateStoreImageTaskResult>(
    ['ImageId', 'Bucket', 'S3ObjectTags'],
    (context, input) => ({ ObjectKey: start(context, input) }),
  ),

  /** With image ids, filters are ignored, as the page says. */
  DescribeStoreImageTasks: operation<DescribeStoreImageTasksRequest, DescribeStoreImageTasksResult>(
    ['ImageIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const { ImageIds = [], Filters } = input;
      refuseIdsWithPageSize(ImageIds, 'imageIds', input);
      if (ImageIds.length > mostImages) {
        throw new AwsError('InvalidParameterValue', `A call names at most ${mostImages} images.`);
      }
      const all = tasks(context)
        .list()
        .filter(({ startedAt }) => context.now.getTime() - Date.parse(startedAt) < shownFor * 24 * 3_600_000);
      lookUpAll('ami', ImageIds, (id) => anyImage(context, id) ?? all.find(({ image }) => image === id));
      const shown = filtered(all, Filters, { 'task-state': stateOf, bucket: ({ bucket }) => bucket });
      const named = ImageIds.length > 0 ? all.filter(({ image }) => ImageIds.includes(image)) : shown;
      const { items, next } = pageOf('DescribeStoreImageTasks', named, newestFirst, input, {
        least: 1,
        most: 200,
      });
      return { StoreImageTaskResults: items.map(view), NextToken: next };
    },
  ),
};

import type {
  CancelImportTaskRequest,
  CancelImportTaskResult,
  DescribeImportSnapshotTasksRequest,
  DescribeImportSnapshotTasksResult,
  ImportSnapshotRequest,
  ImportSnapshotResult,
  SnapshotTaskDetail,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, lookUpAll, newId, notFound } from '../model/identifiers.ts';
import type { ImportSnapshotTaskRecord } from '../model/task-records.ts';
import { doneAt, isUnderWay } from '../state/lifecycle.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { type DiskImage, diskImageAt, diskSize } from './disk-images.ts';
import { type Encryption, encryptionOf, keyExists } from './encryption.ts';
import { filtered } from './filters.ts';
import { deleteSnapshot, makeSnapshot } from './snapshots.ts';
import { addTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

type Task = ImportSnapshotTaskRecord;

/** "Required service role", VM Import/Export User Guide. */
const usualRole = 'vmimport';

const bytesOfGib = 1024n ** 3n;

const tasks = ({ store, account, region }: Context) => store.of('importSnapshotTask', account, region);

/**
 * Throws, in AWS's words, if the account has no such role ("Troubleshooting VM Import/Export"). The roles in the settings may
 * do everything, so the service can work with any of them.
 */
const checkRole = (context: Context, name: string): void => {
  const { roles } = settingsOf(context);
  if (roles.some((role) => role.name.split('/').at(-1) === name)) return;
  throw new AwsError(
    'InvalidParameter',
    `The service role ${name} provided does not exist or does not have sufficient permissions`,
  );
};

/**
 * The outcome of an import: a size, or the reason for its failure. A task whose image has another format ends as `deleted`,
 * with a message (osbuild/osbuild-composer#706); so does one with an unusable key, which EC2 finds out later (ImportSnapshot,
 * `KmsKeyId`).
 */
const outcomeOf = (
  context: Context,
  disk: DiskImage,
  { kmsKey }: Encryption,
): { gib: number } | { failure: string } => {
  if (context.becomesFailed)
    return { failure: context.becomesFailed.reason ?? 'ServerError: an internal error' };
  const size = diskSize(context, disk);
  if (size === undefined) {
    const format =
      disk.format === 'VMDK' ? 'Unsupported VMDK File Format' : 'Unsupported specified file format';
    return { failure: `ClientError: Disk validation failed [${format}]` };
  }
  if (kmsKey !== undefined && !keyExists(context, kmsKey)) {
    return { failure: 'ClientError: The specified KMS key is not accessible' };
  }
  return { gib: Number((size + bytesOfGib - 1n) / bytesOfGib) };
};

const putSnapshot = (context: Context, task: string, size: number, encryption: Encryption): string =>
  makeSnapshot(
    context,
    { size, description: `Created by AWS-VMImport service for ${task}`, ...encryption },
    context.durations.copy,
  ).id;

const stateOf = ({ now }: Context, { doneAt: done, ended, snapshot }: Task): string => {
  if (isUnderWay(done, now)) return 'active';
  return ended === undefined && snapshot !== undefined ? 'completed' : 'deleted';
};

/** A task as it is described; `isNew` in the answer of the call that starts it. */
const detailOf = (context: Context, task: Task, isNew = false): SnapshotTaskDetail => {
  const { disk, encrypted, kmsKey, ended, snapshot } = task;
  const state = isNew ? 'active' : stateOf(context, task);
  const isActive = state === 'active';
  const message = isNew ? 'pending' : isActive ? 'downloading/converting' : ended;
  return {
    Description: disk.description,
    DiskImageSize: state === 'completed' || (isActive && !isNew) ? disk.size : 0,
    Encrypted: encrypted,
    Format: disk.format,
    KmsKeyId: kmsKey,
    ...(isActive ? { Progress: '0' } : {}),
    ...(state === 'completed' ? { SnapshotId: snapshot } : {}),
    Status: state,
    StatusMessage: message,
    ...(disk.url === undefined
      ? { UserBucket: { S3Bucket: disk.bucket, S3Key: disk.key } }
      : { Url: disk.url }),
  };
};

const view = (context: Context, task: Task, isNew = false) => ({
  Description: task.description,
  ImportTaskId: task.id,
  SnapshotTaskDetail: detailOf(context, task, isNew),
  Tags: tagListOf(context, task.id),
});

const start = (context: Context, input: ImportSnapshotRequest): Task => {
  const disk = diskImageAt(context, input.DiskContainer);
  checkRole(context, input.RoleName ?? usualRole);
  const tags = readTagSpecifications(input.TagSpecifications, ['import-snapshot-task']);
  const encryption = encryptionOf(context, input, { encrypted: false }, { inherits: false });
  const id = newId('import-snap');
  const outcome = outcomeOf(context, disk, encryption);
  const done = doneAt(context.now, context.durations.copy);
  const { format, url, bucket, key, object } = disk;
  // The AWS CLI's example of import-snapshot shows the task's description if the container has none.
  const description = input.DiskContainer?.Description ?? input.Description;
  const task: Task = {
    id,
    ...(input.Description === undefined ? {} : { description: input.Description }),
    disk: {
      ...(description === undefined ? {} : { description }),
      ...(url === undefined ? {} : { url }),
      ...{ format, bucket, key, size: object.size },
    },
    ...encryption,
    ...(done === undefined ? {} : { doneAt: done }),
    ...('failure' in outcome
      ? { ended: outcome.failure }
      : { snapshot: putSnapshot(context, id, outcome.gib, encryption) }),
  };
  tasks(context).put(id, task);
  addTags(context, id, tags['import-snapshot-task']);
  return task;
};

/** "Import a disk as a snapshot using VM Import/Export". Only the size of a disk image is kept. */
export const importSnapshotOperations: Record<string, Operation> = {
  /** `ClientData`, which says when and by whom the image was uploaded, is not shown anywhere on AWS either. */
  ImportSnapshot: operation<ImportSnapshotRequest, ImportSnapshotResult>(
    [
      'ClientData',
      'ClientToken',
      'Description',
      'DiskContainer',
      'Encrypted',
      'KmsKeyId',
      'RoleName',
      'TagSpecifications',
    ],
    (context, input) => {
      const [before = ''] = madeWith(context, 'ImportSnapshot', input) ?? [];
      const known = tasks(context).get(before);
      if (known) return view(context, known);
      const task = start(context, input);
      rememberToken(context, 'ImportSnapshot', input, [task.id]);
      return view(context, task, true);
    },
  ),

  /** Only filters by tags: "API doesn't support filters by status" (awspub, snapshot.py), and no page names any. */
  DescribeImportSnapshotTasks: operation<
    DescribeImportSnapshotTasksRequest,
    DescribeImportSnapshotTasksResult
  >(['ImportTaskIds', 'Filters', 'MaxResults', 'NextToken'], (context, input) => {
    const named = input.ImportTaskIds?.length
      ? lookUpAll('import-snap', input.ImportTaskIds, (id) => tasks(context).get(id))
      : tasks(context).list();
    const shown = filtered(named, input.Filters, {}, ({ id }) => tagsOf(context, id));
    const { items, next } = pageOf('DescribeImportSnapshotTasks', shown, ({ id }) => id, input, { least: 1 });
    return { ImportSnapshotTasks: items.map((task) => view(context, task)), NextToken: next };
  }),

  /** Only snapshot imports are supported, so there is no `import-ami-…`. */
  CancelImportTask: operation<CancelImportTaskRequest, CancelImportTaskResult>(
    ['ImportTaskId', 'CancelReason'],
    (context, { ImportTaskId: id = '', CancelReason }) => {
      if (/^import-ami-[0-9a-z]+$/.test(id)) throw notFound('import-snap', id);
      const { doneAt: _, ...task } = lookUp('import-snap', id, (wanted) => tasks(context).get(wanted));
      const state = stateOf(context, tasks(context).get(id) ?? task);
      if (state !== 'active') {
        throw new AwsError('IncorrectState', `The import task ${id} is ${state}, not active.`);
      }
      const { snapshot, ...rest } = task;
      if (snapshot !== undefined) deleteSnapshot(context, snapshot);
      tasks(context).put(id, { ...rest, ended: CancelReason ?? 'Cancelled' });
      return { ImportTaskId: id, PreviousState: 'active', State: 'deleting' };
    },
  ),
};

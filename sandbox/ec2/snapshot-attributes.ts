import type {
  DescribeSnapshotAttributeRequest,
  DescribeSnapshotAttributeResult,
  ModifySnapshotAttributeRequest,
  ResetSnapshotAttributeRequest,
} from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import {
  changed,
  checkOperationType,
  nobody,
  type PermissionChange,
  permissionItems,
  readPermissionChange,
} from './permissions.ts';
import { checkSnapshotSharing } from './sharing-rules.ts';
import { ownSnapshot } from './snapshots.ts';

/** Either adds or removes, at most 500 (ModifySnapshotAttribute, Amazon EC2 API Reference). */
const checkNumber = ({ add, remove }: PermissionChange): void => {
  if (add.length > 0 && remove.length > 0) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Permissions cannot be added and removed in one request.',
    );
  }
  if (add.length + remove.length > 500) {
    throw new AwsError('InvalidParameterValue', 'At most 500 modifications may be made in one request.');
  }
};

export const snapshotAttributeOperations: Record<string, Operation> = {
  DescribeSnapshotAttribute: operation<DescribeSnapshotAttributeRequest, DescribeSnapshotAttributeResult>(
    ['SnapshotId', 'Attribute'],
    (context, { SnapshotId = '', Attribute }) => {
      const snapshot = ownSnapshot(context, SnapshotId);
      if (Attribute === 'createVolumePermission') {
        return { SnapshotId, CreateVolumePermissions: permissionItems(snapshot.permissions) };
      }
      if (Attribute === 'productCodes') return { SnapshotId, ProductCodes: [] };
      throw new AwsError('InvalidParameterValue', `Value (${Attribute}) for parameter attribute is invalid.`);
    },
  ),

  ModifySnapshotAttribute: operation<ModifySnapshotAttributeRequest, object>(
    ['SnapshotId', 'Attribute', 'CreateVolumePermission', 'OperationType', 'UserIds', 'GroupNames'],
    (context, input) => {
      checkOperationType(input.OperationType);
      const snapshot = ownSnapshot(context, input.SnapshotId ?? '');
      if (input.Attribute === 'productCodes') throw notImplemented('product codes of snapshots');
      if (input.Attribute !== undefined && input.Attribute !== 'createVolumePermission') {
        throw new AwsError(
          'InvalidParameterValue',
          `Value (${input.Attribute}) for parameter attribute is invalid.`,
        );
      }
      const change = readPermissionChange(input.CreateVolumePermission, {
        OperationType: input.OperationType,
        users: input.UserIds,
        groups: input.GroupNames,
      });
      checkNumber(change);
      checkSnapshotSharing(context, snapshot, change);
      context.store.of('snapshot', context.account, context.region).put(snapshot.id, {
        ...snapshot,
        permissions: changed(snapshot.permissions, change, snapshot.owner, 'InvalidParameterValue'),
      });
      return {};
    },
  ),

  /** Only the createVolumePermission can be reset (ResetSnapshotAttribute). */
  ResetSnapshotAttribute: operation<ResetSnapshotAttributeRequest, object>(
    ['SnapshotId', 'Attribute'],
    (context, { SnapshotId = '', Attribute = '' }) => {
      if (Attribute !== 'createVolumePermission') {
        throw new AwsError(
          'InvalidParameterValue',
          `Value (${Attribute}) for parameter attribute is invalid.`,
        );
      }
      const snapshot = ownSnapshot(context, SnapshotId);
      context.store
        .of('snapshot', context.account, context.region)
        .put(snapshot.id, { ...snapshot, permissions: nobody });
      return {};
    },
  ),
};

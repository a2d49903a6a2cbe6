import type {
  DescribeSnapshotAttributeRequest,
  DescribeSnapshotAttributeResult,
  ModifySnapshotAttributeRequest,
} from '@aws-sdk/client-ec2';
import { AwsError, notImplemented } from '../aws-error.ts';
import { type Operation, operation } from '../operation.ts';
import { changed, permissionItems, readPermissionChange } from './permissions.ts';
import { checkSnapshotSharing } from './sharing-rules.ts';
import { ownSnapshot } from './snapshots.ts';

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
      checkSnapshotSharing(context, snapshot, change);
      context.store.of('snapshot', context.account, context.region).put(snapshot.id, {
        ...snapshot,
        permissions: changed(snapshot.permissions, change, snapshot.owner, 'InvalidParameterValue'),
      });
      return {};
    },
  ),
};

import type {
  DisableEbsEncryptionByDefaultRequest,
  DisableEbsEncryptionByDefaultResult,
  DisableImageBlockPublicAccessRequest,
  DisableImageBlockPublicAccessResult,
  DisableSnapshotBlockPublicAccessRequest,
  DisableSnapshotBlockPublicAccessResult,
  EnableEbsEncryptionByDefaultRequest,
  EnableEbsEncryptionByDefaultResult,
  EnableImageBlockPublicAccessRequest,
  EnableImageBlockPublicAccessResult,
  EnableSnapshotBlockPublicAccessRequest,
  EnableSnapshotBlockPublicAccessResult,
  GetEbsDefaultKmsKeyIdRequest,
  GetEbsDefaultKmsKeyIdResult,
  GetEbsEncryptionByDefaultRequest,
  GetEbsEncryptionByDefaultResult,
  GetImageBlockPublicAccessStateRequest,
  GetImageBlockPublicAccessStateResult,
  GetInstanceMetadataDefaultsRequest,
  GetInstanceMetadataDefaultsResult,
  GetSnapshotBlockPublicAccessStateRequest,
  GetSnapshotBlockPublicAccessStateResult,
  ModifyEbsDefaultKmsKeyIdRequest,
  ModifyEbsDefaultKmsKeyIdResult,
  ModifyInstanceMetadataDefaultsRequest,
  ModifyInstanceMetadataDefaultsResult,
  ResetEbsDefaultKmsKeyIdRequest,
  ResetEbsDefaultKmsKeyIdResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { type AccountSettings, awsManagedKey } from '../model/account-settings.ts';
import { AwsError } from '../model/aws-error.ts';
import { changeSettings, settingsOf } from '../state/stored-settings.ts';
import { keyArn } from './encryption.ts';

const invalid = (value: unknown, parameter: string): AwsError =>
  new AwsError('InvalidParameterValue', `Value (${String(value)}) for parameter ${parameter} is invalid.`);

const tokenDefaults: readonly string[] = ['no-preference', 'optional', 'required'];

const defaultKey = (context: Context): string => {
  const { defaultKmsKey } = settingsOf(context);
  return defaultKmsKey === awsManagedKey ? awsManagedKey : keyArn(context, defaultKmsKey);
};

type Policy = AccountSettings['declarativePolicies'][number];

const isManaged = (context: Context, policy: Policy): boolean =>
  settingsOf(context).declarativePolicies.includes(policy);

const managedBy = (context: Context, policy: Policy): 'account' | 'declarative-policy' =>
  isManaged(context, policy) ? 'declarative-policy' : 'account';

/**
 * Throws if a declarative policy sets it, since the account cannot change it then ("Declarative policies"; no page names the
 * error's code).
 */
const refuseManaged = (context: Context, policy: Policy): void => {
  if (!isManaged(context, policy)) return;
  throw new AwsError(
    'UnauthorizedOperation',
    `This operation is not allowed: a declarative policy of the organization sets ${policy}.`,
  );
};

/** The settings of an account for a whole region. Changes take effect at once; on AWS, public access takes up to ten minutes. */
export const accountDefaultOperations: Record<string, Operation> = {
  GetImageBlockPublicAccessState: operation<
    GetImageBlockPublicAccessStateRequest,
    GetImageBlockPublicAccessStateResult
  >([], (context) => ({
    ImageBlockPublicAccessState: settingsOf(context).imageBlockPublicAccess,
    ManagedBy: managedBy(context, 'image_block_public_access'),
  })),

  EnableImageBlockPublicAccess: operation<
    EnableImageBlockPublicAccessRequest,
    EnableImageBlockPublicAccessResult
  >(['ImageBlockPublicAccessState'], (context, { ImageBlockPublicAccessState: state }) => {
    if (state !== 'block-new-sharing') throw invalid(state, 'ImageBlockPublicAccessState');
    refuseManaged(context, 'image_block_public_access');
    changeSettings(context, { imageBlockPublicAccess: state });
    return { ImageBlockPublicAccessState: state };
  }),

  DisableImageBlockPublicAccess: operation<
    DisableImageBlockPublicAccessRequest,
    DisableImageBlockPublicAccessResult
  >([], (context) => {
    refuseManaged(context, 'image_block_public_access');
    changeSettings(context, { imageBlockPublicAccess: 'unblocked' });
    return { ImageBlockPublicAccessState: 'unblocked' };
  }),

  GetSnapshotBlockPublicAccessState: operation<
    GetSnapshotBlockPublicAccessStateRequest,
    GetSnapshotBlockPublicAccessStateResult
  >([], (context) => ({
    State: settingsOf(context).snapshotBlockPublicAccess,
    ManagedBy: managedBy(context, 'snapshot_block_public_access'),
  })),

  EnableSnapshotBlockPublicAccess: operation<
    EnableSnapshotBlockPublicAccessRequest,
    EnableSnapshotBlockPublicAccessResult
  >(['State'], (context, { State }) => {
    if (State !== 'block-new-sharing' && State !== 'block-all-sharing') throw invalid(State, 'State');
    refuseManaged(context, 'snapshot_block_public_access');
    changeSettings(context, { snapshotBlockPublicAccess: State });
    return { State };
  }),

  DisableSnapshotBlockPublicAccess: operation<
    DisableSnapshotBlockPublicAccessRequest,
    DisableSnapshotBlockPublicAccessResult
  >([], (context) => {
    refuseManaged(context, 'snapshot_block_public_access');
    changeSettings(context, { snapshotBlockPublicAccess: 'unblocked' });
    return { State: 'unblocked' };
  }),

  GetEbsEncryptionByDefault: operation<GetEbsEncryptionByDefaultRequest, GetEbsEncryptionByDefaultResult>(
    [],
    (context) => ({ EbsEncryptionByDefault: settingsOf(context).encryptionByDefault }),
  ),

  EnableEbsEncryptionByDefault: operation<
    EnableEbsEncryptionByDefaultRequest,
    EnableEbsEncryptionByDefaultResult
  >([], (context) => {
    changeSettings(context, { encryptionByDefault: true });
    return { EbsEncryptionByDefault: true };
  }),

  DisableEbsEncryptionByDefault: operation<
    DisableEbsEncryptionByDefaultRequest,
    DisableEbsEncryptionByDefaultResult
  >([], (context) => {
    changeSettings(context, { encryptionByDefault: false });
    return { EbsEncryptionByDefault: false };
  }),

  GetEbsDefaultKmsKeyId: operation<GetEbsDefaultKmsKeyIdRequest, GetEbsDefaultKmsKeyIdResult>(
    [],
    (context) => ({ KmsKeyId: defaultKey(context) }),
  ),

  /** A missing key is accepted as well: EC2 finds out when it is used. */
  ModifyEbsDefaultKmsKeyId: operation<ModifyEbsDefaultKmsKeyIdRequest, ModifyEbsDefaultKmsKeyIdResult>(
    ['KmsKeyId'],
    (context, { KmsKeyId = '' }) => {
      changeSettings(context, { defaultKmsKey: KmsKeyId });
      return { KmsKeyId: defaultKey(context) };
    },
  ),

  GetInstanceMetadataDefaults: operation<
    GetInstanceMetadataDefaultsRequest,
    GetInstanceMetadataDefaultsResult
  >([], (context) => {
    const { metadataTokens, metadataTokensEnforced } = settingsOf(context);
    return {
      AccountLevel: {
        ...(metadataTokens === 'no-preference' ? {} : { HttpTokens: metadataTokens }),
        ...(metadataTokensEnforced ? { HttpTokensEnforced: 'enabled' } : {}),
        ManagedBy: managedBy(context, 'instance_metadata_defaults'),
      },
    };
  }),

  /** Members that are not named stay as they are. */
  ModifyInstanceMetadataDefaults: operation<
    ModifyInstanceMetadataDefaultsRequest,
    ModifyInstanceMetadataDefaultsResult
  >(['HttpTokens', 'HttpTokensEnforced'], (context, { HttpTokens, HttpTokensEnforced: enforced }) => {
    if (HttpTokens !== undefined && !tokenDefaults.includes(HttpTokens))
      throw invalid(HttpTokens, 'HttpTokens');
    const isKnown = enforced === undefined || ['enabled', 'disabled', 'no-preference'].includes(enforced);
    if (!isKnown) throw invalid(enforced, 'HttpTokensEnforced');
    refuseManaged(context, 'instance_metadata_defaults');
    if (HttpTokens !== undefined) changeSettings(context, { metadataTokens: HttpTokens });
    if (enforced !== undefined) changeSettings(context, { metadataTokensEnforced: enforced === 'enabled' });
    return { Return: true };
  }),

  ResetEbsDefaultKmsKeyId: operation<ResetEbsDefaultKmsKeyIdRequest, ResetEbsDefaultKmsKeyIdResult>(
    [],
    (context) => {
      changeSettings(context, { defaultKmsKey: awsManagedKey });
      return { KmsKeyId: awsManagedKey };
    },
  ),
};

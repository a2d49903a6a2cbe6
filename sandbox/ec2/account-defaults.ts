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
import { awsManagedKey } from '../model/account-settings.ts';
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

/** What an account has set for all of a region. Changes hold at once; AWS takes up to ten minutes over public access. */
export const accountDefaultOperations: Record<string, Operation> = {
  GetImageBlockPublicAccessState: operation<
    GetImageBlockPublicAccessStateRequest,
    GetImageBlockPublicAccessStateResult
  >([], (context) => ({
    ImageBlockPublicAccessState: settingsOf(context).imageBlockPublicAccess,
    ManagedBy: 'account',
  })),

  EnableImageBlockPublicAccess: operation<
    EnableImageBlockPublicAccessRequest,
    EnableImageBlockPublicAccessResult
  >(['ImageBlockPublicAccessState'], (context, { ImageBlockPublicAccessState: state }) => {
    if (state !== 'block-new-sharing') throw invalid(state, 'ImageBlockPublicAccessState');
    changeSettings(context, { imageBlockPublicAccess: state });
    return { ImageBlockPublicAccessState: state };
  }),

  DisableImageBlockPublicAccess: operation<
    DisableImageBlockPublicAccessRequest,
    DisableImageBlockPublicAccessResult
  >([], (context) => {
    changeSettings(context, { imageBlockPublicAccess: 'unblocked' });
    return { ImageBlockPublicAccessState: 'unblocked' };
  }),

  GetSnapshotBlockPublicAccessState: operation<
    GetSnapshotBlockPublicAccessStateRequest,
    GetSnapshotBlockPublicAccessStateResult
  >([], (context) => ({ State: settingsOf(context).snapshotBlockPublicAccess, ManagedBy: 'account' })),

  EnableSnapshotBlockPublicAccess: operation<
    EnableSnapshotBlockPublicAccessRequest,
    EnableSnapshotBlockPublicAccessResult
  >(['State'], (context, { State }) => {
    if (State !== 'block-new-sharing' && State !== 'block-all-sharing') throw invalid(State, 'State');
    changeSettings(context, { snapshotBlockPublicAccess: State });
    return { State };
  }),

  DisableSnapshotBlockPublicAccess: operation<
    DisableSnapshotBlockPublicAccessRequest,
    DisableSnapshotBlockPublicAccessResult
  >([], (context) => {
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

  /** A key that is not there is taken as well: EC2 finds out when it is used. */
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
    const { metadataTokens } = settingsOf(context);
    return {
      AccountLevel: {
        ...(metadataTokens === 'no-preference' ? {} : { HttpTokens: metadataTokens }),
        ManagedBy: 'account',
      },
    };
  }),

  /** What is not named stays as it is. */
  ModifyInstanceMetadataDefaults: operation<
    ModifyInstanceMetadataDefaultsRequest,
    ModifyInstanceMetadataDefaultsResult
  >(['HttpTokens'], (context, { HttpTokens }) => {
    if (HttpTokens !== undefined) {
      if (!tokenDefaults.includes(HttpTokens)) throw invalid(HttpTokens, 'HttpTokens');
      changeSettings(context, { metadataTokens: HttpTokens });
    }
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

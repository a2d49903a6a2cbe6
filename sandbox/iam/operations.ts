import type {
  GetInstanceProfileRequest,
  GetInstanceProfileResponse,
  InstanceProfile as InstanceProfileView,
  ListInstanceProfilesRequest,
  ListInstanceProfilesResponse,
} from '@aws-sdk/client-iam';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { type InstanceProfile, instanceProfilesOf } from '../state/instance-profiles.ts';
import { accountAliasOperations } from './account-aliases.ts';

/** Who may assume the role of an instance profile: EC2, for an instance. URL-encoded, as IAM returns it. */
const trust = encodeURIComponent(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }),
);

const view = ({ name, id, arn, role, createdAt }: InstanceProfile): InstanceProfileView => ({
  Path: '/',
  InstanceProfileName: name,
  InstanceProfileId: id,
  Arn: arn,
  CreateDate: createdAt,
  Roles: role
    ? [
        {
          Path: '/',
          RoleName: role.name,
          RoleId: role.id,
          Arn: role.arn,
          CreateDate: createdAt,
          AssumeRolePolicyDocument: trust,
        },
      ]
    : [],
});

const invalid = (member: string, why: string): AwsError =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${why}`,
  );

const listed = (profiles: InstanceProfile[], { MaxItems = 100, Marker }: ListInstanceProfilesRequest) => {
  const size = { MaxResults: MaxItems, NextToken: Marker };
  try {
    return pageOf('ListInstanceProfiles', profiles, ({ name }) => name, size, { least: 1 });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(Marker === undefined ? 'maxItems' : 'marker', error.message);
  }
};

/** The sandbox's IAM operations: reading the instance profiles of an account's settings. */
export const iamOperations: Record<string, Operation> = {
  ...accountAliasOperations,

  GetInstanceProfile: operation<GetInstanceProfileRequest, GetInstanceProfileResponse>(
    ['InstanceProfileName'],
    ({ store, account }, { InstanceProfileName = '' }) => {
      if (!/^[\w+=,.@-]{1,128}$/.test(InstanceProfileName)) {
        throw invalid('instanceProfileName', 'Member must be 1 to 128 characters of [\\w+=,.@-]');
      }
      const profile = instanceProfilesOf(store, account).find(({ name }) => name === InstanceProfileName);
      if (profile) return { InstanceProfile: view(profile) };
      throw new AwsError('NoSuchEntity', `Instance Profile ${InstanceProfileName} cannot be found.`);
    },
  ),

  /** All profiles have the path `/`. */
  ListInstanceProfiles: operation<ListInstanceProfilesRequest, ListInstanceProfilesResponse>(
    ['PathPrefix', 'MaxItems', 'Marker'],
    ({ store, account }, input) => {
      const { PathPrefix = '/' } = input;
      if (!/^\/(?:[\x21-\x7e]{0,510}\/)?$/.test(PathPrefix)) {
        throw invalid('pathPrefix', 'Member must begin and end with a slash');
      }
      const profiles = PathPrefix === '/' ? instanceProfilesOf(store, account) : [];
      const { items, next } = listed(profiles, input);
      return {
        InstanceProfiles: items.map(view),
        IsTruncated: next !== undefined,
        ...(next === undefined ? {} : { Marker: next }),
      };
    },
  ),
};

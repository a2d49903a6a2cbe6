import { AwsError } from '../model/aws-error.ts';
import type { Permissions } from '../model/records.ts';

export const nobody: Permissions = { everyone: false, accounts: [] };

/** The grantee of one permission entry: exactly one of these in a valid request. */
export interface Grantee {
  group?: string | undefined;
  account?: string | undefined;
  organization?: string | undefined;
  unit?: string | undefined;
}

export interface PermissionChange {
  add: Grantee[];
  remove: Grantee[];
}

interface Item {
  Group?: string | undefined;
  UserId?: string | undefined;
  OrganizationArn?: string | undefined;
  OrganizationalUnitArn?: string | undefined;
}

interface FlatChange {
  OperationType?: string | undefined;
  users?: string[] | undefined;
  groups?: string[] | undefined;
  organizations?: string[] | undefined;
  units?: string[] | undefined;
}

/**
 * The change that a request asks for, in either form that AWS accepts: `Add` and `Remove` lists, or `OperationType` with
 * `UserIds` and groups. A request with lists may repeat them in the other form: Packer 1.6.6 repeats its lists in `UserIds` and
 * groups, Cloud Custodian also sends an `OperationType`, and AWS accepts both (no page forbids it). Throws if the two forms
 * contradict each other, if there is neither, or only half of one.
 */
export const readPermissionChange = (
  lists: { Add?: Item[] | undefined; Remove?: Item[] | undefined } | undefined,
  flat: FlatChange,
): PermissionChange => {
  checkOperationType(flat.OperationType);
  const named: Grantee[] = [
    ...(flat.users ?? []).map((account) => ({ account })),
    ...(flat.groups ?? []).map((group) => ({ group })),
    ...(flat.organizations ?? []).map((organization) => ({ organization })),
    ...(flat.units ?? []).map((unit) => ({ unit })),
  ];
  const read = (items: Item[] | undefined): Grantee[] =>
    (items ?? []).map(({ Group, UserId, OrganizationArn, OrganizationalUnitArn }) => ({
      group: Group,
      account: UserId,
      organization: OrganizationArn,
      unit: OrganizationalUnitArn,
    }));
  if (lists) {
    const change = { add: read(lists.Add), remove: read(lists.Remove) };
    const opposite = flat.OperationType === 'add' ? change.remove : flat.OperationType && change.add;
    if (opposite?.length || !named.every((one) => isListed(one, change))) {
      throw new AwsError('InvalidParameterCombination', 'The two forms of permissions contradict each other');
    }
    if (change.add.length + change.remove.length === 0) throw nothingGiven();
    return change;
  }
  if (named.length === 0) throw nothingGiven();
  if (flat.OperationType === undefined) throw unknownType('null');
  return flat.OperationType === 'add' ? { add: named, remove: [] } : { add: [], remove: named };
};

/** Throws for an invalid `OperationType`. EC2 checks enumeration values before it looks up ids. */
export const checkOperationType = (type: string | undefined): void => {
  if (type !== undefined && type !== 'add' && type !== 'remove') throw unknownType(type);
};

const unknownType = (type: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value (${type}) for parameter operationType is invalid. Expected add or remove.`,
  );

/**
 * ARNs in the form that an image's launch permission accepts; a bare id is refused ("Share an AMI with organizations and
 * organizational units"). Ids in AWS Organizations' form. Only the sandbox's own partition: an organization does not span
 * partitions (awslabs/amazon-eks-ami#1479).
 */
const organizationArn = /^arn:aws:organizations::\d{12}:organization\/o-[a-z0-9]{10,32}$/;
const unitArn = /^arn:aws:organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/;

/** Permissions after a change. Throws `invalidItem` for an invalid grantee. */
export const changed = (
  permissions: Permissions,
  change: PermissionChange,
  owner: string,
  invalidItem: string,
): Permissions => {
  const accounts = new Set(permissions.accounts);
  const organizations = new Set(permissions.organizations ?? []);
  let everyone = permissions.everyone;
  for (const [list, given] of [
    [change.remove, false],
    [change.add, true],
  ] as const) {
    const put = (set: Set<string>, member: string) => (given ? set.add(member) : set.delete(member));
    for (const { account, group, organization, unit } of list) {
      const arn = organization ?? unit;
      if ([account, group, organization, unit].filter((one) => one !== undefined).length > 1) {
        throw badItem(invalidItem, account ?? arn ?? '', 'single');
      }
      if (account !== undefined) {
        if (!/^\d{12}$/.test(account)) throw badItem(invalidItem, account, 'userId');
        put(accounts, account);
      } else if (arn !== undefined) {
        const [form, type] =
          unit === undefined
            ? [organizationArn, 'organizationArn' as const]
            : [unitArn, 'organizationalUnitArn' as const];
        if (!form.test(arn)) throw badItem(invalidItem, arn, type);
        put(organizations, arn);
      } else {
        if (group !== 'all') throw badItem(invalidItem, group ?? '', 'group');
        everyone = given;
      }
    }
  }
  accounts.delete(owner);
  return {
    everyone,
    accounts: [...accounts].sort(),
    ...(organizations.size === 0 ? {} : { organizations: [...organizations].sort() }),
  };
};

/** Everybody and accounts, as EC2 lists them for images and snapshots alike. */
export const permissionItems = ({ everyone, accounts }: Permissions) => [
  ...(everyone ? [{ Group: 'all' as const }] : []),
  ...accounts.map((UserId) => ({ UserId })),
];

/** The launch permission of an image as EC2 lists it. */
export const launchPermissionItems = (permissions: Permissions) => [
  ...permissionItems(permissions),
  ...(permissions.organizations ?? []).map((arn) =>
    unitArn.test(arn) ? { OrganizationalUnitArn: arn } : { OrganizationArn: arn },
  ),
];

/** Whether an account may use another account's resource. None of the sandbox's accounts is in an organization. */
export const mayUse = (thing: { owner: string; permissions: Permissions }, account: string): boolean =>
  thing.owner === account || thing.permissions.everyone || thing.permissions.accounts.includes(account);

const isListed = (one: Grantee, { add, remove }: PermissionChange): boolean =>
  [...add, ...remove].some(
    (listed) =>
      listed.account === one.account &&
      listed.group === one.group &&
      listed.organization === one.organization &&
      listed.unit === one.unit,
  );

const nothingGiven = (): AwsError => new AwsError('InvalidParameterCombination', 'No attributes specified.');

const badItem = (code: string, item: string, type: string): AwsError =>
  new AwsError(code, `Invalid attribute item value "${item}" for ${type} item type.`);

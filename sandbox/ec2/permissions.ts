import { AwsError } from '../aws-error.ts';
import type { Permissions } from '../records.ts';

export const nobody: Permissions = { everyone: false, accounts: [] };

export interface PermissionChange {
  add: { group?: string | undefined; account?: string | undefined }[];
  remove: { group?: string | undefined; account?: string | undefined }[];
}

interface Item {
  Group?: string | undefined;
  UserId?: string | undefined;
}

/**
 * What a request wants changed, from either of the two forms that AWS takes: `Add` and `Remove` lists, or
 * `OperationType` with `UserIds` and groups. Throws where it has both, neither, or half of one. Packer 1.6.6 names in
 * `UserIds` and groups once more what its lists hold, without an `OperationType`; AWS takes that.
 */
export const readPermissionChange = (
  lists: { Add?: Item[] | undefined; Remove?: Item[] | undefined } | undefined,
  flat: { OperationType?: string | undefined; users?: string[] | undefined; groups?: string[] | undefined },
): PermissionChange => {
  if (flat.OperationType !== undefined && flat.OperationType !== 'add' && flat.OperationType !== 'remove') {
    throw unknownType(flat.OperationType);
  }
  const named = [
    ...(flat.users ?? []).map((account) => ({ account })),
    ...(flat.groups ?? []).map((group) => ({ group })),
  ];
  const read = (items: Item[] | undefined) =>
    (items ?? []).map(({ Group, UserId }) => ({ group: Group, account: UserId }));
  if (lists) {
    const change = { add: read(lists.Add), remove: read(lists.Remove) };
    if (flat.OperationType !== undefined || !named.every((one) => isListed(one, change))) {
      throw new AwsError('InvalidParameterCombination', 'Permissions may be given in one form only');
    }
    if (change.add.length + change.remove.length === 0) throw nothingGiven();
    return change;
  }
  if (named.length === 0) throw nothingGiven();
  if (flat.OperationType === undefined) throw unknownType('null');
  return flat.OperationType === 'add' ? { add: named, remove: [] } : { add: [], remove: named };
};

const unknownType = (type: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value (${type}) for parameter operationType is invalid. Expected add or remove.`,
  );

/** Permissions after a change. Throws `invalidItem` for what is neither an account id nor the group `all`. */
export const changed = (
  permissions: Permissions,
  change: PermissionChange,
  owner: string,
  invalidItem: string,
): Permissions => {
  const accounts = new Set(permissions.accounts);
  let everyone = permissions.everyone;
  for (const [list, given] of [
    [change.remove, false],
    [change.add, true],
  ] as const) {
    for (const { account, group } of list) {
      if (account !== undefined && group === undefined) {
        if (!/^\d{12}$/.test(account)) throw badItem(invalidItem, account, 'userId');
        if (given) accounts.add(account);
        else accounts.delete(account);
      } else {
        if (group !== 'all') throw badItem(invalidItem, group ?? '', 'group');
        everyone = given;
      }
    }
  }
  accounts.delete(owner);
  return { everyone, accounts: [...accounts].sort() };
};

/** Permissions as EC2 lists them. */
export const permissionItems = ({
  everyone,
  accounts,
}: Permissions): { Group?: 'all'; UserId?: string }[] => [
  ...(everyone ? [{ Group: 'all' as const }] : []),
  ...accounts.map((UserId) => ({ UserId })),
];

/** Whether an account may use what another one owns. */
export const mayUse = (thing: { owner: string; permissions: Permissions }, account: string): boolean =>
  thing.owner === account || thing.permissions.everyone || thing.permissions.accounts.includes(account);

const isListed = (one: { account?: string; group?: string }, { add, remove }: PermissionChange): boolean =>
  [...add, ...remove].some(({ account, group }) => account === one.account && group === one.group);

const nothingGiven = (): AwsError => new AwsError('InvalidParameterCombination', 'No attributes specified.');

const badItem = (code: string, item: string, type: string): AwsError =>
  new AwsError(code, `Invalid attribute item value "${item}" for ${type} item type.`);

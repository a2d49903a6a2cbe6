/** Who may use an AMI (launchPermission) or a snapshot (createVolumePermission), besides its owner. */
export interface Permission {
  public: boolean;
  /** Account ids, sorted. */
  accounts: string[];
  /** Organizations and organizational units, as ARNs, sorted. */
  others: string[];
}

export interface PermissionChange {
  add: Permission;
  remove: Permission;
}

/** The change from `has` to `wanted`; undefined if they are equal. Pure. */
export function permissionChange(has: Permission, wanted: Permission): PermissionChange | undefined {
  const change = { add: without(wanted, has), remove: without(has, wanted) };
  return isEmpty(change.add) && isEmpty(change.remove) ? undefined : change;
}

/** Everyone named in these permissions. Pure. */
export const audienceOf = (all: readonly Permission[]) => ({
  public: all.some((one) => one.public),
  accounts: [...new Set(all.flatMap(({ accounts }) => accounts))].sort(),
  organizations: [...new Set(all.flatMap(({ others }) => others))].sort(),
});

export const nobody: Permission = { public: false, accounts: [], others: [] };

export function isEmpty(permission: Permission): boolean {
  return !permission.public && permission.accounts.length === 0 && permission.others.length === 0;
}

function without(one: Permission, other: Permission): Permission {
  return {
    public: one.public && !other.public,
    accounts: one.accounts.filter((account) => !other.accounts.includes(account)),
    others: one.others.filter((arn) => !other.others.includes(arn)),
  };
}

/** `Add` and `Remove` of a request; an empty list is omitted, since EC2 does not accept one. */
export function addAndRemove<T>(
  change: PermissionChange,
  entries: (part: Permission) => T[],
): { Add?: T[]; Remove?: T[] } {
  const [add, remove] = [entries(change.add), entries(change.remove)];
  return { ...(add.length > 0 ? { Add: add } : {}), ...(remove.length > 0 ? { Remove: remove } : {}) };
}

/** The entries for everybody and for accounts, the same for AMIs and snapshots. */
export const generalEntries = ({ public: everybody, accounts }: Permission) => [
  ...(everybody ? [{ Group: 'all' as const }] : []),
  ...accounts.map((account) => ({ UserId: account })),
];

interface Entry {
  Group?: string | undefined;
  UserId?: string | undefined;
  OrganizationArn?: string | undefined;
  OrganizationalUnitArn?: string | undefined;
}

/** A launchPermission or createVolumePermission from EC2's entries. */
export function toPermission(entries: readonly Entry[]): Permission {
  return {
    public: entries.some(({ Group }) => Group === 'all'),
    accounts: entries.flatMap(({ UserId }) => (UserId ? [UserId] : [])).sort(),
    others: entries
      .flatMap(({ OrganizationArn, OrganizationalUnitArn }) => OrganizationArn ?? OrganizationalUnitArn ?? [])
      .sort(),
  };
}

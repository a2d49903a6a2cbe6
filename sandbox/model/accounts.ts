/** An account of the sandbox with its one user's access key. Made up: AWS does not know any of these. */
export interface Account {
  id: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** The account that a sandbox session works in. */
export const defaultAccount: Account = {
  id: '123456789012',
  accessKeyId: 'AKIASANDBOX000000001',
  secretAccessKey: 'made-up/secret/of/the/sandbox/0000000001',
};

/** A second account, for everything that is shared between two. */
export const otherAccount: Account = {
  id: '210987654321',
  accessKeyId: 'AKIASANDBOX000000002',
  secretAccessKey: 'made-up/secret/of/the/sandbox/0000000002',
};

export const accounts: readonly Account[] = [defaultAccount, otherAccount];

/** The account with this access key; undefined if no account has it. */
export const accountOfKey = (accessKeyId: string): Account | undefined =>
  accounts.find((account) => account.accessKeyId === accessKeyId);

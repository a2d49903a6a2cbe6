import { type Lookup, okLookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/** A KMS key, as DescribeKey shows it (KeyMetadata, AWS KMS API Reference). */
export interface KmsKey {
  id: string;
  arn: string;
  /** The account that owns it. */
  account: string;
  /** `Enabled`, `Disabled`, `PendingDeletion`, …; KMS's value. */
  state: string;
  /** `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, `GENERATE_VERIFY_MAC`, …; KMS's value. */
  usage: string;
  /** `SYMMETRIC_DEFAULT`, `RSA_2048`, …; KMS's value. */
  spec: string;
  /** Created and managed by AWS, such as `alias/aws/ebs`. */
  awsManaged: boolean;
}

/**
 * The key that an id, an alias or an ARN names, which may be another account's; undefined if the region has no such key. An ARN
 * of another region names none.
 */
export async function kmsKey(
  clients: Clients,
  region: string,
  name: string,
): Promise<Lookup<KmsKey | undefined>> {
  const lookup = await ask('kms:DescribeKey', region, async () => {
    const { DescribeKeyCommand } = await import('@aws-sdk/client-kms');
    const { KeyMetadata: key } = await (await clients.kms(region)).send(
      new DescribeKeyCommand({ KeyId: name }),
    );
    return {
      id: key?.KeyId ?? '',
      arn: key?.Arn ?? '',
      account: key?.AWSAccountId ?? '',
      state: key?.KeyState ?? 'unknown',
      usage: key?.KeyUsage ?? 'unknown',
      spec: key?.KeySpec ?? 'unknown',
      awsManaged: key?.KeyManager === 'AWS',
    };
  });
  return lookup.ok || lookup.error.code !== 'NotFoundException' ? lookup : okLookup(undefined);
}

/** The policy of a key of this account, as text; KMS does not show other accounts' policies. */
export function keyPolicy(clients: Clients, region: string, key: string): Promise<Lookup<string>> {
  return ask('kms:GetKeyPolicy', region, async () => {
    const { GetKeyPolicyCommand } = await import('@aws-sdk/client-kms');
    const { Policy = '' } = await (await clients.kms(region)).send(
      new GetKeyPolicyCommand({ KeyId: key, PolicyName: 'default' }),
    );
    return Policy;
  });
}

/** The grantees of a key: ARNs and names of services, in KMS's form. */
export function grantees(clients: Clients, region: string, key: string): Promise<Lookup<string[]>> {
  return ask('kms:ListGrants', region, async () => {
    const { paginateListGrants } = await import('@aws-sdk/client-kms');
    const found = new Set<string>();
    const pages = paginateListGrants({ client: await clients.kms(region), pageSize: 100 }, { KeyId: key });
    for await (const { Grants = [] } of pages)
      for (const { GranteePrincipal } of Grants) if (GranteePrincipal) found.add(GranteePrincipal);
    return [...found].sort();
  });
}

import { DescribeKeyPairsCommand } from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask, filterValues, inParts } from './ask.ts';
import type { Clients } from './connection.ts';

/** The public keys of key pairs, in OpenSSH's format, by name. A key pair that does not exist is missing. */
export function publicKeys(
  clients: Clients,
  region: string,
  names: readonly string[],
): Promise<Lookup<Map<string, string>>> {
  return ask('ec2:DescribeKeyPairs', region, async () => {
    const keys = new Map<string, string>();
    for (const Values of inParts(names, filterValues)) {
      const asked = new DescribeKeyPairsCommand({
        Filters: [{ Name: 'key-name', Values }],
        IncludePublicKey: true,
      });
      for (const { KeyName = '', PublicKey = '' } of (await clients.ec2(region).send(asked)).KeyPairs ?? [])
        keys.set(KeyName, PublicKey.trim());
    }
    return keys;
  });
}

import { type Lookup, okLookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

export interface InstanceProfile {
  name: string;
  /** Names of its roles: one, or none. */
  roles: string[];
}

/** An instance profile by name, as Packer requests it; undefined if there is none. IAM is the same in all regions. */
export async function instanceProfile(
  clients: Clients,
  region: string,
  name: string,
): Promise<Lookup<InstanceProfile | undefined>> {
  const asked = await ask('iam:GetInstanceProfile', region, async () => {
    const { GetInstanceProfileCommand } = await import('@aws-sdk/client-iam');
    const client = await clients.iam(region);
    const { InstanceProfile } = await client.send(
      new GetInstanceProfileCommand({ InstanceProfileName: name }),
    );
    return { name, roles: (InstanceProfile?.Roles ?? []).flatMap(({ RoleName }) => RoleName ?? []) };
  });
  const isMissing = !asked.ok && ['NoSuchEntity', 'NoSuchEntityException'].includes(asked.error.code);
  return isMissing ? okLookup(undefined) : asked;
}

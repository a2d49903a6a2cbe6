import { createHash } from 'node:crypto';
import type { Store } from './store.ts';
import { iamHome, settingsOf } from './stored-settings.ts';

/** An instance profile of an account, with its role, if it has one; the role has the profile's name, as in the console. */
export interface InstanceProfile {
  name: string;
  id: string;
  arn: string;
  role?: { name: string; id: string; arn: string };
  createdAt: Date;
}

/** Creation time of the settings' profiles: before anything else. */
const createdAt = new Date('2015-08-10T12:00:00Z');

/** The instance profiles that the settings give an account. Their ids and ARNs follow from account and name. */
export const instanceProfilesOf = (store: Store, account: string): InstanceProfile[] =>
  settingsOf({ store, account, region: iamHome })
    .instanceProfiles.map((one) => (typeof one === 'string' ? { name: one } : one))
    .map(({ name, role = true }) => ({
      name,
      id: `AIPA${iamIdOf('profile', account, name)}`,
      arn: `arn:aws:iam::${account}:instance-profile/${name}`,
      ...(role
        ? {
            role: {
              name,
              id: `AROA${iamIdOf('role', account, name)}`,
              arn: `arn:aws:iam::${account}:role/${name}`,
            },
          }
        : {}),
      createdAt,
    }));

/** The 17 characters after the prefix of an IAM id ("Unique identifiers"). */
export const iamIdOf = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 17).toUpperCase();

import { ubuntuRelease } from '../model/ubuntu.ts';
import type { RecordedAmi } from './recorded-ami.ts';

/**
 * The Ubuntu release of an AMI of another recipe, in four digits. `today`, the config's, if it was built from the current base
 * image; otherwise from its base image's name, and undefined if that does not tell. Pure.
 */
export function keptUbuntu({ base }: Pick<RecordedAmi, 'base'>, today: string): string | undefined {
  return base.id === undefined ? ubuntuRelease(base)?.replace('.', '') : today;
}

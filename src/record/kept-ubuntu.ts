import { ubuntuRelease } from '../model/ubuntu.ts';
import type { RecordedAmi } from './recorded-ami.ts';

/**
 * The Ubuntu release of an AMI of another recipe, in four digits: `today`, the config's, where it was made from today's base
 * image; else from its base image's name, and undefined where that does not say. Pure.
 */
export function keptUbuntu({ base }: Pick<RecordedAmi, 'base'>, today: string): string | undefined {
  return base.id === undefined ? ubuntuRelease(base)?.replace('.', '') : today;
}

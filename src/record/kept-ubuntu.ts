import type { Ami } from '../model/ami.ts';
import type { Target } from '../model/release-plan.ts';
import { baseTag, parseBaseTag, tagKeys } from '../model/resource-names.ts';
import { ubuntuRelease } from '../model/ubuntu.ts';

/**
 * The Ubuntu release of an AMI of another recipe, in four digits: `today`, the config's, where it was made from today's base
 * image; else from its base image's name, and undefined where that does not say. Pure.
 */
export function keptUbuntu({ tags }: Pick<Ami, 'tags'>, { base }: Target, today: string): string | undefined {
  const from = tags[tagKeys.base] ?? '';
  if (from === baseTag(base)) return today;
  const made = parseBaseTag(from);
  return made && ubuntuRelease(made)?.replace('.', '');
}

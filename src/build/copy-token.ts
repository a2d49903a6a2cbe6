import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';

/**
 * The client token of a copy. It is the same on every machine, so that two machines create one copy. For a known token EC2
 * returns the earlier copy, even if that one failed or is gone; so its replacement has a token of its own, derived from the
 * copy it replaces. 64 characters, the longest token allowed. Pure.
 *
 * @param replaces the id of a copy that failed or was deregistered, or the token of a copy whose id is unknown.
 */
export function copyToken(
  { release }: Pick<ReleasePlan, 'release'>,
  { name, recipe, copy }: Pick<Target, 'name' | 'recipe' | 'copy'>,
  source: string,
  replaces: string | undefined,
): string {
  const from = {
    release,
    target: name,
    recipe,
    source,
    within: copy?.within ?? null,
    replaces: replaces ?? null,
  };
  return createHash('sha256').update(canonicalJson(from)).digest('hex');
}

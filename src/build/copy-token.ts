import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';

/**
 * The client token of a copy: the same on every machine, so that two of them make one copy. EC2 gives what a token made before, even
 * where that failed or is gone: what replaces it has a token of its own, which follows from what it replaces. 64 characters, as many
 * as a token may have. Pure.
 *
 * @param replaces the id of a copy that failed or was deregistered, or the token whose copy is not known.
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

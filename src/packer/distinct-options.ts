import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { templateText } from './template.ts';

/** Targets whose templates differ only in names: their region, base image, AMI name. */
export interface DistinctOptions {
  /** One of them; Packer validates it for all. */
  first: Target;
  targets: Target[];
  /** SHA-256 of their common template, without the differences. */
  digest: string;
}

/**
 * The distinct sets of options and provisioners of some targets, in their order. Packer's validation does not depend on the
 * names, which gopackgo checks itself. Pure.
 *
 * @throws ActionableError as `templatesFor` does.
 */
export function distinctOptions(
  plan: Pick<ReleasePlan, 'release' | 'account'>,
  targets: readonly Target[],
): DistinctOptions[] {
  return [...Map.groupBy(targets, optionsOf).values()].flatMap((same): DistinctOptions[] => {
    const [first] = same;
    if (first === undefined) return [];
    // Errors name an existing target.
    templateText(plan, [first]);
    const digest = createHash('sha256').update(templateText(nobodysPlan, [withoutNames(first)]));
    return [{ first, targets: same, digest: digest.digest('hex') }];
  });
}

const optionsOf = ({ packer, expect: { virtualization }, bundle }: Target): string =>
  canonicalJson({ ...packer, virtualization, credentials: bundle?.credentials ?? null });

const nobodysPlan = { release: 'release', account: '123456789012' };

const withoutNames = ({ bundle, ...target }: Target): Target => ({
  ...target,
  name: 'target',
  region: 'us-east-1',
  amiName: 'name',
  recipe: '',
  base: { id: 'ami-0', name: 'base', owner: 'owner', asked: 'asked', via: 'fixed' },
  ...(bundle ? { bundle: { ...bundle, bucket: 'bucket', prefix: 'prefix' } } : {}),
});

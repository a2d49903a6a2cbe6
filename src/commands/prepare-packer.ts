import { join } from 'node:path';
import type { Context } from '../aws/context.ts';
import { ensureBuckets } from '../instance-store/release-bucket.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { ownMode } from '../lib/own-files.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { PackerProgram } from '../packer/executable.ts';
import { writeTemplates } from '../packer/template.ts';
import { templatesFolder } from './create-context.ts';
import type { Host } from './host.ts';
import type { OpenRelease } from './open-release.ts';
import { describeRefused } from './refused-by-packer.ts';
import { ensureSigningPair } from './signing.ts';
import { validateByPacker } from './validate-by-packer.ts';

/**
 * Everything before the first build: pins the plan, writes the templates, makes Packer validate all of their options, and
 * prepares the certificate and the buckets for those of `toBuild` that need them.
 *
 * @throws ActionableError (2) if Packer refuses an option, (4) for a plugin that does not load, or an unusable certificate or
 * bucket.
 */
export async function prepare(
  release: OpenRelease,
  toBuild: ReleasePlan['targets'],
  packer: PackerProgram,
  host: Host,
  context: Context,
): Promise<void> {
  const { plan, folder, publication } = release;
  await writeAtomically(join(folder, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`, ownMode);
  await writeTemplates(plan, templatesFolder(folder), { forUserOnly: true });
  await ensureSigningPair(release, toBuild, (text) => context.emit({ type: 'warning', text }));
  const checked = await validateByPacker(publication, plan, packer, host);
  if ('broken' in checked) throw new ActionableError('packer-plugin-broken', checked.broken);
  if (checked.refused.length > 0) {
    const lines = checked.refused.map(describeRefused);
    throw new ActionableError(
      'config-rejected-by-packer',
      `${publication.file}: Packer ${packer.version} refuses this config; nothing was built.\n${lines.join('\n')}`,
    );
  }
  await ensureBuckets(plan, toBuild, context);
}

import { join } from 'node:path';
import type { Context } from '../aws/context.ts';
import { ensureBuckets } from '../instance-store/release-bucket.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { ownMode } from '../lib/own-files.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { brokenPlugin } from '../packer/broken-plugin.ts';
import type { PackerProgram } from '../packer/executable.ts';
import { writeTemplates } from '../packer/template.ts';
import { type Validation, validateTemplates } from '../packer/validate.ts';
import { templatesFolder } from './create-context.ts';
import type { OpenRelease } from './open-release.ts';
import { refusedByPacker } from './refused-by-packer.ts';
import { ensureSigningPair, variablesToValidate } from './signing.ts';

/**
 * Everything before the first build: pins the plan, writes the templates, has Packer check all of them, and prepares the
 * certificate and the buckets for those of `toBuild` that need them.
 *
 * @throws ActionableError (2) for what Packer refuses, (4) for a plugin that does not load, a certificate or a bucket that
 * cannot be used.
 */
export async function prepare(
  release: OpenRelease,
  toBuild: ReleasePlan['targets'],
  packer: PackerProgram,
  environment: Record<string, string>,
  context: Context,
): Promise<void> {
  const { plan, folder, publication } = release;
  await writeAtomically(join(folder, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`, ownMode);
  const templates = await writeTemplates(plan, templatesFolder(folder), { forUserOnly: true });
  await ensureSigningPair(release, toBuild, (text) => context.emit({ type: 'warning', text }));
  const checked = await validateTemplates({
    packer: packer.path,
    templates,
    cwd: publication.folder,
    environment: variablesToValidate(environment, toBuild, join(folder, 'plan.json')),
    parallel: 2,
  });
  refuseBrokenPlugin(packer, checked);
  const wrong = refusedByPacker(publication, plan.targets, checked);
  if (wrong.length > 0) {
    throw new ActionableError(
      'config-rejected-by-packer',
      `${publication.file}: Packer ${packer.version} refuses this config; nothing was built.\n${wrong.join('\n')}`,
    );
  }
  await ensureBuckets(plan, toBuild, context);
}

/** Not the config's fault: no template could be checked. */
function refuseBrokenPlugin(packer: PackerProgram, checked: readonly Validation[]): void {
  const messages = checked.flatMap((one) => (one.ok ? [] : [one.message]));
  const [broken] = messages.flatMap((message) => brokenPlugin(message, packer) ?? []);
  if (broken !== undefined) throw new ActionableError('packer-plugin-broken', broken);
}

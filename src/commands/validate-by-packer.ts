import { join } from 'node:path';
import type { Publication } from '../model/publication.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { brokenPlugin } from '../packer/broken-plugin.ts';
import type { PackerProgram } from '../packer/executable.ts';
import { validateTargets } from '../packer/validate-targets.ts';
import type { Host } from './host.ts';
import { type RefusedByPacker, refusedByPacker } from './refused-by-packer.ts';

/** Packer's refusals of a plan's options and provisioners. `broken`: its plugin does not load, so nothing could be checked. */
export type ValidatedByPacker = { broken: string } | { refused: RefusedByPacker[] };

/**
 * The one way in which `plan`, `publish` and `doctor` make Packer validate a plan. Plans that it accepted before are in
 * `.gopackgo/packer-validated.json`.
 */
export async function validateByPacker(
  publication: Publication,
  plan: ReleasePlan,
  packer: PackerProgram,
  { cwd, environment }: Pick<Host, 'cwd' | 'environment'>,
): Promise<ValidatedByPacker> {
  const rejections = await validateTargets({
    packer,
    plan,
    targets: plan.targets,
    cwd: publication.folder,
    environment,
    rememberedIn: join(cwd, '.gopackgo', 'packer-validated.json'),
  });
  const [broken] = rejections.flatMap(({ message }) => brokenPlugin(message, packer) ?? []);
  return broken === undefined ? { refused: refusedByPacker(publication, rejections) } : { broken };
}

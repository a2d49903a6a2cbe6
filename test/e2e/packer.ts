import { fileURLToPath } from 'node:url';
import semver from 'semver';
import { findPacker, type PackerProgram } from '../../src/packer/executable.ts';
import type { Project } from './project.ts';

/** The Packer that the tests run: `test/setup/packer.ts` makes sure that the environment names it. */
export const packerOfTests = (): Promise<PackerProgram> =>
  findPacker({ environment: process.env, folder: fileURLToPath(new URL('../..', import.meta.url)) });

/** The amazon plugin gives an AMI the tags of its builder when it makes it; since 1.3.7 an option prevents that. */
export async function leaveAmisUntagged(project: Project): Promise<void> {
  const { plugin = '0.0.0' } = await packerOfTests();
  if (semver.lt(plugin, '1.3.7')) return;
  await project.config('test-ebs', (config) => {
    for (const { builder } of config.images as { builder: object }[]) {
      Object.assign(builder, { skip_ami_run_tags: true });
    }
  });
}

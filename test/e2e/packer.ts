import { fileURLToPath } from 'node:url';
import { findPacker, type PackerProgram } from '../../src/packer/executable.ts';

/** The Packer that the tests run: `test/setup/packer.ts` has seen to it that the environment names it. */
export const packerOfTests = (): Promise<PackerProgram> =>
  findPacker({ environment: process.env, folder: fileURLToPath(new URL('../..', import.meta.url)) });

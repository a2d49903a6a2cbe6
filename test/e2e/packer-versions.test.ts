import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PackerProgram } from '../../src/packer/executable.ts';
import { packerOfTests } from './packer.ts';
import { newProject, type Project } from './project.ts';
import { stateOf } from './state.ts';

let packer: PackerProgram;
let project: Project;
beforeAll(async () => {
  packer = await packerOfTests();
  project = await newProject();
});
afterAll(() => project.remove());

/** A publication whose images have an option that came with amazon plugin 1.2.2. */
const withNewOption = (name: string) =>
  project.config(name, (config) => {
    for (const image of config.images as { builder: object }[]) {
      Object.assign(image.builder, { imds_support: 'v2.0' });
    }
  });

it('an option that came later is handed on to a Packer that has it, and refused before anything with one that has not', async () => {
  await withNewOption('newer');
  const sandbox = await project.sandbox();
  const run = await project.run(['publish', 'newer', '--sandbox', '--yes', '--only', 'us-east-1-2404-hvm']);
  if (packer.plugin === undefined) {
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain(
      `configs/newer.json: images[0].builder.imds_support: expected an option that Packer ${packer.version} has, found "imds_support"`,
    );
    expect(run.stdout + run.stderr).not.toContain('to build');
    expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
  } else {
    expect(run.exit).toBe(0);
  }
});

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packerOfTests } from './packer.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const packer = await packerOfTests();
let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
});
afterAll(() => project.remove());

/** A publication whose images have an option that amazon plugin 1.2.2 introduced. */
const withNewOption = (name: string) =>
  project.config(name, (config) => {
    config.amiName = 'newer {version} {image}';
    for (const image of config.images as { builder: object }[]) {
      Object.assign(image.builder, { imds_support: 'v2.0' });
    }
  });

it('a newer option is passed to a Packer that has it, and refused before anything else with a Packer that lacks it', async () => {
  await withNewOption('newer');
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

/** Answers like a plugin that Packer lists, but speaks a protocol that Packer does not. */
const strange = (api: string) => `#!/bin/sh
[ "$1" = describe ] || { echo hello; exit 1; }
echo '{"version":"1.8.2","sdk_version":"0.6.10","api_version":"${api}","builders":["ebs","instance"],"protocol_version":"v2"}'
`;

it.runIf(packer.plugin).each([
  ['another protocol', 'x5.0', 'Failed to load source type'],
  ['another API version', 'x4.0', 'Unknown source type amazon-ebs'],
])(
  'a plugin of %s is refused before anything is made, and the config is not blamed',
  async (_what, api, words) => {
    const folder = project.path(`plugins-${api}`);
    const file = join(
      folder,
      'github.com/hashicorp/amazon',
      `packer-plugin-amazon_v1.8.2_${api}_linux_amd64`,
    );
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, strange(api), { mode: 0o755 });
    await writeFile(`${file}_SHA256SUM`, createHash('sha256').update(strange(api)).digest('hex'));
    const before = await stateOf(sandbox.clients);
    const environment = { PACKER_PLUGIN_PATH: folder };
    const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes'], environment);
    expect(run.exit, run.stderr).toBe(4);
    expect(run.stderr).toContain(`expected its amazon plugin 1.8.2 in ${folder} to load, found: ${words}`);
    expect(run.stderr).not.toContain('refuses this config');
    expect(await stateOf(sandbox.clients)).toEqual(before);
  },
);

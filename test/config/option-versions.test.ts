import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packerVersionsPage } from '../../scripts/packer-versions-page.ts';
import { newerOptions, type PackerVersions } from '../../src/config/newer-options.ts';
import { addedOptions, amazonVersion, firstPackerWith } from '../../src/config/option-versions.ts';
import { refusedBuilderOptions } from '../../src/config/rules/refused-options.ts';
import { inFile, problemText } from '../../src/lib/problem.ts';
import { publication, settings } from '../plan/a-publication.ts';

const page = new URL('../../docs/packer-versions.md', import.meta.url);

it('docs/packer-versions.md matches the data; if not, run "npm run packer-versions"', () => {
  expect(readFileSync(page, 'utf8')).toBe(packerVersionsPage());
});

it('does not list options that a publication may not set', () => {
  const open = addedOptions.filter(({ option }) => refusedBuilderOptions.includes(option));
  expect(open).toEqual([]);
});

it.each([
  ['1.6.6', undefined, '0.0.0'],
  ['1.7.2', undefined, '0.0.1'],
  ['1.9.5', undefined, '1.2.1'],
  ['1.16.0', '1.8.2', '1.8.2'],
])('the amazon builders of Packer %s with plugin %s are of version %s', (version, plugin, amazon) => {
  expect(amazonVersion({ version, ...(plugin ? { plugin } : {}) })).toBe(amazon);
});

it.each([
  ['1.1.6', '1.8.5'],
  ['1.2.2', undefined],
])('amazon builders of version %s came with Packer %s', (plugin, packer) => {
  expect(firstPackerWith(plugin)).toBe(packer);
});

describe('options that a Packer is too old for', () => {
  const old = { version: '1.6.6' };
  const carrying = { version: '1.9.5' };
  const pluginOf = (plugin: string): PackerVersions => ({ version: '1.16.0', plugin });
  const image = (builder: Record<string, string | object>, more = {}) =>
    settings({ builder: { instance_type: 'm5.large', ssh_username: 'admin', ...builder } as never, ...more });
  const told = (change: Parameters<typeof publication>[0], packer: PackerVersions) => {
    const asked = publication(change);
    return newerOptions(asked, packer).map((problem) => problemText(inFile(asked.file)(problem)));
  };

  it('are named with their place, the version that has them and what to do', () => {
    expect(told({ images: [image({ imds_support: 'v2.0' })] }, old)).toEqual([
      'configs/web.json: images[0].builder.imds_support: expected an option that Packer 1.6.6 has, found "imds_support", ' +
        'new in version 1.2.2 of the amazon plugin. Install Packer 1.10.0 with its amazon plugin 1.2.2 or newer, or remove it.',
    ]);
  });

  it('are passed to a Packer that has them', () => {
    const images = [image({ deprecate_at: '2030-01-01T00:00:00Z', capacity_reservation_preference: 'none' })];
    expect(told({ images }, old)).toHaveLength(2);
    expect(told({ images }, carrying)).toEqual([]);
    expect(told({ images }, pluginOf('1.8.2'))).toEqual([]);
  });

  it('depend on the builder that gets them', () => {
    const deprecate = { deprecate_at: '2030-01-01T00:00:00Z' };
    expect(told({ images: [image(deprecate)] }, carrying)).toEqual([]);
    const [line = ''] = told({ images: [image(deprecate, { rootDevice: 'instance-store' })] }, carrying);
    expect(line).toContain('new in version 1.3.3 of the amazon plugin');
  });

  it('are found in nested options, and in those of a region', () => {
    const builder = { metadata_options: { instance_metadata_tags: 'enabled' } };
    const regions = [{ name: 'us-east-1', bestEffort: false, builder }];
    const lines = told({ regions }, { version: '1.8.0' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('regions.us-east-1.metadata_options.instance_metadata_tags: ');
    expect(lines[0]).toContain('Install Packer 1.8.1 or newer');
  });

  it('require a newer plugin, if there is one', () => {
    const [line] = told({ images: [image({ skip_ami_run_tags: 'true' })] }, pluginOf('1.3.2'));
    expect(line).toContain('expected an option that amazon plugin 1.3.2 has');
    expect(line).toContain('Run "packer plugins install github.com/hashicorp/amazon"');
  });

  it('include those of provisioners', () => {
    const provisioners = [
      { type: 'shell', inline: ['true'], env: { A: 'b' } },
      { type: 'hcp-sbom', destination: '.' },
    ];
    expect(told({ provisioners }, old)).toEqual([
      'configs/web.json: provisioners[0].env: expected an option that Packer 1.6.6 has, found "env", new in Packer 1.8.0. ' +
        'Install Packer 1.8.0 or newer, or remove it.',
      'configs/web.json: provisioners[1].type: expected a provisioner that Packer 1.6.6 has, found "hcp-sbom", ' +
        'new in Packer 1.12.0. Install Packer 1.12.0 or newer, or remove it.',
    ]);
    expect(told({ provisioners }, pluginOf('1.8.2'))).toEqual([]);
  });
});

import semver from 'semver';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Json, Publication } from '../model/publication.ts';
import {
  type AddedOption,
  addedOptions,
  addedProvisionerOptions,
  amazonVersion,
  firstPackerWith,
  type PackersBuilder,
} from './option-versions.ts';
import { buildersOf, optionPlace } from './rules/builders.ts';

/** A Packer version and, from 1.10 on, its amazon plugin's. */
export interface PackerVersions {
  version: string;
  plugin?: string;
}

/** Options in a config for which this Packer, or its amazon plugin, is too old, each with the version that introduced it. Pure. */
export function newerOptions(publication: Publication, packer: PackerVersions): Problem[] {
  return [...ofBuilders(publication, packer), ...ofProvisioners(publication, packer)];
}

function ofBuilders(publication: Publication, packer: PackerVersions): Problem[] {
  const has = amazonVersion(packer);
  return buildersOf(publication).flatMap((builder) => {
    const builds = buildersBehind(publication, builder.path);
    const missing = addedOptions.filter(
      ({ option, builder: which, plugin }) =>
        builds.has(which) && isSet(builder.options, option) && semver.lt(has, plugin),
    );
    // An option that only one of the builders has is reported once, with the later version.
    const latest = new Map(missing.sort(byVersion).map((added) => [added.option, added]));
    return [...latest.values()].map(
      (added): Problem => ({
        place: optionPlace(builder, ...added.option.split('.')),
        expected: `an option that ${nameOf(packer)} has`,
        found: `"${added.option}", new in version ${added.plugin} of the amazon plugin`,
        advice: adviceFor(added, packer),
      }),
    );
  });
}

function ofProvisioners({ provisioners }: Publication, packer: PackerVersions): Problem[] {
  return provisioners.flatMap((provisioner, index) =>
    addedProvisionerOptions.flatMap((added): Problem[] => {
      if (added.provisioner !== provisioner.type || !semver.lt(packer.version, added.packer)) return [];
      if (added.option !== undefined && provisioner[added.option] === undefined) return [];
      const { option = 'type' } = added;
      return [
        {
          place: placeOf(['provisioners', index, option]),
          expected: `${added.option === undefined ? 'a provisioner' : 'an option'} that Packer ${packer.version} has`,
          found: `"${added.option ?? added.provisioner}", new in Packer ${added.packer}`,
          advice: `Install Packer ${added.packer} or newer, or remove it.`,
        },
      ];
    }),
  );
}

const byVersion = (a: AddedOption, b: AddedOption): number => semver.compare(a.plugin, b.plugin);

function buildersBehind({ images }: Publication, path: (string | number)[]): Set<PackersBuilder> {
  const [key, index] = path;
  const concerned = key === 'images' ? images.filter((_, at) => at === index) : images;
  return new Set(
    concerned.map(({ rootDevice }) => (rootDevice === 'ebs' ? 'amazon-ebs' : 'amazon-instance')),
  );
}

function isSet(options: Readonly<Record<string, Json>>, option: string): boolean {
  let value: Json | undefined = { ...options };
  for (const key of option.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
    value = value[key];
  }
  return value !== undefined;
}

const nameOf = ({ version, plugin }: PackerVersions): string =>
  plugin === undefined ? `Packer ${version}` : `amazon plugin ${plugin}`;

function adviceFor({ plugin }: AddedOption, packer: PackerVersions): string {
  if (packer.plugin !== undefined) {
    return 'Run "packer plugins install github.com/hashicorp/amazon" for the newest plugin, or remove it.';
  }
  const carrying = firstPackerWith(plugin);
  const needed = carrying ?? `1.10.0 with its amazon plugin ${plugin}`;
  return `Install Packer ${needed} or newer, or remove it.`;
}

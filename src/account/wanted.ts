import { type LaunchType, launchTypes, textsIn } from '../checks/launch-types.ts';
import { networkAsked } from '../checks/network-asked.ts';
import { isObject } from '../lib/is-object.ts';
import type { Json, Publication } from '../model/publication.ts';
import { builderOptionsFor } from '../plan/builder-options.ts';
import { encryptionOf } from '../plan/encryption.ts';
import { expandImages } from '../plan/images.ts';
import { parametersOf } from '../plan/parameters.ts';
import { amiNameOf, targetNames } from '../plan/target-values.ts';
import { type BaseQuestion, baseQuestion } from '../plan/wanted-base.ts';

/** Everything that a publication needs from an account in a region. */
export interface Wanted {
  region: string;
  /** How each base image is found; none for copies. */
  questions: BaseQuestion[];
  /** Instance types of builders, each once, On-Demand and Spot. */
  types: LaunchType[];
  amiNames: string[];
  /** Parameters that will name AMIs. */
  parameters: string[];
  keyPairs: string[];
  instanceProfiles: string[];
  /** As the config names them: ids, aliases, ARNs. */
  kmsKeys: string[];
  /** Whether anything is encrypted with the default EBS key. */
  usesDefaultKey: boolean;
  /** Keys of the tags that filters in the config use. */
  tagKeys: ReadonlySet<string>;
}

/** Everything that a publication needs from an account in each of its regions. Pure. */
export function wantedOf(publication: Publication): Wanted[] {
  const images = expandImages(publication);
  const names = targetNames(publication, images);
  return publication.regions.map(({ name: region }) => {
    const targets = names
      .filter((target) => target.region === region)
      .flatMap((target) => {
        const image = images.find(({ name }) => name === target.image);
        return image ? [{ target, image, options: builderOptionsFor(publication, image, region) }] : [];
      });
    const built = targets.filter(({ target }) => target.copy === undefined);
    const questions = built.map(({ target, image }) => baseQuestion(publication, image, target));
    const options = built.map((one) => one.options);
    const encrypted = targets.flatMap(({ image }) => encryptionOf(publication, image, region) ?? []);
    const all = (option: string) => unique(options.flatMap((one) => textsIn(one[option])));
    return {
      region,
      questions,
      types: unique(options.flatMap(typesIn).map((one) => JSON.stringify(one))).map(
        (text) => JSON.parse(text) as LaunchType,
      ),
      amiNames: unique(targets.map(({ image }) => amiNameOf(publication, image, region))),
      parameters: unique(
        targets.flatMap(({ image }) =>
          (parametersOf(publication, image, region) ?? []).map(({ name }) => name),
        ),
      ),
      keyPairs: all('ssh_keypair_name'),
      instanceProfiles: all('iam_instance_profile'),
      kmsKeys: unique([...options.flatMap(keysIn), ...encrypted.flatMap(({ kmsKey }) => kmsKey ?? [])]),
      usesDefaultKey: encrypted.some(({ kmsKey }) => kmsKey === undefined),
      tagKeys: new Set([...options.flatMap(filtersIn), ...questions.flatMap(filtersOfBase)].flatMap(tagsIn)),
    };
  });
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

const asSource = (options: Record<string, Json>) => ({
  packer: { builder: 'amazon-ebs', options, provisioners: [] } as const,
});

const typesIn = (options: Record<string, Json>): LaunchType[] => launchTypes(asSource(options) as never);

const filtersIn = (options: Record<string, Json>): [string, readonly string[]][] => {
  const { vpcFilter, subnetFilter, groupFilter } = networkAsked(asSource(options) as never);
  return [vpcFilter, subnetFilter, groupFilter].flatMap((filters) => Object.entries(filters ?? {}));
};

const filtersOfBase = ({ wanted }: BaseQuestion): [string, readonly string[]][] =>
  'filter' in wanted ? Object.entries(wanted.filter.filters) : [];

const tagsIn = ([name, values]: [string, readonly string[]]): string[] => {
  if (name === 'tag-key') return [...values];
  return name.startsWith('tag:') ? [name.slice('tag:'.length)] : [];
};

function keysIn(options: Record<string, Json>): string[] {
  const mappings = [options.launch_block_device_mappings].flat();
  return [...mappings, options].flatMap((one) => (isObject(one) ? textsIn(one.kms_key_id as Json) : []));
}

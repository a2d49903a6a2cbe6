import type { BaseSettings, ImageSettings, Json, Publication } from '../config/publication.ts';
import { fill } from '../lib/placeholders.ts';
import { placeOf } from '../lib/problem.ts';

type Values = Record<string, string>;

/** One kind of AMI of a publication: one combination of a matrix. */
export interface Image {
  /** `2204-hvm` */
  name: string;
  /** Where the config says what it is, for messages: `images[0]`. */
  place: string;
  /** The matrix variables and their values. */
  variables: Values;
  /** Still a template: it may hold the region. */
  amiName: string;
  /** Where the AMI name stands: `amiName`, or `images[0].amiName`. */
  amiNamePlace: string;
  /** Filled in. */
  base: BaseSettings;
  /** As EC2 says it: `x86_64`, `arm64`. */
  architecture: string;
  /** As configs say it: `hvm`, `pv`. */
  virtualization: string;
  rootDevice: 'ebs';
  /** Placeholders not filled in yet: they may hold the region. */
  builder: Record<string, Json>;
}

/** Every combination of every matrix, whether or not the names it makes are right: `expandImages` checks them. */
export function combinedImages(publication: Publication): Image[] {
  return publication.images.flatMap((settings, index) =>
    combinations(settings.matrix).map((variables) => imageOf(publication, settings, index, variables)),
  );
}

/** How many images a matrix stands for. */
export const sizeOfMatrix = (matrix: ImageSettings['matrix']): number =>
  Object.values(matrix).reduce((size, values) => size * values.length, 1);

function combinations(matrix: ImageSettings['matrix']): Values[] {
  return Object.entries(matrix).reduce<Values[]>(
    (all, [variable, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [variable]: value }))),
    [{}],
  );
}

function imageOf(publication: Publication, settings: ImageSettings, index: number, variables: Values): Image {
  const architecture = fill(settings.architecture, variables);
  const virtualization = fill(settings.virtualization, variables);
  const values = { ...variables, architecture, virtualization };
  const { name: publicationName, version } = publication;
  const filled = (text: string) => fill(text, { ...values, version, publication: publicationName });
  return {
    name: fill(settings.name, values),
    place: placeOf(['images', index]),
    variables,
    amiName: settings.amiName ?? publication.amiName,
    amiNamePlace: settings.amiName === undefined ? 'amiName' : placeOf(['images', index, 'amiName']),
    base:
      'ubuntu' in settings.base
        ? { ubuntu: filled(settings.base.ubuntu) }
        : { ssm: filled(settings.base.ssm) },
    architecture,
    virtualization,
    rootDevice: settings.rootDevice,
    builder: settings.builder,
  };
}

import { resolve } from 'node:path';
import { didYouMean } from '../lib/nearest.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { regionsOfImage } from '../model/regions-of-image.ts';
import { brokenLink } from './broken-links.ts';
import { builderOptionsFor } from './builder-options.ts';
import { bundleProblems } from './bundle-problems.ts';
import { firstBytes, whyUnreadable } from './file-content.ts';
import { combinedImages } from './image.ts';
import { inputProblems } from './input-files.ts';
import { instanceTypeProblems } from './instance-type-problems.ts';
import { kmsKeyProblems } from './kms-key-problems.ts';
import { localScriptProblems } from './local-script-problems.ts';
import { isTooLarge, nameProblems } from './name-problems.ts';
import { filesOfBuilder, filesOfProvisioner, type NamedFile } from './named-files.ts';
import { notifyProblems } from './notify-problems.ts';
import { optionProblems } from './option-problems.ts';
import { parameterProblems } from './parameters.ts';
import { partitionProblems } from './partition-problems.ts';
import { appliesTo, filledProvisioner } from './provisioners.ts';
import { type TargetName, targetName, targetNames } from './target-values.ts';
import { templateProblems } from './template-problems.ts';
import { unfilledPlaceholderProblems } from './unfilled-placeholder-problems.ts';

/** Rules that need the expanded matrix. Pass them to `readPublication`, so that these problems are reported with the others. */
export const publicationRules: ((publication: Publication) => Problem[])[] = [
  nameProblems,
  (publication) =>
    isTooLarge(publication) ? [] : namedByProvisioners(publication, combinedImages(publication)),
  (publication) =>
    isTooLarge(publication) ? [] : instanceTypeProblems(publication, combinedImages(publication)),
  (publication) =>
    isTooLarge(publication) ? [] : missingFiles(publication, combinedImages(publication), whyUnreadable),
  localScriptProblems,
  bundleProblems,
  parameterProblems,
  kmsKeyProblems,
  notifyProblems,
  (publication) => (isTooLarge(publication) ? [] : templateProblems(publication)),
  (publication) =>
    isTooLarge(publication) ? [] : optionProblems(publication, combinedImages(publication), firstBytes),
  unfilledPlaceholderProblems,
  partitionProblems,
  inputProblems,
];

/** `only` and `except` must name existing images or targets: a typo would leave an image without its provisioner. */
function namedByProvisioners(publication: Publication, images: Image[]): Problem[] {
  const targets = targetNames(publication, images);
  const names = [...images.map(({ name }) => name), ...targets.map(({ name }) => name)];
  return publication.provisioners.flatMap((provisioner, index) =>
    (['only', 'except'] as const).flatMap((key) =>
      (provisioner[key] ?? []).flatMap((name, at): Problem[] => {
        if (names.includes(name)) return [];
        const advice =
          didYouMean(name, names, 2) ?? `The images are ${images.map((image) => image.name).join(', ')}.`;
        const place = placeOf(['provisioners', index, key, at]);
        return [
          { place, expected: 'the name of an image or of a target', found: JSON.stringify(name), advice },
        ];
      }),
    ),
  );
}

/** Unreadable files that provisioners and builders name. Relative paths start in the config's folder, where Packer runs. */
export function missingFiles(
  publication: Publication,
  images: readonly Image[],
  whyNot: (path: string) => string | undefined,
): Problem[] {
  const named = images.flatMap((image) =>
    regionsOfImage(publication, image).flatMap(({ name: region }) => [
      ...ofBuilder(publication, image, region),
      ...ofProvisioners(publication, image, {
        name: targetName(region, image.name),
        region,
        image: image.name,
      }),
    ]),
  );
  const each = [...new Map(named.map((file) => [`${file.option}\n${file.path}`, file])).values()];
  return each.flatMap(({ option, path }) => {
    const link = brokenLink(resolve(publication.folder, path), path);
    if (link !== undefined) return [{ place: option, expected: 'files that can be read', found: link }];
    const why = whyNot(resolve(publication.folder, path));
    if (why === undefined) return [];
    const found = `${why}: ${JSON.stringify(path)}`;
    const advice = `Paths are relative to ${publication.folder}`;
    return [{ place: option, expected: 'a file that can be read', found, advice }];
  });
}

const beneath = (place: string, files: NamedFile[]) =>
  files.map(({ option, path }) => ({ option: `${place}.${option}`, path }));

function ofBuilder(publication: Publication, image: Image, region: string): NamedFile[] {
  const overrides = publication.regions.find(({ name }) => name === region)?.builder ?? {};
  return filesOfBuilder(builderOptionsFor(publication, image, region)).map(({ option, path }) => ({
    option: option in overrides ? placeOf(['regions', region, option]) : `${image.place}.builder.${option}`,
    path,
  }));
}

function ofProvisioners(publication: Publication, image: Image, target: TargetName): NamedFile[] {
  return publication.provisioners.flatMap((provisioner, index) => {
    if (!appliesTo(provisioner, target)) return [];
    const { type, options } = filledProvisioner(publication, image, target, provisioner);
    return beneath(placeOf(['provisioners', index]), filesOfProvisioner(type, options));
  });
}

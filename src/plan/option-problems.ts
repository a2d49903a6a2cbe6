import { memoize } from '../lib/memoize.ts';
import type { Problem } from '../lib/problem.ts';
import { builtIn } from '../model/copies.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { regionsOfImage } from '../model/regions-of-image.ts';
import { tagKeys } from '../model/resource-names.ts';
import { sharedTagKeys } from '../model/shared-tags.ts';
import { descriptionProblems } from './description-problems.ts';
import { encryptionProblems } from './encryption-problems.ts';
import { eachOnce, type FilledBuilder, filledBuilders } from './filled-builders.ts';
import { tagProblems } from './tag-problems.ts';
import { bytesRead, type ReadBytes, userDataProblems } from './user-data-problems.ts';

/** Problems that AWS would refuse in any builder's options, by its static limits: after placeholders are filled in, each once. */
export const optionProblems = (
  publication: Publication,
  images: readonly Image[],
  read: ReadBytes,
): Problem[] => {
  const once = memoize((path) => ({ bytes: read(path, bytesRead) }));
  return eachOnce(
    filledBuilders(publication, images).flatMap((builder) => [
      ...descriptionProblems(builder),
      ...tagProblems(builder, {
        everywhere: publication.git ? [tagKeys.commit] : [],
        ofAmi: publication.lifecycle?.sharedTags ? Object.values(sharedTagKeys) : [],
      }),
      ...userDataProblems(builder, publication.folder, (path) => once(path).bytes),
      ...(isBuilt(publication, builder) ? encryptionProblems(builder, publication) : []),
    ]),
  );
};

/** Whether the options launch anything: not if the image is copied to its region, or does not exist there. */
const isBuilt = (publication: Publication, { image, region }: FilledBuilder): boolean =>
  builtIn(image, regionsOfImage(publication, image)).some(({ name }) => name === region);

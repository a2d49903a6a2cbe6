import type { Clients } from '../aws/connection.ts';
import type { Publication } from '../config/publication.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { findBases } from './base-images.ts';
import { baseQuestion } from './base-question.ts';
import { builderOptionsFor } from './builder-options.ts';
import { bundleOf, locationOf } from './bundle.ts';
import { contentReader } from './content.ts';
import { expandImages, expectationOf } from './images.ts';
import type { Plan, Target } from './plan.ts';
import { provisionersFor } from './provisioners.ts';
import { recipe } from './recipe.ts';
import { amiNameOf, targetNames } from './target-values.ts';

export const releaseOf = ({ name, version }: Pick<Publication, 'name' | 'version'>): string =>
  `${name}@${version}`;

/**
 * The plan of a publication: every target with its base image found and pinned. Looks only.
 *
 * @param pinned the plan that an earlier run of this release wrote down; its base images stay.
 * @throws ActionableError (4) that lists every base image that was not found, before anything is built.
 */
export async function makePlan(
  publication: Publication,
  where: { clients: Clients; account: string; endpoint: string },
  pinned: Plan | undefined,
  now: Date,
): Promise<Plan> {
  const release = releaseOf(publication);
  const images = expandImages(publication);
  const names = targetNames(publication, images);
  const imageOf = new Map(images.map((image) => [image.name, image]));
  const questions = names.flatMap((name) => {
    const image = imageOf.get(name.image);
    return image ? [baseQuestion(publication.file, image, name)] : [];
  });
  const answers = await findBases(where.clients, release, questions, pinned, now);
  const answerOf = new Map(answers.map((answer) => [answer.question.target, answer]));
  const problems = answers.flatMap((answer) => ('problem' in answer ? [answer.problem] : []));
  if (problems.length > 0) throw new ActionableError([...new Set(problems)].join('\n'), exitStatus.refused);

  const bestEffort = new Set(
    publication.regions.filter((region) => region.bestEffort).map(({ name }) => name),
  );
  const read = contentReader(publication.folder);
  const targets = names.flatMap((name): Target[] => {
    const image = imageOf.get(name.image);
    const answer = answerOf.get(name.name);
    if (!image || !answer || !('base' in answer)) return [];
    const { base } = answer;
    const bundle = bundleOf(publication, image, name.region, where.account);
    const packer: Target['packer'] = {
      builder: image.rootDevice === 'ebs' ? 'amazon-ebs' : 'amazon-instance',
      options: builderOptionsFor(publication, image, name.region),
      provisioners: provisionersFor(publication, image, name),
    };
    return [
      {
        ...name,
        required: !bestEffort.has(name.region),
        amiName: amiNameOf(publication, image, name.region),
        base,
        recipe: recipe(packer, base, read),
        expect: { ...expectationOf(image), ...(bundle ? { location: locationOf(bundle) } : {}) },
        ...(bundle ? { bundle } : {}),
        packer,
      },
    ];
  });
  return {
    format: 1,
    release,
    publication: publication.name,
    version: publication.version,
    account: where.account,
    endpoint: where.endpoint,
    createdAt: now.toISOString(),
    targets,
    sharing: publication.share,
    ...(publication.record === undefined ? {} : { record: publication.record }),
  };
}

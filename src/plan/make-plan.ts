import type { Clients } from '../aws/connection.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { located } from '../lib/origins.ts';
import { locationOf } from '../model/bundle-names.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import type { LeftOut, ReleasePlan, Target } from '../model/release-plan.ts';
import { type BaseAnswer, findBases, type RecipeOf } from './base-images.ts';
import { fastLaunchOnLinux } from './base-problems.ts';
import { builderOptionsFor } from './builder-options.ts';
import { bundleOf } from './bundle.ts';
import { excludeTargets } from './exclude-targets.ts';
import { contentReader } from './file-content.ts';
import { expandImages, expectationOf } from './images.ts';
import { provisionersFor } from './provisioners.ts';
import { recipe } from './recipe.ts';
import { sharingWithoutOwner } from './sharing-without-owner.ts';
import { amiNameOf, type TargetName, targetNames } from './target-values.ts';
import { baseQuestion } from './wanted-base.ts';

export const releaseOf = ({ name, version }: Pick<Publication, 'name' | 'version'>): string =>
  `${name}@${version}`;

export interface Where {
  clients: Clients;
  account: string;
  endpoint: string;
  /** Best-effort regions that the account cannot use, each with the reason. They are not queried. */
  closed?: ReadonlyMap<string, string>;
}

/**
 * The plan of a publication: every target with its base image found and pinned. Changes nothing. A target in a best-effort
 * region whose base image cannot be found is skipped, with the reason.
 *
 * @param pinned the plan that an earlier run of this release wrote; its base images are kept.
 * @throws ActionableError (4) that lists every base image of a required target that was not found.
 */
export async function makeReleasePlan(
  publication: Publication,
  where: Where,
  pinned: ReleasePlan | undefined,
  now: Date,
): Promise<ReleasePlan> {
  const release = releaseOf(publication);
  const images = expandImages(publication);
  const names = targetNames(publication, images);
  const imageOf = new Map(images.map((image) => [image.name, image]));
  const open = names.filter(({ region }) => !where.closed?.has(region));
  const read = contentReader(publication.folder);
  const drafts = new Map(
    open.flatMap((name) => {
      const image = imageOf.get(name.image);
      return image ? [[name.name, draft(publication, image, name)] as const] : [];
    }),
  );
  const recipeOf: RecipeOf = (target, base) => {
    const drafted = drafts.get(target);
    return drafted && recipe(drafted.packer, { ...base, asked: drafted.question.asked }, read);
  };
  const questions = [...drafts.values()].map(({ question }) => question);
  const found = await findBases(where.clients, release, questions, pinned, recipeOf, now);
  const answers = found.map((answer) => withoutFastLaunch(answer, drafts.get(answer.question.target)));
  const answerOf = new Map(answers.map((answer) => [answer.question.target, answer]));
  const bestEffort = new Set(
    publication.regions.filter((region) => region.bestEffort).map(({ name }) => name),
  );
  const { leftOut, problems } = unplanned(names, where.closed, answers, bestEffort);
  if (problems.length > 0) {
    throw new ActionableError('base-image-not-found', [...new Set(problems)].join('\n'));
  }

  const targets = names.flatMap((name): Target[] => {
    const drafted = drafts.get(name.name);
    const answer = answerOf.get(name.name);
    if (!drafted || !answer || !('base' in answer)) return [];
    const { base } = answer;
    const { image, packer } = drafted;
    const bundle = bundleOf(publication, image, name.region, where.account);
    return [
      {
        ...name,
        required: !bestEffort.has(name.region),
        amiName: amiNameOf(publication, image, name.region),
        base,
        recipe: recipe(packer, base, read),
        expect: { ...expectationOf(image), ...(bundle ? { location: locationOf(bundle) } : {}) },
        ...definedOnly({ bundle }),
        packer,
      },
    ];
  });
  const plan: ReleasePlan = {
    format: 2,
    release,
    publication: publication.name,
    version: publication.version,
    account: where.account,
    endpoint: where.endpoint,
    createdAt: now.toISOString(),
    targets,
    sharing: sharingWithoutOwner(publication.share, where.account),
    ...definedOnly({
      record: publication.record,
      candidate: publication.candidate,
      timeouts: publication.timeouts,
    }),
    ...(publication.secrets ? { secrets: [...publication.secrets.keys()].sort() } : {}),
  };
  return excludeTargets(plan, leftOut);
}

/** A target without its base image. Pure. */
function draft(publication: Publication, image: Image, name: TargetName) {
  const packer: Target['packer'] = {
    builder: image.rootDevice === 'ebs' ? 'amazon-ebs' : 'amazon-instance',
    options: builderOptionsFor(publication, image, name.region),
    provisioners: provisionersFor(publication, image, name),
  };
  return {
    image,
    packer,
    place: located(publication, image.place),
    question: baseQuestion(publication, image, name),
  };
}

type Draft = ReturnType<typeof draft>;

/** The answer, or why its base image does not support the builder's `fast_launch`. Pure. */
function withoutFastLaunch(answer: BaseAnswer, target: Draft | undefined): BaseAnswer {
  if (!target || !('base' in answer) || answer.base.windows) return answer;
  if (target.packer.options.fast_launch === undefined) return answer;
  const { question } = answer;
  return { question, problem: fastLaunchOnLinux(target.place, question.region, answer.base) };
}

/** What cannot be planned: targets to skip in best-effort regions, problems in the others. Pure. */
function unplanned(
  names: readonly TargetName[],
  closed: Where['closed'],
  answers: readonly BaseAnswer[],
  bestEffort: ReadonlySet<string>,
): { leftOut: LeftOut[]; problems: string[] } {
  const whyOf = new Map(
    answers.flatMap((one) => ('problem' in one ? [[one.question.target, one.problem]] : [])),
  );
  const without = names.flatMap((name): LeftOut[] => {
    const why = closed?.get(name.region) ?? whyOf.get(name.name);
    return why === undefined ? [] : [{ ...name, why }];
  });
  return {
    leftOut: without.filter(({ region }) => bestEffort.has(region)),
    problems: without.filter(({ region }) => !bestEffort.has(region)).map(({ why }) => why),
  };
}

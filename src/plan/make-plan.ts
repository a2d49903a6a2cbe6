import type { Clients } from '../aws/connection.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { located } from '../lib/origins.ts';
import { locationOf } from '../model/bundle-names.ts';
import type { Image } from '../model/image.ts';
import type { Publication, PublishedBase } from '../model/publication.ts';
import { changesBetween } from '../model/recipe-parts.ts';
import type { LeftOut, ReleasePlan, Target } from '../model/release-plan.ts';
import { type BaseAnswer, findBases, type MadeFrom, type RecipeOf } from './base-images.ts';
import { fastLaunchOnLinux, lookupFailed, noLoginUser } from './base-problems.ts';
import { volumesOfBases } from './base-volumes.ts';
import { builderOptionsFor } from './builder-options.ts';
import { bundleOf } from './bundle.ts';
import { encryptionOf } from './encryption.ts';
import { excludeTargets } from './exclude-targets.ts';
import { contentReader } from './file-content.ts';
import { expandImages, expectationOf } from './images.ts';
import { inputFiles } from './input-files.ts';
import { lacksUser, loginUserOf } from './login-user.ts';
import { parametersOf } from './parameters.ts';
import { provisionersFor } from './provisioners.ts';
import { copyRecipe, recipe, recipeParts } from './recipe.ts';
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
  /** The login user in another publication's config; undefined if unknown. */
  loginUserOfBase?: (published: PublishedBase, region: string) => string | undefined;
  /** The command that publishes another publication, for messages. */
  publishBase?: (published: PublishedBase) => string;
}

/**
 * The plan of a publication: every target with its base image found and pinned. Changes nothing. A target in a best-effort
 * region whose base image cannot be found is skipped, with the reason.
 *
 * @param pinned the plan that an earlier run of this release wrote: its base images are kept, like those of existing AMIs.
 * `bases of now`: none is kept.
 * @throws ActionableError (4) that lists every base image of a required target that was not found.
 */
export async function makeReleasePlan(
  publication: Publication,
  where: Where,
  pinned: ReleasePlan | 'bases of now' | undefined,
  now: Date,
): Promise<ReleasePlan> {
  const release = releaseOf(publication);
  const images = expandImages(publication);
  const names = targetNames(publication, images);
  const imageOf = new Map(images.map((image) => [image.name, image]));
  const open = names.filter(({ region }) => !where.closed?.has(region));
  const read = contentReader(publication.folder);
  const inputs = inputFiles(publication);
  const drafts = new Map(
    open.flatMap((name) => {
      if (name.copy) return [];
      const image = imageOf.get(name.image);
      return image ? [[name.name, draft(publication, image, name, where)] as const] : [];
    }),
  );
  const recipeOf: RecipeOf = (target, base) => {
    const drafted = drafts.get(target);
    if (!drafted) return undefined;
    const { packer } = loggingIn(drafted, base);
    return recipe(packer, { ...base, asked: drafted.question.asked }, read, {
      encryption: drafted.encryption,
      inputs,
    });
  };
  const questions = [...drafts.values()].map(({ question }) => question);
  const found = await findBases(where, release, questions, pinned, recipeOf, now);
  const fitting = found.map((answer) => whereItFits(answer, drafts.get(answer.question.target)));
  const volumes = await volumesOfBases(
    where.clients,
    fitting.flatMap((answer) => {
      const { target, region } = answer.question;
      return 'base' in answer && drafts.get(target)?.encryption
        ? [{ target, region, base: answer.base }]
        : [];
    }),
  );
  const answers = fitting.map((answer): BaseAnswer => {
    const { question } = answer;
    const lookup = volumes.get(question.target);
    return lookup && !lookup.ok ? { question, problem: lookupFailed(question, lookup.error) } : answer;
  });
  const answerOf = new Map(answers.map((answer) => [answer.question.target, answer]));
  const bestEffort = new Set(
    publication.regions.filter((region) => region.bestEffort).map(({ name }) => name),
  );
  const { leftOut, problems } = unplanned(names, where.closed, answers, bestEffort);
  if (problems.length > 0) {
    throw new ActionableError('base-image-not-found', [...new Set(problems)].join('\n'));
  }

  const built = names.flatMap((name): Target[] => {
    const drafted = drafts.get(name.name);
    const answer = answerOf.get(name.name);
    if (!drafted || !answer || !('base' in answer)) return [];
    const { base } = answer;
    const { image } = drafted;
    const { packer, loginUser } = loggingIn(drafted, {
      ...base,
      ...definedOnly({ loginUser: answer.loginUser }),
    });
    const bundle = bundleOf(publication, image, name.region, where.account);
    const devices = volumes.get(name.name);
    const encryption = drafted.encryption && {
      ...drafted.encryption,
      ...(devices?.ok ? { devices: devices.value } : {}),
    };
    return [
      {
        ...name,
        required: !bestEffort.has(name.region),
        amiName: amiNameOf(publication, image, name.region),
        base,
        recipe: recipe(packer, base, read, { encryption, inputs }),
        parts: recipeParts(packer, base, read, { encryption, inputs }),
        expect: { ...expectationOf(image), ...(bundle ? { location: locationOf(bundle) } : {}) },
        ...definedOnly({ bundle, encryption, loginUser }),
        packer,
        ...definedOnly({
          parameters: parametersOf(publication, image, name.region),
          newerBase: answer.newer,
        }),
      },
    ];
  });
  const targetOf = new Map(built.map((target) => [target.name, target]));
  const targets = open.flatMap((name): Target[] => {
    const image = imageOf.get(name.image);
    const source = targetOf.get(name.copy?.from ?? name.name);
    if (!image || !source) return [];
    if (!name.copy) return [source];
    const { base, expect, packer, parts } = source;
    const encryption = encryptionOf(publication, image, name.region);
    const amiName = amiNameOf(publication, image, name.region);
    const required = !bestEffort.has(name.region);
    return [
      {
        ...name,
        required,
        amiName,
        base,
        recipe: copyRecipe(source, encryption),
        ...definedOnly({ parts }),
        expect,
        packer,
        ...definedOnly({ encryption, parameters: parametersOf(publication, image, name.region) }),
      },
    ];
  });
  const before = pinned === 'bases of now' ? [] : (pinned?.targets ?? []);
  const plan: ReleasePlan = {
    format: 2,
    release,
    publication: publication.name,
    version: publication.version,
    account: where.account,
    endpoint: where.endpoint,
    createdAt: now.toISOString(),
    targets: targets.map((target) => withChanges(target, before)),
    sharing: sharingWithoutOwner(publication.share, where.account),
    ...definedOnly({
      record: publication.record?.[0]?.file,
      records: publication.record,
      candidate: publication.candidate,
      timeouts: publication.timeouts,
      lifecycle: publication.lifecycle,
    }),
    ...(publication.secrets ? { secrets: [...publication.secrets.keys()].sort() } : {}),
  };
  return excludeTargets(plan, leftOut);
}

/** Adds to a target the differences between its recipe and an earlier plan's. Pure. */
function withChanges(target: Target, before: readonly Target[]): Target {
  const then = before.find(({ name }) => name === target.name);
  if (!then || then.recipe === target.recipe) return target;
  const parts = changesBetween(then, target);
  return parts.length === 0 ? target : { ...target, recipeChanged: { since: then.recipe, parts } };
}

/** A target without its base image. Pure. */
function draft(
  publication: Publication,
  image: Image,
  name: TargetName,
  { loginUserOfBase }: Pick<Where, 'loginUserOfBase'>,
) {
  const packer: Target['packer'] = {
    builder: image.rootDevice === 'ebs' ? 'amazon-ebs' : 'amazon-instance',
    options: builderOptionsFor(publication, image, name.region),
    provisioners: provisionersFor(publication, image, name),
  };
  return {
    image,
    packer,
    encryption: encryptionOf(publication, image, name.region),
    place: located(publication, image.place),
    question: baseQuestion(publication, image, name),
    handedDown: 'publication' in image.base ? loginUserOfBase?.(image.base, name.region) : undefined,
  };
}

type Draft = ReturnType<typeof draft>;

/**
 * Packer's part of a target, with the base image's login user if the config names none; `loginUser` is set then. For another
 * publication's AMI it is the user of that publication's config, otherwise the user of the image it was built from. Pure.
 */
function loggingIn(
  { packer, handedDown }: Draft,
  base: MadeFrom,
): { packer: Target['packer']; loginUser?: string } {
  if (!lacksUser(packer.options)) return { packer };
  const loginUser = loginUserOf(base) ?? handedDown ?? base.loginUser;
  if (loginUser === undefined) return { packer };
  return { packer: { ...packer, options: { ...packer.options, ssh_username: loginUser } }, loginUser };
}

/** The answer, or why the builder's options do not fit its base image. Pure. */
function whereItFits(answer: BaseAnswer, target: Draft | undefined): BaseAnswer {
  if (!target || !('base' in answer)) return answer;
  const { question, base, loginUser } = answer;
  const { options } = target.packer;
  if (options.fast_launch !== undefined && !base.windows) {
    return { question, problem: fastLaunchOnLinux(target.place, question.region, base) };
  }
  if (lacksUser(loggingIn(target, { ...base, ...definedOnly({ loginUser }) }).packer.options)) {
    return { question, problem: noLoginUser(target.place, question.region, base) };
  }
  return answer;
}

/** The parts that cannot be planned: targets to skip in best-effort regions, problems in the others. Pure. */
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

import { allowedImages } from '../aws/allowed-images.ts';
import type { Clients } from '../aws/connection.ts';
import { type Ami, findImages } from '../aws/images.ts';
import { getParameters } from '../aws/parameters.ts';
import type { Look } from '../lib/look.ts';
import type { Base, Expectation, Plan } from './plan.ts';
import { parseBaseTag, tagKeys } from './resource-names.ts';

/** Which base image a target wants. */
export interface BaseQuestion {
  target: string;
  image: string;
  region: string;
  /** SSM parameter. */
  parameter: string;
  /** Where the config says so, for messages. */
  place: string;
  expect: Expectation;
}

export type BaseAnswer = { question: BaseQuestion } & ({ base: Base } | { problem: string });

/**
 * Find every target's base image, regions side by side. In this order: as the plan that was pinned earlier has
 * it; as the tag `gopackgo:base` of the release's existing AMIs has it, so that one release never mixes two bases
 * of an image unaware; else the parameter's value now. Every problem is an answer, so that all are seen at once.
 */
export async function findBases(
  clients: Clients,
  release: string,
  questions: readonly BaseQuestion[],
  pinned: Plan | undefined,
): Promise<BaseAnswer[]> {
  const regions = [...new Set(questions.map(({ region }) => region))];
  const existing = await Promise.all(
    regions.map((region) =>
      findImages(clients, region, { owner: 'self', tags: { [tagKeys.release]: release } }),
    ),
  );
  const made = basesOfExisting(existing);
  const answers = await Promise.all(
    regions.map((region, index) => {
      const mine = questions.filter((question) => question.region === region);
      const look = existing[index];
      if (look && !look.ok)
        return mine.map((question) => ({ question, problem: lookFailed(question, look) }));
      return findInRegion(clients, region, mine, pinned, made);
    }),
  );
  return answers.flat();
}

const lookFailed = ({ region }: BaseQuestion, look: Look<unknown> & { ok: false }) =>
  `${region}: ${look.error.operation} failed: ${look.error.code}: ${look.error.message}`;

interface Made {
  target: string;
  image: string;
  owner: string;
  name: string;
}

/** From which base the AMIs of the release that exist were made. */
function basesOfExisting(looks: Look<Ami[]>[]): Made[] {
  return looks
    .flatMap((look) => (look.ok ? look.value : []))
    .flatMap(({ tags, state, region }) => {
      const base = parseBaseTag(tags[tagKeys.base] ?? '');
      const target = tags[tagKeys.target];
      if (!base || !target?.startsWith(`${region}-`) || state === 'failed') return [];
      return [{ target, image: target.slice(region.length + 1), ...base }];
    });
}

async function findInRegion(
  clients: Clients,
  region: string,
  questions: BaseQuestion[],
  pinned: Plan | undefined,
  made: Made[],
): Promise<BaseAnswer[]> {
  const earlier = new Map(pinned?.targets.map(({ name, base }) => [name, base]));
  const parameters = await getParameters(clients, region, [
    ...new Set(questions.map(({ parameter }) => parameter)),
  ]);
  return Promise.all(
    questions.map(async (question): Promise<BaseAnswer> => {
      const { target, image, parameter } = question;
      const before = earlier.get(target);
      if (before?.asked === parameter) return { question, base: before };
      const from = made.find((one) => one.target === target) ?? made.find((one) => one.image === image);
      if (from) return byName(clients, question, from);
      if (!parameters.ok) return { question, problem: lookFailed(question, parameters) };
      const id = parameters.value.get(parameter);
      return id ? byId(clients, question, id) : { question, problem: noParameter(question) };
    }),
  );
}

function noParameter({ place, region, parameter }: BaseQuestion): string {
  const folder = parameter.split('/').slice(0, -1).join('/');
  return (
    `${place}: expected an SSM parameter that exists in ${region}, found none named ${parameter}. ` +
    `What there is: aws ssm get-parameters-by-path --recursive --region ${region} --path ${folder.split('/').slice(0, 7).join('/')}`
  );
}

async function byId(clients: Clients, question: BaseQuestion, id: string): Promise<BaseAnswer> {
  const { region, parameter, place } = question;
  const look = await findImages(clients, region, { ids: [id] });
  if (!look.ok) return { question, problem: lookFailed(question, look) };
  const [ami] = look.value;
  if (ami) return fitting(question, ami, 'ssm');
  const allowed = await allowedImages(clients, region);
  if (!allowed.ok) return { question, problem: lookFailed(question, allowed) };
  const why =
    allowed.value === 'enabled'
      ? `Allowed AMIs hide it from this account in ${region}. Allow its owner there: ` +
        `aws ec2 get-allowed-images-settings --region ${region} shows what is allowed`
      : `${region} has no such AMI that this account may use`;
  return { question, problem: `${place}: ${parameter} is ${id}, and ${why}` };
}

async function byName(clients: Clients, question: BaseQuestion, from: Made): Promise<BaseAnswer> {
  const { region, place } = question;
  const look = await findImages(clients, region, { owner: from.owner, names: [from.name] });
  if (!look.ok) return { question, problem: lookFailed(question, look) };
  const [ami] = look.value;
  if (ami) return fitting(question, ami, 'tag');
  return {
    question,
    problem:
      `${place}: this release was begun from the base image "${from.name}" of ${from.owner} (${from.target}), ` +
      `and ${region} has it no longer. Begin a new version, so that one release has one base.`,
  };
}

function fitting(question: BaseQuestion, ami: Ami, via: Base['via']): BaseAnswer {
  const { expect, place, parameter } = question;
  const rows = [
    ['architecture', expect.architecture, ami.architecture],
    ['virtualization type', expect.virtualization, ami.virtualization],
    ['root device type', expect.rootDevice, ami.rootDevice],
  ];
  const wrong = rows.filter(([, expected, found]) => expected !== found);
  if (wrong.length === 0) {
    return { question, base: { id: ami.id, name: ami.name, owner: ami.owner, asked: parameter, via } };
  }
  const said = wrong.map(([what, expected, found]) => `${what} ${expected}, found ${found}`).join('; ');
  return { question, problem: `${place}: base image ${ami.id} ("${ami.name}"): expected ${said}` };
}

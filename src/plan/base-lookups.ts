import pLimit from 'p-limit';
import { allowedImages } from '../aws/allowed-images.ts';
import type { Clients } from '../aws/connection.ts';
import { findImages, type ImageQuery } from '../aws/images.ts';
import { getParameters } from '../aws/parameters.ts';
import { remember } from '../lib/memoize.ts';
import type { Ami } from '../model/ami.ts';
import { type Look, seen } from '../model/lookup.ts';
import type { BaseFilter } from '../model/publication.ts';
import type { Expectation } from '../model/release-plan.ts';
import type { BaseQuestion } from './wanted-base.ts';

/** What can be asked about base images in one region. The same question is put to AWS once. */
export interface BaseLookUps {
  /** The value of an SSM parameter; undefined where there is none. */
  parameter(name: string): Look<string | undefined>;
  /** In any state. Undefined where this account sees none of that id. */
  byId(id: string): Promise<Look<Ami | undefined>>;
  /** The newest available image of a filter that is of the kind expected. */
  newest(filter: BaseFilter, expect: Expectation): Promise<Look<Ami | undefined>>;
  /** The newest available image of an owner with that name. */
  named(owner: string, name: string): Promise<Look<Ami | undefined>>;
  /** Whether Allowed AMIs hide images here. */
  hides(): Promise<Look<boolean>>;
}

/** Filters of images at a time in a region; each may take several pages. */
const atATime = 4;

/** The look-ups of a region; the parameters that the questions name are asked for at once, ten in a call. */
export async function baseLookUps(
  clients: Clients,
  region: string,
  questions: readonly BaseQuestion[],
): Promise<BaseLookUps> {
  const wanted = questions.map((question) => question.wanted);
  const names = wanted.flatMap((one) => ('parameter' in one ? [one.parameter] : []));
  const parameters = await getParameters(clients, region, [...new Set(names)]);
  const values = parameters.ok ? [...parameters.value.values()] : [];
  const ids = new Set([...values, ...wanted.flatMap((one) => ('id' in one && one.id ? [one.id] : []))]);

  const limit = pLimit(atATime);
  const newestOf = remember((query: string) =>
    limit(async (): Promise<Look<Ami | undefined>> => {
      const look = await findImages(clients, region, JSON.parse(query) as ImageQuery);
      return look.ok ? seen(newestAvailable(look.value)) : look;
    }),
  );
  const allOfIds = remember(() => limit(() => findImages(clients, region, { ids: [...ids] })));
  const allowed = remember(() => allowedImages(clients, region));
  return {
    parameter: (name) => (parameters.ok ? seen(parameters.value.get(name)) : parameters),
    async byId(id) {
      const look = await allOfIds('');
      return look.ok ? seen(look.value.find((ami) => ami.id === id)) : look;
    },
    newest: ({ owners, filters }, expect) =>
      newestOf(
        JSON.stringify({ owners, filters: { ...filtersOf(expect), ...filters } } satisfies ImageQuery),
      ),
    named: (owner, name) => newestOf(JSON.stringify({ owner, names: [name] } satisfies ImageQuery)),
    async hides() {
      const look = await allowed('');
      return look.ok ? seen(look.value === 'enabled') : look;
    },
  };
}

/** What a filter looks for where it does not say otherwise itself. */
export const filtersOf = ({ architecture, virtualization, rootDevice }: Expectation) => ({
  architecture: [architecture],
  'virtualization-type': [virtualization],
  'root-device-type': [rootDevice],
  state: ['available'],
});

/** By its date of creation; the name decides between two of one moment, so that every machine takes the same one. */
export function newestAvailable(images: readonly Ami[]): Ami | undefined {
  const order = ({ created, name, id }: Ami) => `${created} ${name} ${id}`;
  return images
    .filter(({ state }) => state === 'available')
    .toSorted((a, b) => (order(a) < order(b) ? 1 : -1))[0];
}

import { allowedImages } from '../aws/allowed-images.ts';
import type { Clients } from '../aws/connection.ts';
import { findImages, type ImageQuery } from '../aws/images.ts';
import { getParameters } from '../aws/parameters.ts';
import { memoize } from '../lib/memoize.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { BaseFilter } from '../model/publication.ts';
import type { Expectation } from '../model/release-plan.ts';
import { type ImageFilters, imagesTogether } from './images-together.ts';
import type { BaseQuestion } from './wanted-base.ts';

/** Lookups of base images in one region. The same question is sent to AWS once. */
export interface BaseLookups {
  /** The value of an SSM parameter; undefined if there is none. */
  parameter(name: string): Lookup<string | undefined>;
  /** An AMI in any state. Undefined if this account sees no AMI with that id. */
  byId(id: string): Promise<Lookup<Ami | undefined>>;
  /** The newest available image that matches the filter and the expected kind. */
  newest(filter: BaseFilter, expect: Expectation): Promise<Lookup<Ami | undefined>>;
  /** The newest available image of an owner with that name. */
  named(owner: string, name: string): Promise<Lookup<Ami | undefined>>;
  /** Whether Allowed AMIs hide images here. */
  hides(): Promise<Lookup<boolean>>;
}

/**
 * The lookups of a region. The questions' parameters are fetched together, ten per call, and so are the images of Ubuntu
 * releases that have no parameter.
 */
export async function baseLookups(
  clients: Clients,
  region: string,
  questions: readonly BaseQuestion[],
): Promise<BaseLookups> {
  const wanted = questions.map((question) => question.wanted);
  const names = wanted.flatMap((one) => ('parameter' in one ? [one.parameter] : []));
  const parameters = await getParameters(clients, region, [...new Set(names)]);
  const values = parameters.ok ? [...parameters.value.values()] : [];
  const ids = new Set([...values, ...wanted.flatMap((one) => ('id' in one && one.id ? [one.id] : []))]);

  const newestOf = memoize(async (query: string): Promise<Lookup<Ami | undefined>> => {
    const lookup = await findImages(clients, region, JSON.parse(query) as ImageQuery);
    return lookup.ok ? okLookup(newestAvailable(lookup.value)) : lookup;
  });
  const filtered = imagesTogether(
    questions.flatMap(({ wanted: one, expect }) =>
      'orElse' in one && one.orElse && parameters.ok && parameters.value.get(one.parameter) === undefined
        ? [withDefaults(one.orElse, expect)]
        : [],
    ),
    (filters) => findImages(clients, region, filters),
  );
  const allOfIds = memoize(() => findImages(clients, region, { ids: [...ids] }));
  const allowed = memoize(() => allowedImages(clients, region));
  return {
    parameter: (name) => (parameters.ok ? okLookup(parameters.value.get(name)) : parameters),
    async byId(id) {
      const lookup = await allOfIds('');
      return lookup.ok ? okLookup(lookup.value.find((ami) => ami.id === id)) : lookup;
    },
    async newest(filter, expect) {
      const lookup = await filtered(withDefaults(filter, expect));
      return lookup.ok ? okLookup(newestAvailable(lookup.value)) : lookup;
    },
    named: (owner, name) => newestOf(JSON.stringify({ owner, names: [name] } satisfies ImageQuery)),
    async hides() {
      const lookup = await allowed('');
      return lookup.ok ? okLookup(lookup.value === 'enabled') : lookup;
    },
  };
}

/** The default filters, which a config's own filters override. */
export const filtersOf = ({ architecture, virtualization, rootDevice }: Expectation) => ({
  architecture: [architecture],
  'virtualization-type': [virtualization],
  'root-device-type': [rootDevice],
  state: ['available'],
});

const withDefaults = ({ owners, filters }: BaseFilter, expect: Expectation): ImageFilters => ({
  owners,
  filters: { ...filtersOf(expect), ...filters },
});

/** By creation date, then name and id, so that every machine chooses the same one. */
export function newestAvailable(images: readonly Ami[]): Ami | undefined {
  const order = ({ created, name, id }: Ami) => `${created} ${name} ${id}`;
  return images
    .filter(({ state }) => state === 'available')
    .toSorted((a, b) => (order(a) < order(b) ? 1 : -1))[0];
}

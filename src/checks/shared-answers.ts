import { type BaseImageFacts, baseImageFacts } from '../aws/base-image-facts.ts';
import type { Clients } from '../aws/connection.ts';
import { type InstanceTypeFacts, instanceTypeFacts, offeredZones } from '../aws/instance-types.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { askOnce } from './ask-once.ts';
import { typesOf } from './launch-types.ts';
import type { RegionWork } from './region-work.ts';

/** Lookups that several checks of a region depend on, each made once. */

/** The base images of the builds, by id. */
export const basesOf = (work: RegionWork, clients: Clients): Promise<Lookup<Map<string, BaseImageFacts>>> =>
  askOnce(work, 'base images', () =>
    baseImageFacts(clients, work.region, [...new Set(work.toBuild.map(({ base }) => base.id))].sort()),
  );

/** The zones that offer the instance types of the builds. */
export const zonesOffering = (work: RegionWork, clients: Clients): Promise<Lookup<Map<string, string[]>>> =>
  askOnce(work, 'offerings', () => offeredZones(clients, work.region, typesOf(work.toBuild)));

/** Facts about those types; types that the region does not offer are missing. */
export const typeFactsOf = (
  work: RegionWork,
  clients: Clients,
): Promise<Lookup<Map<string, InstanceTypeFacts>>> =>
  askOnce(work, 'instance types', async () => {
    const zones = await zonesOffering(work, clients);
    const types = typesOf(work.toBuild).filter((type) => !zones.ok || zones.value.has(type));
    if (types.length === 0) return okLookup(new Map<string, InstanceTypeFacts>());
    const inRegion = () => instanceTypeFacts(clients, work.region, types);
    const answer = await anywhere(clients, JSON.stringify(types), inRegion);
    return answer.ok ? answer : inRegion();
  });

const askedAnywhere = new WeakMap<Clients, Map<string, ReturnType<typeof instanceTypeFacts>>>();

/**
 * Facts about types from whichever region is asked first: a type is the same wherever it is offered ("Amazon EC2 instance
 * types").
 */
function anywhere(
  clients: Clients,
  types: string,
  ask: () => ReturnType<typeof instanceTypeFacts>,
): ReturnType<typeof instanceTypeFacts> {
  const asked = askedAnywhere.get(clients) ?? new Map<string, ReturnType<typeof instanceTypeFacts>>();
  askedAnywhere.set(clients, asked);
  const known = asked.get(types) ?? ask();
  asked.set(types, known);
  return known;
}

import pLimit from 'p-limit';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { findStoredParameters, type StoredParameter, tagsOfParameter } from '../aws/stored-parameters.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import type { ParameterSeen } from '../model/events.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { isVerified, type Verdict } from '../observe/verify.ts';
import {
  type FoundParameter,
  type ParameterStatus,
  parameterStatus,
  type WantedParameter,
} from './decide.ts';

/** Calls at once in one region. */
const callsAtOnce = 4;

export interface SeenParameter {
  wanted: WantedParameter;
  status: ParameterStatus;
  /** The current version; 0 if there is none. */
  version: number;
}

/** The parameters for the AMIs of these targets, with the AMIs of verified targets. Pure. */
export const wantedParameters = (verdicts: readonly Verdict[]): WantedParameter[] =>
  verdicts.flatMap(({ target, status }) =>
    (target.parameters ?? []).map(({ name, newest }) => ({
      name,
      newest,
      region: target.region,
      target: target.name,
      required: target.required,
      ...definedOnly({
        ami: isVerified(status) ? status.ami : undefined,
      }),
    })),
  );

/** Looks up parameters with their tags, and the AMIs that they name. Changes nothing. */
export async function lookUpParameters(
  of: Pick<ReleasePlan, 'publication' | 'release'>,
  wanted: readonly WantedParameter[],
  { takeOver }: { takeOver: boolean },
  { clients }: Pick<Context, 'clients'>,
): Promise<SeenParameter[]> {
  const seen = await Promise.all(
    [...Map.groupBy(wanted, ({ region }) => region)].map(async ([region, some]) => {
      const found = await lookUpRegion(region, some, clients);
      return some.map((one) => {
        const parameter = found(one.name);
        return {
          wanted: one,
          status: parameterStatus(one, parameter, of, takeOver),
          version: parameter.ok ? (parameter.value?.version ?? 0) : 0,
        };
      });
    }),
  );
  const each = new Map(seen.flat().map((one) => [one.wanted, one]));
  return wanted.flatMap((one) => each.get(one) ?? []);
}

/** Parameters as a command shows them; none if the config has none. Pure. */
export const describeParameters = (seen: readonly SeenParameter[]): { parameters?: ParameterSeen[] } =>
  seen.length > 0 ? { parameters: seen.map(describeParameter) } : {};

const describeParameter = ({ wanted, status: { error, ...status } }: SeenParameter): ParameterSeen => ({
  name: wanted.name,
  region: wanted.region,
  target: wanted.target,
  newest: wanted.newest,
  ...status,
  ...definedOnly({ failedCall: error }),
});

async function lookUpRegion(
  region: string,
  wanted: readonly WantedParameter[],
  clients: Context['clients'],
): Promise<(name: string) => Lookup<FoundParameter | undefined>> {
  const stored = await findStoredParameters(
    clients,
    region,
    wanted.map(({ name }) => name),
  );
  if (!stored.ok) return () => stored;
  const limit = pLimit(callsAtOnce);
  const tags = new Map(
    await Promise.all(
      [...stored.value.keys()].map((name) =>
        limit(async () => [name, await tagsOfParameter(clients, region, name)] as const),
      ),
    ),
  );
  const images = await imagesNamed(region, wanted, stored.value, clients);
  return (name) => {
    const parameter = stored.value.get(name);
    const tagged = tags.get(name);
    if (parameter === undefined || tagged === undefined) return okLookup(undefined);
    const isAmi = /^ami-[0-9a-f]+$/.test(parameter.value);
    const names = images.ok ? okLookup(images.value.get(parameter.value)) : images;
    return okLookup({ ...parameter, tags: tagged, ...(isAmi ? { names } : {}) });
  };
}

/** The other AMIs that parameters name instead of the wanted ones. */
async function imagesNamed(
  region: string,
  wanted: readonly WantedParameter[],
  stored: ReadonlyMap<string, StoredParameter>,
  clients: Context['clients'],
): Promise<Lookup<Map<string, Ami>>> {
  const others = wanted.flatMap(({ name, ami }) => {
    const value = stored.get(name)?.value;
    return value !== undefined && value !== ami?.id && value.startsWith('ami-') ? [value] : [];
  });
  if (others.length === 0) return okLookup(new Map());
  const found = await findImages(clients, region, { ids: [...new Set(others)] });
  return found.ok ? okLookup(new Map(found.value.map((ami) => [ami.id, ami]))) : found;
}

import pLimit from 'p-limit';
import type { Context } from '../aws/context.ts';
import { findStoredParameters, putImageParameter, tagParameter } from '../aws/stored-parameters.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { poll } from '../lib/poll.ts';
import type { ParameterOutcome } from '../model/events.ts';
import type { Lookup, LookupError } from '../model/lookup.ts';
import { parameterTags, type Release, type WantedParameter } from './decide.ts';
import { explainParameterError } from './explain.ts';
import { lookUpParameters, type SeenParameter } from './look.ts';
import { takenAdvice, takenWords } from './taken.ts';

/** How long Systems Manager may take to validate an AMI; AWS documents no limit. Milliseconds. */
const readBackLimit = 5 * 60_000;

/** Concurrent parameters in one region. */
const atOnce = 4;

/**
 * Points parameters at their AMIs: looks, writes differing values, and reads them back, since a status of 200 does not mean
 * that the value was written. A parameter that already names its AMI is not touched. A failure is an outcome; running the same
 * command again resumes.
 *
 * @param wanted parameters of AMIs that are verified and shared.
 */
export async function writeParameters(
  plan: Release,
  wanted: readonly WantedParameter[],
  options: { takeOver: boolean },
  context: Context,
): Promise<ParameterOutcome[]> {
  if (wanted.length === 0 || context.stop.aborted) return wanted.map((one) => outcome(one, stopped));
  const seen = await lookUpParameters(plan, wanted, options, context);
  const limits = new Map(seen.map(({ wanted: { region } }) => [region, pLimit(atOnce)]));
  const outcomes = await Promise.all(
    seen.map((one) => {
      const inRegion = limits.get(one.wanted.region) ?? pLimit(1);
      return inRegion(() => bring(plan, one, options, context));
    }),
  );
  for (const one of outcomes) {
    const { name, region, target, why = '' } = one;
    const text = `${name} in ${region} does not name the AMI of ${target}: ${why}`;
    if (one.outcome === 'failed') context.emit({ type: 'warning', text, target, region });
  }
  return outcomes;
}

/** Parameters that are not written because others could not be. Pure. */
export const heldParameters = (wanted: readonly WantedParameter[], because: string): ParameterOutcome[] =>
  wanted.map((one) => outcome(one, { outcome: 'held', why: because }));

type Came = Pick<ParameterOutcome, 'outcome' | 'why' | 'failedCall' | 'was'>;

const stopped: Came = { outcome: 'held', why: 'the run was stopped' };

const outcome = ({ name, region, target, ami }: WantedParameter, came: Came): ParameterOutcome => ({
  name,
  region,
  target,
  ...definedOnly({ ami: ami?.id }),
  ...came,
});

async function bring(
  plan: Release,
  { wanted, status, version }: SeenParameter,
  options: { takeOver: boolean },
  context: Context,
): Promise<ParameterOutcome> {
  const { state, value, why = '', error } = status;
  const is = (came: Came) => outcome(wanted, came);
  switch (state) {
    case 'current':
      return is({ outcome: 'current' });
    case 'newer':
    case 'kept':
      return is({ outcome: 'kept', why, ...definedOnly({ was: value }) });
    case 'taken':
      return is({
        outcome: 'failed',
        why: `${takenWords(status)}. ${takenAdvice(status)}`,
        ...definedOnly({ was: value }),
      });
    case 'unknown':
      return is({ outcome: 'failed', why, ...definedOnly({ failedCall: error }) });
    default: {
      if (context.stop.aborted) return is(stopped);
      const failure =
        state === 'absent'
          ? await create(plan, wanted, options, context)
          : await change(plan, wanted, state === 'tags' ? undefined : version, context);
      const was = value === wanted.ami?.id ? undefined : value;
      return is({ ...(failure ?? { outcome: 'written' }), ...definedOnly({ was }) });
    }
  }
}

/** Undefined if it names the AMI now. */
async function create(
  plan: Release,
  wanted: WantedParameter,
  options: { takeOver: boolean },
  context: Context,
): Promise<Came | undefined> {
  const tags = parameterTags(plan, wanted);
  const put = await write(wanted, { newWith: tags }, context);
  if (put.ok) return readBack(wanted, put.value, context);
  if (put.error.code !== 'ParameterAlreadyExists') return failed(put.error);
  // The answer was lost and the call was repeated, or someone else was faster.
  const [again] = await lookUpParameters(plan, [wanted], options, context);
  if (again === undefined || again.status.state === 'absent') return failed(put.error);
  const { outcome: came, why, failedCall } = await bring(plan, again, options, context);
  return came === 'current' || came === 'written'
    ? undefined
    : { outcome: came, ...definedOnly({ why, failedCall }) };
}

/**
 * Overwrites the value, then the tags: in the other order, a killed run would leave wrong tags.
 *
 * @param version the current version; undefined to change only the tags.
 */
async function change(
  plan: Release,
  wanted: WantedParameter,
  version: number | undefined,
  context: Context,
): Promise<Came | undefined> {
  if (version !== undefined) {
    const put = await write(wanted, 'overwritten', context);
    if (!put.ok) return failed(put.error);
    const unseen = await readBack(wanted, Math.max(put.value, version + 1), context);
    if (unseen) return unseen;
  }
  const { clients } = context;
  const tagged = await tagParameter(clients, wanted.region, wanted.name, parameterTags(plan, wanted));
  return tagged.ok ? undefined : failed(tagged.error);
}

/** Systems Manager accepts only one change of a parameter at a time. */
function write(
  { name, region, ami }: WantedParameter,
  as: Parameters<typeof putImageParameter>[3],
  { clients, clock, stop }: Context,
): Promise<Lookup<number>> {
  if (ami === undefined) throw new Error(`${name} is to be written, but there is no AMI`);
  return poll(
    { clock, every: 1_000, tries: 10, stop },
    () => putImageParameter(clients, region, { name, value: ami.id }, as),
    (answer) => answer.ok || answer.error.code !== 'TooManyUpdates',
  );
}

/** Waits until the new version shows and names the AMI. Undefined once it does. */
async function readBack(
  { name, region, target, ami }: WantedParameter,
  version: number,
  { clients, clock, emit, stop }: Context,
): Promise<Came | undefined> {
  const look = async () => {
    const found = await findStoredParameters(clients, region, [name]);
    return { found, parameter: found.ok ? found.value.get(name) : undefined };
  };
  let told = false;
  const { found, parameter } = await poll(
    { clock, every: 1_000, within: readBackLimit, stop },
    look,
    ({ parameter: now }) => now !== undefined && now.version >= version,
    () => {
      if (!told) emit({ type: 'waiting', target, for: `Systems Manager to show ${name}` });
      told = true;
    },
  );
  if (!found.ok) return failed(found.error);
  if (parameter !== undefined && parameter.version >= version) {
    if (parameter.value === ami?.id) return undefined;
    return {
      outcome: 'failed',
      why: `somebody else changed it at the same time: it holds ${parameter.value}`,
    };
  }
  if (stop.aborted) return stopped;
  const shows = parameter === undefined ? 'no such parameter' : `version ${parameter.version}`;
  return {
    outcome: 'failed',
    why:
      `Systems Manager accepted version ${version}, but ${readBackLimit / 60_000} minutes later still shows ${shows}. It validates ` +
      'the AMI later, and drops the change if it may not look the AMI up: the credentials need ec2:DescribeImages',
  };
}

const failed = (error: LookupError): Came => ({
  outcome: 'failed',
  why: explainParameterError(error),
  failedCall: error,
});

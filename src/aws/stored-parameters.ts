import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type { Lookup } from '../model/lookup.ts';
import { ask, inParts, orGone } from './ask.ts';
import type { Clients } from './connection.ts';
import { toTags } from './tags.ts';

/** An SSM parameter of the account. */
export interface StoredParameter {
  value: string;
  /** Incremented by each change. */
  version: number;
  /** `String`, `StringList`, `SecureString`. */
  type: string;
  /** `text`, `aws:ec2:image`, …; Systems Manager's value. */
  dataType: string;
}

/** GetParameters accepts at most ten names per call (SSM API reference). */
const namesPerCall = 10;

/**
 * Parameters by name. A parameter that does not exist is missing; it is an error if the response does not mention a name at
 * all.
 */
export function findStoredParameters(
  clients: Clients,
  region: string,
  names: readonly string[],
): Promise<Lookup<Map<string, StoredParameter>>> {
  return ask('ssm:GetParameters', region, async () => {
    const found = new Map<string, StoredParameter>();
    for (const Names of inParts(names, namesPerCall)) {
      const answer = await clients.ssm(region).send(new GetParametersCommand({ Names }));
      for (const { Name = '', Value = '', Version = 0, Type = '', DataType = 'text' } of answer.Parameters ??
        []) {
        found.set(Name, { value: Value, version: Version, type: Type, dataType: DataType });
      }
      const missing = Names.find((name) => !found.has(name) && !answer.InvalidParameters?.includes(name));
      if (missing !== undefined) throw new Error(`Systems Manager did not answer for ${missing}`);
    }
    return found;
  });
}

/** The tags of an existing parameter. */
export function tagsOfParameter(
  clients: Clients,
  region: string,
  name: string,
): Promise<Lookup<Record<string, string>>> {
  return ask('ssm:ListTagsForResource', region, async () => {
    const asked = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: name });
    return toTags((await clients.ssm(region).send(asked)).TagList);
  });
}

/**
 * Makes a parameter name an AMI. A new parameter gets its tags in the same call; an existing one keeps its own, since AWS
 * accepts no tags with `Overwrite`. The tier is the account's default: an existing parameter cannot be moved to a lower tier.
 *
 * @returns its new version, which does not exist yet: Systems Manager validates the AMI after its answer, and drops the change
 * if the account cannot use it (API reference, PutParameter, `DataType`).
 */
export function putImageParameter(
  clients: Clients,
  region: string,
  { name, value }: { name: string; value: string },
  as: { newWith: Readonly<Record<string, string>> } | 'overwritten',
): Promise<Lookup<number>> {
  return ask('ssm:PutParameter', region, async () => {
    const put = new PutParameterCommand({
      Name: name,
      Value: value,
      Type: 'String',
      DataType: 'aws:ec2:image',
      ...(as === 'overwritten' ? { Overwrite: true } : { Tags: toList(as.newWith) }),
    });
    return (await clients.ssm(region).send(put)).Version ?? 0;
  });
}

/** Adds tags to a parameter, overwriting tags with the same key. */
export function tagParameter(
  clients: Clients,
  region: string,
  name: string,
  tags: Readonly<Record<string, string>>,
): Promise<Lookup<void>> {
  return ask('ssm:AddTagsToResource', region, async () => {
    const add = new AddTagsToResourceCommand({
      ResourceType: 'Parameter',
      ResourceId: name,
      Tags: toList(tags),
    });
    await clients.ssm(region).send(add);
  });
}

/** Deletes a parameter with all its versions. One that is already gone is not an error. */
export async function deleteParameter(clients: Clients, region: string, name: string): Promise<Lookup<void>> {
  return orGone(
    await ask('ssm:DeleteParameter', region, () =>
      clients.ssm(region).send(new DeleteParameterCommand({ Name: name })),
    ),
  );
}

const toList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

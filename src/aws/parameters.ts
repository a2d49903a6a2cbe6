import { GetParametersCommand } from '@aws-sdk/client-ssm';
import type { Look } from '../lib/look.ts';
import { ask, inParts } from './ask.ts';
import type { Clients } from './connection.ts';

/** GetParameters takes at most ten names a call (SSM API reference). */
const namesPerCall = 10;

/** The values of SSM parameters, by name. A name that does not exist is missing from the answer. */
export function getParameters(
  clients: Clients,
  region: string,
  names: readonly string[],
): Promise<Look<Map<string, string>>> {
  return ask('ssm:GetParameters', region, async () => {
    const values = new Map<string, string>();
    for (const Names of inParts(names, namesPerCall)) {
      const { Parameters } = await clients.ssm(region).send(new GetParametersCommand({ Names }));
      for (const { Name, Value } of Parameters ?? []) if (Name && Value) values.set(Name, Value);
    }
    return values;
  });
}

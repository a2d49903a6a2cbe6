import { GetParametersCommand, paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { Look } from '../lib/look.ts';
import { ask, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pages.ts';

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

/**
 * The values of all parameters of the account that are not secret, by name: those of the data type `aws:ec2:image` and
 * plain ones alike. A SecureString is not read.
 */
export async function allParameters(clients: Clients, region: string): Promise<Look<Map<string, string>>> {
  const names = await ask('ssm:DescribeParameters', region, async () => {
    const found: string[] = [];
    const pages = paginateDescribeParameters(
      { client: clients.ssm(region), pageSize: 50 },
      { ParameterFilters: [{ Key: 'Type', Option: 'Equals', Values: ['String', 'StringList'] }] },
    );
    for await (const page of everyPage(pages))
      found.push(...(page.Parameters ?? []).flatMap(({ Name }) => Name ?? []));
    return found;
  });
  return names.ok ? getParameters(clients, region, names.value) : names;
}

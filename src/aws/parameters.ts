import { GetParametersCommand, paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { Look } from '../lib/look.ts';
import { ask, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pages.ts';

/** GetParameters takes at most ten names a call (SSM API reference). */
const namesPerCall = 10;

/**
 * The values of SSM parameters, by what was asked for: a name or an ARN, either with `:version` or `:label`. One that does
 * not exist is missing from the answer.
 */
export function getParameters(
  clients: Clients,
  region: string,
  names: readonly string[],
): Promise<Look<Map<string, string>>> {
  return ask('ssm:GetParameters', region, async () => {
    const values = new Map<string, string>();
    for (const some of inParts(names, namesPerCall)) {
      const answer = await answerTo(clients, region, some);
      const known = new Map(answer.found.map(({ name, value }) => [name, value]));
      for (const name of some) {
        if (answer.invalid.includes(name)) continue;
        values.set(name, known.get(name) ?? (await answerToOne(clients, region, name)));
      }
    }
    return values;
  });
}

async function answerTo(clients: Clients, region: string, Names: string[]) {
  const answer = await clients.ssm(region).send(new GetParametersCommand({ Names }));
  const { Parameters = [], InvalidParameters = [] } = answer;
  const found = Parameters.map(({ Name = '', Selector = '', Value = '' }) => ({
    name: `${Name}${Selector}`,
    value: Value,
  }));
  return { found, invalid: InvalidParameters };
}

/** The answer may call a parameter otherwise than it was asked for, by its ARN or without its slash. An only one is that. */
async function answerToOne(clients: Clients, region: string, name: string): Promise<string> {
  const { found } = await answerTo(clients, region, [name]);
  if (!found[0]) throw new Error(`Systems Manager said nothing of ${name}`);
  return found[0].value;
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

import { GetParametersCommand, type Parameter, paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { Lookup } from '../model/lookup.ts';
import { ask, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

/** GetParameters accepts at most ten names per call (SSM API reference). */
const namesPerCall = 10;

/**
 * The values of SSM parameters, by requested name: plain names or ARNs, either with `:version` or `:label`. A parameter that
 * does not exist is missing. It is an error if the response mentions a name neither as found nor as invalid.
 */
export function getParameters(
  clients: Clients,
  region: string,
  names: readonly string[],
): Promise<Lookup<Map<string, string>>> {
  return ask('ssm:GetParameters', region, async () => {
    const values = new Map<string, string>();
    for (const Names of inParts(names, namesPerCall)) {
      const answer = await clients.ssm(region).send(new GetParametersCommand({ Names }));
      const { Parameters: found = [], InvalidParameters: missing = [] } = answer;
      for (const name of Names) {
        const parameter = found.find((one) => isCalled(one, name));
        if (parameter?.Value) values.set(name, parameter.Value);
        else if (!missing.includes(name)) throw new Error(`Systems Manager did not answer for ${name}`);
      }
    }
    return values;
  });
}

/** A stored parameter, without the value of a secure string. */
export interface WholeParameter {
  /** Its own name, whatever name was requested. */
  name: string;
  /** Absent for a secure string. */
  value?: string;
  /** `String`, `StringList`, `SecureString`. */
  type: string;
  /** `text`, `aws:ec2:image`, … */
  dataType: string;
  version: number;
  /** The requested label. */
  label?: string;
}

/** Parameters by requested name, in the forms that `getParameters` accepts. A parameter that does not exist is missing. */
export function wholeParameters(
  clients: Clients,
  region: string,
  names: readonly string[],
): Promise<Lookup<Map<string, WholeParameter>>> {
  return ask('ssm:GetParameters', region, async () => {
    const all = new Map<string, WholeParameter>();
    for (const Names of inParts(names, namesPerCall)) {
      const answer = await clients.ssm(region).send(new GetParametersCommand({ Names }));
      const { Parameters: found = [], InvalidParameters: missing = [] } = answer;
      for (const asked of Names) {
        const parameter = found.find((one) => isCalled(one, asked));
        if (parameter) all.set(asked, toParameter(parameter));
        else if (!missing.includes(asked)) throw new Error(`Systems Manager did not answer for ${asked}`);
      }
    }
    return all;
  });
}

function toParameter(parameter: Parameter): WholeParameter {
  const { Name = '', Value, Type = 'String', DataType = 'text', Version = 1, Selector = '' } = parameter;
  const label = Selector.replace(/^:/, '');
  return {
    name: Name,
    type: Type,
    dataType: DataType,
    version: Version,
    ...(Type === 'SecureString' || Value === undefined ? {} : { value: Value }),
    ...(label !== '' && !/^\d+$/.test(label) ? { label } : {}),
  };
}

/** The response contains the version or label separately; a top-level name may have its leading slash or not. */
function isCalled({ Name = '', ARN = '', Selector = '' }: Parameter, asked: string): boolean {
  const plain = (name: string) => name.replace(/^\//, '');
  return [Name, ARN].some((name) => plain(`${name}${Selector}`) === plain(asked));
}

/**
 * The values of all parameters of the account except SecureString, by name: those of data type `aws:ec2:image` and plain ones.
 */
export async function allParameters(clients: Clients, region: string): Promise<Lookup<Map<string, string>>> {
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

/** The names of the account's parameters that have a tag with this value. */
export function parametersTagged(
  clients: Clients,
  region: string,
  key: string,
  value: string,
): Promise<Lookup<Set<string>>> {
  return ask('ssm:DescribeParameters', region, async () => {
    const found = new Set<string>();
    const pages = paginateDescribeParameters(
      { client: clients.ssm(region), pageSize: 50 },
      { ParameterFilters: [{ Key: `tag:${key}`, Option: 'Equals', Values: [value] }] },
    );
    for await (const page of everyPage(pages)) {
      for (const { Name } of page.Parameters ?? []) if (Name !== undefined) found.add(Name);
    }
    return found;
  });
}

import type { AccountSettings } from '../model/account-settings.ts';
import { AwsError } from '../model/aws-error.ts';
import { publishedIn } from '../model/published-images.ts';
import type { ParameterRecord } from '../model/records.ts';
import type { Store } from './store.ts';
import { settingsOf } from './stored-settings.ts';

/** The caller, the place and the time. */
interface Asker {
  store: Store;
  account: string;
  region: string;
  now: Date;
}

/**
 * The public parameters of a region, as records of no account: those that the settings declare, and the published ones that
 * they do not override.
 */
const publicParameters = (asker: Omit<Asker, 'now'>): ParameterRecord[] => {
  const declared = settingsOf(asker).parameters.filter(({ name }) => isReserved(name));
  const names = new Set(declared.map(({ name }) => name));
  return [
    ...declared.map((parameter) => declaredParameter(parameter, new Date(0))),
    ...publishedIn(asker.region).flatMap(({ image, parameters }) =>
      parameters
        .filter((name) => !names.has(name))
        .map((name) => ({
          name,
          type: 'String' as const,
          value: image.id,
          version: 1,
          dataType: 'aws:ec2:image',
          modifiedAt: image.createdAt,
        })),
    ),
  ];
};

/** AWS's own key of Systems Manager (PutParameter, `KeyId`). */
export const awsManagedParameterKey = 'alias/aws/ssm';

/** A parameter of the settings as a record. */
export const declaredParameter = (
  {
    type = 'String',
    dataType,
    description,
    version = 1,
    labels,
    tags,
    ...given
  }: AccountSettings['parameters'][number],
  now: Date,
): ParameterRecord => ({
  ...given,
  type,
  version,
  dataType: dataType ?? (type === 'String' && /^ami-[0-9a-f]+$/.test(given.value) ? 'aws:ec2:image' : 'text'),
  ...(type === 'SecureString' ? { keyId: awsManagedParameterKey } : {}),
  ...(description === undefined ? {} : { description }),
  ...(labels === undefined ? {} : { labels }),
  ...(tags === undefined ? {} : { tags }),
  modifiedAt: now.toISOString(),
});

/** Names that no account may use (PutParameter, `Name`). */
export const isReserved = (name: string): boolean => /^\/?(aws|ssm)/i.test(name);

/**
 * The storage key of a parameter. A first-level name is the same with and without its slash, according to moto's tests that
 * were run against AWS.
 */
export const keyOf = (name: string): string => name.replace(/^\/(?=[^/]*$)/, '');

/** The visible value of a parameter: an AMI id is validated first (PutParameter, `DataType`). */
const settled = (record: ParameterRecord | undefined, now: Date): ParameterRecord | undefined =>
  record?.validatedAt !== undefined && now < new Date(record.validatedAt) ? record.before : record;

/** The account's own parameters. */
export const ownParameters = ({ store, account, region, now }: Asker): ParameterRecord[] =>
  store
    .of('parameter', account, region)
    .list()
    .flatMap((record) => settled(record, now) ?? []);

/** The account's own parameter with a name; undefined if there is none, or none yet. */
export const ownParameter = ({ store, account, region, now }: Asker, name: string) =>
  settled(store.of('parameter', account, region).get(keyOf(name)), now);

/** Every parameter that the calling account can read. */
export const allParameters = (asker: Asker): ParameterRecord[] => [
  ...publicParameters(asker),
  ...ownParameters(asker),
];

/**
 * A parameter in any form that GetParameter accepts: a name or an ARN, each with an optional `:version` or `:label`. Undefined
 * if there is none; throws `ParameterVersionNotFound` for a version that does not exist or no longer does.
 */
export const findParameter = (
  asker: Asker,
  asked: string,
): { record: ParameterRecord; selector?: string } | undefined => {
  const [, owner = '', arn] = /^arn:aws:ssm:[a-z0-9-]+:(\d*):parameter(\/.+)$/.exec(asked) ?? [];
  // Another account's parameter can be read if it is shared by Resource Access Manager, which the sandbox does not have.
  if (owner !== '' && owner !== asker.account) {
    throw new AwsError(
      'AccessDeniedException',
      `User: ${asker.account} is not authorized to perform: ssm:GetParameters on resource: ${asked} because no resource-based policy allows the action`,
    );
  }
  const [name = '', selector] = (arn ?? asked).split(':');
  const record = allParameters(asker).find((one) => keyOf(one.name) === keyOf(name));
  if (!record) return undefined;
  if (selector === undefined) return { record };
  const version = [record, ...(record.earlier ?? [])].find(
    (one) => String(one.version) === selector || one.labels?.includes(selector),
  );
  if (!version) {
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${selector} of ${name}.`,
    );
  }
  return { record: version, selector: `:${selector}` };
};

export const parameterArn = ({ account, region }: Asker, { name }: ParameterRecord): string =>
  `arn:aws:ssm:${region}:${isReserved(name) ? '' : account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

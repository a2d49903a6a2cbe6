import { Ajv, type ErrorObject } from 'ajv';
import { quotaNames } from '../model/account-settings.ts';
import { accounts } from '../model/accounts.ts';
import { type Behaviour, laggingKinds } from '../model/behaviour.ts';
import { regionNames } from '../model/regions.ts';
import { SandboxError } from './sandbox-error.ts';

const truth = { type: 'boolean' };
const text = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 0, maximum: 1_000_000 };
const seconds = { type: 'number', minimum: 0, maximum: 7 * 24 * 3600 };

const object = (properties: Record<string, unknown>) => ({
  type: 'object',
  properties,
  additionalProperties: false,
});

const durations = object({
  instanceStart: seconds,
  instanceStop: seconds,
  instanceEnd: seconds,
  image: seconds,
  copy: seconds,
  parameter: seconds,
});

const criterion = object({
  ImageProviders: { type: 'array', items: text },
  MarketplaceProductCodes: { type: 'array', items: text },
  ImageNames: { type: 'array', items: text },
  DeprecationTimeCondition: object({ MaximumDaysSinceDeprecated: count }),
  CreationDateCondition: object({ MaximumDaysSinceCreated: count }),
});

/** Of an instance profile (CreateInstanceProfile). */
const profileName = { type: 'string', pattern: '^[\\w+=,.@-]{1,128}$' };

/** Of a role, with its path (CreateRole). */
const role = {
  ...object({
    name: { type: 'string', pattern: '^[\\w+=,.@/-]{1,576}$' },
    externalId: { type: 'string', pattern: '^[\\w+=,.@:/-]{2,1224}$' },
    maxSessionDuration: { type: 'integer', minimum: 3600, maximum: 43_200 },
  }),
  required: ['name'],
};

/** A key whose text nothing reads: why the other keys stand there. */
const remark = { '//': text };

const properties = {
  ...remark,
  account: { enum: accounts.map(({ id }) => id) },
  region: { enum: [...regionNames] },
  optedIn: truth,
  defaultVpc: truth,
  imageBlockPublicAccess: { enum: ['unblocked', 'block-new-sharing'] },
  snapshotBlockPublicAccess: { enum: ['unblocked', 'block-new-sharing', 'block-all-sharing'] },
  encryptionByDefault: truth,
  metadataTokens: { enum: ['no-preference', 'optional', 'required'] },
  defaultKmsKey: text,
  kmsKeys: { type: 'array', items: text },
  allowedImages: {
    ...object({
      state: { enum: ['disabled', 'enabled', 'audit-mode'] },
      criteria: { type: 'array', items: criterion, maxItems: 10 },
    }),
    required: ['state', 'criteria'],
  },
  quotas: object(Object.fromEntries(Object.keys(quotaNames).map((code) => [code, count]))),
  instanceProfiles: { type: 'array', items: profileName },
  roles: { type: 'array', items: role },
};

const rule = {
  ...object(properties),
  not: { required: ['region'], anyOf: [{ required: ['instanceProfiles'] }, { required: ['roles'] }] },
};

const behaviour = object({
  ...remark,
  now: text,
  speed: { anyOf: [{ enum: ['quick', 'real'] }, durations] },
  consistency: object({
    hiddenReads: count,
    flaps: count,
    missesPerFlap: { ...count, minimum: 1 },
    kinds: { type: 'array', items: { enum: [...laggingKinds] } },
  }),
  requestRates: { enum: ['enforced', 'off'] },
  accounts: { type: 'array', items: rule },
});

const ajv = new Ajv({ verbose: true });
const isBehaviour = ajv.compile<Behaviour>(behaviour);

/** Reads settings as a file or the control endpoint gives them. Throws `SandboxError` that names the place. */
export function parseBehaviour(settings: unknown): Behaviour {
  if (isBehaviour(settings)) return withoutRemarks(settings);
  throw new SandboxError(complaint(isBehaviour.errors ?? []));
}

const withoutRemark = <T extends object>({ '//': _, ...rest }: T & { '//'?: string }) => rest as T;

/** Nor the `now` of `GET /_sandbox/settings`, whose answer may be posted as it is: it sets no clock. */
const withoutRemarks = (settings: Behaviour & { now?: string }): Behaviour => {
  const { accounts: rules, now: _, ...rest } = withoutRemark(settings);
  return rules === undefined ? rest : { ...rest, accounts: rules.map(withoutRemark) };
};

function complaint(errors: ErrorObject[]): string {
  const first = errors.at(-1);
  const at = (first?.instancePath ?? '').replace(/\/(\d+)/g, '[$1]').replaceAll('/', '.');
  const unknown = first?.params.additionalProperty;
  if (first?.keyword === 'not') {
    return `settings${at}: instanceProfiles and roles are the same in all regions; expected a rule for them without "region" (docs/sandbox.md, "Settings")`;
  }
  const said =
    unknown !== undefined
      ? `unknown key "${unknown}"`
      : first?.keyword === 'enum'
        ? `expected one of ${(first.params.allowedValues as string[]).join(', ')}, found ${JSON.stringify(first.data)}`
        : `${first?.message}, found ${JSON.stringify(first?.data)}`;
  return `settings${at}: ${said} (sandbox/README.md, "Settings")`;
}

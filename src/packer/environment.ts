import { devNull } from 'node:os';
import { resolve } from 'node:path';
import { definedOnly } from '../lib/defined-only.ts';

export interface EnvironmentOrder {
  base: 'sandbox' | 'production';
  processEnv: NodeJS.ProcessEnv;
  /** How to reach the sandbox: proxy, certificates, `PKR_VAR_ssh_port`; its credentials are ignored. */
  sandboxEnvironment?: Record<string, string>;
  /** Packer's HOME in the sandbox: a folder of the run. */
  home: string;
  cacheDir: string;
  /** Values of the template's variables, by name: `host`. They override inherited ones. */
  variables: Record<string, string>;
  /** Absolute. */
  workingFolder: string;
  /** From `findPacker`; absolute. */
  pluginFolder?: string;
  /** Where Packer gets its credentials, and the token for that: `AWS_CONTAINER_…`, its only source. */
  credentials: Record<string, string>;
  /** Packer's own debug log, which contains the credentials that it uses. */
  verbose?: boolean;
}

/**
 * Packer's complete environment. In production it is the user's, without credentials and without variables that would change
 * what Packer builds. For the sandbox it is made from scratch, since a profile, an endpoint or a `no_proxy` of the user's could
 * lead to the real AWS (measured on 1.6.6 and 1.16.0).
 *
 * @throws Error for a sandbox without proxy or SSH port: Packer would reach the real AWS, or this machine's own SSH server.
 */
export function packerEnvironment(order: EnvironmentOrder): Record<string, string> {
  const base = order.base === 'sandbox' ? sandboxBase(order) : productionBase(order);
  const variables = Object.entries(order.variables).map(([name, value]) => [`PKR_VAR_${name}`, value]);
  const environment: Record<string, string> = {
    ...base,
    // Packer runs in the config's folder, and in the sandbox with another HOME, where it would not find its plugins.
    ...definedOnly({ PACKER_PLUGIN_PATH: order.pluginFolder }),
    ...order.credentials,
    // So that Packer finds no other credentials. They would take precedence, or replace these once the process that provides
    // them has died: at worst with those of another account. Templates need nothing else from the user's AWS configuration.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(order.verbose ? { PACKER_LOG: '1' } : {}),
    CHECKPOINT_DISABLE: '1',
    PACKER_CACHE_DIR: resolve(order.workingFolder, order.cacheDir),
    // Opt-in regions don't accept the global endpoint's tokens.
    AWS_STS_REGIONAL_ENDPOINTS: 'regional',
    ...Object.fromEntries(variables),
  };
  if (order.base === 'sandbox') checkSandbox(environment);
  return environment;
}

/**
 * The environment for questions to Packer, such as its version: the user's, without credentials and AWS configuration, without
 * Packer's check for a newer version on the network, and without its log in the parsed output.
 */
export const environmentForQuestions = (processEnv: NodeJS.ProcessEnv): Record<string, string> => ({
  ...withoutDropped(processEnv),
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
  CHECKPOINT_DISABLE: '1',
});

/**
 * The environment for the user's commands that run next to Packer: Packer's, without the variables for Packer itself, and
 * without AWS credentials and configuration. In a rehearsal it leads only to the sandbox.
 */
export const environmentForCommands = (
  order: Pick<EnvironmentOrder, 'base' | 'processEnv' | 'sandboxEnvironment' | 'home' | 'workingFolder'>,
): Record<string, string> => ({
  ...(order.base === 'sandbox' ? sandboxBase(order) : withoutDropped(order.processEnv)),
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
});

function sandboxBase(
  order: Pick<EnvironmentOrder, 'processEnv' | 'sandboxEnvironment' | 'home' | 'workingFolder'>,
): Record<string, string> {
  const kept = ['PATH', 'LANG', 'TMPDIR'].flatMap((name) => {
    const value = order.processEnv[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(
      Object.entries(order.sandboxEnvironment ?? {}).filter(([name]) => !credentials.includes(name)),
    ),
    HOME: resolve(order.workingFolder, order.home),
  };
}

const productionBase = ({ processEnv }: EnvironmentOrder) => withoutDropped(processEnv);

function withoutDropped(processEnv: NodeJS.ProcessEnv): Record<string, string> {
  const inherited = Object.entries(processEnv).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isDropped(entry[0]),
  );
  return Object.fromEntries(inherited);
}

/** Set by a Packer process that started this one, for its own subprocesses. */
const packersOwn = ['PACKER_WRAP_COOKIE', 'PACKER_RUN_UUID', 'PACKER_BUILD_NAME', 'PACKER_BUILDER_TYPE'];
/** Would mix Packer's debug log into the build's log. */
const packersLog = ['PACKER_LOG', 'PACKER_LOG_PATH'];
/** All variables by which AWS's tools, old and new, find credentials. */
const credentials = [
  'AWS_ACCESS_KEY_ID',
  'AWS_ACCESS_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_CREDENTIAL_FILE',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_SDK_LOAD_CONFIG',
];

function isDropped(name: string): boolean {
  if (name.startsWith('PKR_VAR_')) return name !== 'PKR_VAR_ssh_port';
  return credentials.includes(name) || packersOwn.includes(name) || packersLog.includes(name);
}

function checkSandbox(environment: Record<string, string>): void {
  const { HTTPS_PROXY, HTTP_PROXY, PKR_VAR_ssh_port: port } = environment;
  if (!HTTPS_PROXY || !HTTP_PROXY)
    throw new Error('the sandbox set no proxy: Packer would reach the real AWS');
  if (!port || port === '22')
    throw new Error("the sandbox set no SSH port: Packer would reach this machine's own");
}

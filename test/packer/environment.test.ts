import { devNull } from 'node:os';
import { expect, it } from 'vitest';
import { type EnvironmentOrder, packerEnvironment } from '../../src/packer/environment.ts';

const sandboxEnvironment = {
  HTTPS_PROXY: 'http://127.0.0.1:4580',
  HTTP_PROXY: 'http://127.0.0.1:4580',
  NO_PROXY: '127.0.0.1',
  PKR_VAR_ssh_port: '3322',
};

const users = {
  PATH: '/bin',
  LANG: 'C.UTF-8',
  HOME: '/home/ada',
  AWS_REGION: 'eu-west-1',
  AWS_CA_BUNDLE: '/ca.pem',
  HTTPS_PROXY: 'http://proxy:3128',
  AWS_ENDPOINT_URL: 'https://elsewhere',
  SSH_AUTH_SOCK: '/agent',
  no_proxy: '.amazonaws.com',
  PACKER_LOG: '1',
  PACKER_LOG_PATH: '/log',
  PACKER_WRAP_COOKIE: 'x',
  PKR_VAR_host: 'forged',
  PKR_VAR_region: 'forged',
  PKR_VAR_ssh_port: '2222',
  UNSET: undefined,
};

/** Everything that could give Packer other credentials than ours. */
const usersCredentials = {
  AWS_ACCESS_KEY_ID: 'users',
  AWS_ACCESS_KEY: 'users',
  AWS_SECRET_ACCESS_KEY: 'users',
  AWS_SECRET_KEY: 'users',
  AWS_SESSION_TOKEN: 'users',
  AWS_SECURITY_TOKEN: 'users',
  AWS_CREDENTIAL_EXPIRATION: '2026-11-21T12:00:00Z',
  AWS_PROFILE: 'work',
  AWS_DEFAULT_PROFILE: 'work',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/users',
  AWS_ROLE_SESSION_NAME: 'users',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/users',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/users',
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 'users',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/users',
  AWS_CONFIG_FILE: '/home/ada/aws',
  AWS_SHARED_CREDENTIALS_FILE: '/home/ada/keys',
  AWS_SDK_LOAD_CONFIG: '1',
  AWS_EC2_METADATA_DISABLED: 'false',
};

const ours = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:4711/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 'ours',
};

const order = (changes: Partial<EnvironmentOrder>): EnvironmentOrder => ({
  base: 'production',
  processEnv: users,
  home: 'run/home',
  cacheDir: 'run/cache',
  variables: { host: 'this-host' },
  workingFolder: '/project',
  credentials: ours,
  ...changes,
});

const always = {
  CHECKPOINT_DISABLE: '1',
  PACKER_CACHE_DIR: '/project/run/cache',
  AWS_STS_REGIONAL_ENDPOINTS: 'regional',
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
  ...ours,
  PKR_VAR_host: 'this-host',
};

it("builds the sandbox's environment from scratch", () => {
  expect(
    packerEnvironment(
      order({
        base: 'sandbox',
        processEnv: { ...users, ...usersCredentials },
        sandboxEnvironment: { ...sandboxEnvironment, ...usersCredentials },
      }),
    ),
  ).toEqual({
    ...sandboxEnvironment,
    ...always,
    PATH: '/bin',
    LANG: 'C.UTF-8',
    HOME: '/project/run/home',
  });
});

it("keeps the user's environment in production, without credentials and without variables that would change the build or log them", () => {
  const {
    PATH,
    LANG,
    HOME,
    AWS_REGION,
    AWS_CA_BUNDLE,
    HTTPS_PROXY,
    AWS_ENDPOINT_URL,
    SSH_AUTH_SOCK,
    no_proxy,
  } = users;
  const kept = {
    PATH,
    LANG,
    HOME,
    AWS_REGION,
    AWS_CA_BUNDLE,
    HTTPS_PROXY,
    AWS_ENDPOINT_URL,
    SSH_AUTH_SOCK,
    no_proxy,
  };
  const environment = packerEnvironment(order({ processEnv: { ...users, ...usersCredentials } }));
  expect(environment).toEqual({ ...kept, ...always, PKR_VAR_ssh_port: '2222' });
});

it.each(['production', 'sandbox'] as const)("turns on Packer's debug log if requested: %s", (base) => {
  const environment = packerEnvironment(
    order({ base, sandboxEnvironment, verbose: true, processEnv: { PATH: '/bin' } }),
  );
  expect(environment.PACKER_LOG).toBe('1');
});

it.each(['production', 'sandbox'] as const)('names the plugin folder that was found: %s', (base) => {
  const processEnv = { PACKER_PLUGIN_PATH: 'relative', HOME: '/h' };
  const environment = packerEnvironment(
    order({ base, sandboxEnvironment, processEnv, pluginFolder: '/found' }),
  );
  expect(environment.PACKER_PLUGIN_PATH).toBe('/found');
});

it.each([
  ['no proxy', { ...sandboxEnvironment, HTTPS_PROXY: '' }],
  ['no proxy for plain http', { ...sandboxEnvironment, HTTP_PROXY: '' }],
  ["this machine's own SSH port", { ...sandboxEnvironment, PKR_VAR_ssh_port: '22' }],
  ['no SSH port', { HTTPS_PROXY: 'x', HTTP_PROXY: 'x' }],
])('refuses a sandbox with %s', (_what, environment) => {
  expect(() => packerEnvironment(order({ base: 'sandbox', sandboxEnvironment: environment }))).toThrow(
    /the sandbox set no/,
  );
});

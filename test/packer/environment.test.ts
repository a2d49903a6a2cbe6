import { expect, it } from 'vitest';
import { type EnvironmentOrder, packerEnvironment } from '../../src/packer/environment.ts';

const sandboxEnvironment = {
  HTTPS_PROXY: 'http://127.0.0.1:4580',
  HTTP_PROXY: 'http://127.0.0.1:4580',
  NO_PROXY: '127.0.0.1',
  AWS_ACCESS_KEY_ID: 'sandbox',
  PKR_VAR_ssh_port: '3322',
};

const users = {
  PATH: '/bin',
  LANG: 'C.UTF-8',
  HOME: '/home/ada',
  AWS_PROFILE: 'work',
  AWS_ACCESS_KEY_ID: 'users',
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

const order = (changes: Partial<EnvironmentOrder>): EnvironmentOrder => ({
  base: 'production',
  processEnv: users,
  home: 'run/home',
  cacheDir: 'run/cache',
  variables: { host: 'this-host' },
  workingFolder: '/project',
  ...changes,
});

const always = {
  CHECKPOINT_DISABLE: '1',
  PACKER_CACHE_DIR: '/project/run/cache',
  AWS_STS_REGIONAL_ENDPOINTS: 'regional',
  PKR_VAR_host: 'this-host',
};

it('makes the sandbox an environment from scratch', () => {
  expect(packerEnvironment(order({ base: 'sandbox', sandboxEnvironment }))).toEqual({
    ...sandboxEnvironment,
    ...always,
    PATH: '/bin',
    LANG: 'C.UTF-8',
    HOME: '/project/run/home',
    PACKER_PLUGIN_PATH: '/home/ada/.config/packer/plugins',
  });
});

it("leaves production the user's, less what would change the build or log its credentials", () => {
  const { PATH, LANG, HOME, AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, SSH_AUTH_SOCK, no_proxy } =
    users;
  const kept = {
    PATH,
    LANG,
    HOME,
    AWS_PROFILE,
    AWS_ACCESS_KEY_ID,
    AWS_ENDPOINT_URL,
    SSH_AUTH_SOCK,
    no_proxy,
  };
  expect(packerEnvironment(order({}))).toEqual({ ...kept, ...always, PKR_VAR_ssh_port: '2222' });
});

it.each(['production', 'sandbox'] as const)(
  "turns on Packer's debug log where it was asked for: %s",
  (base) => {
    const environment = packerEnvironment(
      order({ base, sandboxEnvironment, verbose: true, processEnv: { PATH: '/bin' } }),
    );
    expect(environment.PACKER_LOG).toBe('1');
  },
);

it('lets a chosen profile stand alone', () => {
  const environment = packerEnvironment(order({ profile: 'images' }));
  expect(environment.AWS_PROFILE).toBe('images');
  expect(environment).not.toHaveProperty('AWS_ACCESS_KEY_ID');
});

it.each<[string, NodeJS.ProcessEnv, string | undefined, string]>([
  ['found', { PACKER_PLUGIN_PATH: '/named' }, '/found', '/found'],
  ['named', { PACKER_PLUGIN_PATH: '/named', HOME: '/h' }, undefined, '/named'],
  ['named by a relative path', { PACKER_PLUGIN_PATH: 'plugins' }, undefined, '/project/plugins'],
  ["the config's", { PACKER_CONFIG_DIR: '/config', HOME: '/h' }, undefined, '/config/plugins'],
])('keeps the plugin folder where HOME moves: %s', (_which, processEnv, pluginFolder, expected) => {
  const sandbox = order({ base: 'sandbox', sandboxEnvironment, processEnv });
  const environment = packerEnvironment({ ...sandbox, ...(pluginFolder ? { pluginFolder } : {}) });
  expect(environment.PACKER_PLUGIN_PATH).toBe(expected);
});

it.each([
  ['no proxy', { ...sandboxEnvironment, HTTPS_PROXY: '' }],
  ['no proxy for plain http', { ...sandboxEnvironment, HTTP_PROXY: '' }],
  ["this machine's own SSH port", { ...sandboxEnvironment, PKR_VAR_ssh_port: '22' }],
  ['no SSH port', { HTTPS_PROXY: 'x', HTTP_PROXY: 'x' }],
])('refuses a sandbox with %s', (_what, environment) => {
  expect(() => packerEnvironment(order({ base: 'sandbox', sandboxEnvironment: environment }))).toThrow(
    /the sandbox gave no/,
  );
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { asExports } from '../../server/environment.ts';
import { standIn, startWith, temporaryFolder } from './stand-in.ts';

it('leads every client to the sandbox, with its credentials and authority, and none past it', async () => {
  const sandbox = await startWith(standIn(), { folder: temporaryFolder() });
  const environment = sandbox.environment();
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy']) {
    expect(environment[name]).toBe(sandbox.url);
  }
  for (const name of [
    'AWS_CA_BUNDLE',
    'SSL_CERT_FILE',
    'CURL_CA_BUNDLE',
    'REQUESTS_CA_BUNDLE',
    'NODE_EXTRA_CA_CERTS',
  ]) {
    expect(readFileSync(environment[name] ?? '', 'utf8')).toBe(sandbox.ca);
  }
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
    expect(readFileSync(environment[name] ?? '', 'utf8')).toBe('');
  }
  expect(environment).toMatchObject({
    AWS_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    PKR_VAR_ssh_port: String(sandbox.sshPort),
    CHECKPOINT_DISABLE: '1',
  });
});

it('is read back unchanged by a shell', () => {
  const environment = { A: `it's "$HOME" \`id\` \\ ü`, B: 'two\nlines', C: '' };
  const print = Object.keys(environment).map((name) => `printf '%s\\0' "$${name}"`);
  const printed = execFileSync('sh', ['-c', `${asExports(environment)}${print.join('\n')}`]).toString();
  expect(printed.split('\0').slice(0, -1)).toEqual(Object.values(environment));
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { defaultAccount } from '../../model/accounts.ts';
import { openBundleStore } from '../../server/ami-tools/upload-store.ts';
import { createWorld, temporaryFolder } from '../../testing/world.ts';

const before = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

/** Settings that point elsewhere, or that the SDK refuses together with a custom endpoint. */
const usersOwn = {
  AWS_USE_DUALSTACK_ENDPOINT: 'true',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_ENDPOINT_URL: 'https://elsewhere.example',
  AWS_ENDPOINT_URL_S3: 'https://elsewhere.example',
};

it.each(['the environment', 'the AWS configuration'])(
  'uploads to the sandbox, whatever endpoints %s of the user sets',
  async (where) => {
    const world = createWorld();
    const config = join(temporaryFolder(), 'config');
    writeFileSync(
      config,
      '[default]\nuse_dualstack_endpoint = true\nuse_fips_endpoint = true\nendpoint_url = https://elsewhere.example\n',
    );
    Object.assign(process.env, where === 'the environment' ? usersOwn : { AWS_CONFIG_FILE: config });
    const hosts: string[] = [];
    const store = await openBundleStore(
      async (request) => {
        hosts.push(request.hostname);
        return world.aws.handle(request);
      },
      {
        region: 'eu-west-1',
        keys: defaultAccount,
        printed: { stdout: () => undefined, stderr: () => undefined } as never,
      },
    );
    await store.createBucket('a-bucket-of-ours', 'eu-west-1');
    // S3's own answer, for a bucket with default settings.
    const put = store.put(
      'a-bucket-of-ours',
      'image.manifest.xml',
      Buffer.from('<manifest/>'),
      'aws-exec-read',
    );
    await expect(put).rejects.toThrow(/AccessControlListNotSupported/);
    expect(await store.regionOf('a-bucket-of-ours')).toBe('eu-west-1');
    expect(new Set(hosts.map((host) => host.replace('a-bucket-of-ours.', '')))).toEqual(
      new Set(['s3.eu-west-1.amazonaws.com']),
    );
  },
);

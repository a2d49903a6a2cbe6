import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carriedOut, holdExercised } from './exercised.ts';
import { judge, judged } from './judge.ts';
import { type JudgedSandbox, judgedSandbox } from './judged-sandbox.ts';
import { python } from './python.ts';

const name = 'the AWS CLI and s3cmd on S3';
const environment = judge(name);
const mebibyte = 1024 * 1024;

/** A release engineer's work with bundles: put, list, get, compare, remove, with multipart content. */
describe.skipIf(!environment)(name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'judged s3-'));
  let judgedOne: JudgedSandbox;
  let commands = 0;

  beforeAll(async () => {
    judgedOne = await judgedSandbox();
    const { sandbox } = judgedOne;
    const { hostname, port } = new URL(sandbox.url);
    const settings = {
      access_key: sandbox.credentials.accessKeyId,
      secret_key: sandbox.credentials.secretAccessKey,
      ca_certs_file: sandbox.caFile,
      proxy_host: hostname,
      proxy_port: port,
      use_https: 'True',
      progress_meter: 'False',
      use_mime_magic: 'False',
      max_retries: '0',
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
    writeFileSync(join(folder, 's3cfg'), `[default]\n${lines.join('\n')}\n`);
    mkdirSync(join(folder, 'bundle', 'deep'), { recursive: true });
    for (let at = 0; at < 5; at += 1) {
      writeFileSync(join(folder, 'bundle', `image.part.${at}`), `part ${at}`);
    }
    writeFileSync(join(folder, 'bundle', 'deep', 'naïve + name%.xml'), '<manifest/>');
    writeFileSync(join(folder, 'large'), Buffer.alloc(17 * mebibyte, 'large content '));
  });
  afterAll(async () => {
    await judgedOne.close();
    rmSync(folder, { recursive: true });
    judged(name, `${commands} commands`);
  });

  const run = async (words: string[]): Promise<string> => {
    if (!environment) throw new Error('not skipped');
    commands += 1;
    const { status, stdout, stderr } = await python(environment, words, judgedOne.variables, { cwd: folder });
    if (status !== 0) throw new Error(`${words.join(' ')}: ${status}\n${stdout}\n${stderr}`);
    return stdout;
  };
  const aws = (...words: string[]) => run(['-m', 'awscli', ...words]);
  const s3cmd = (...words: string[]) =>
    run([join(environment?.folder ?? '', 'bin', 's3cmd'), '--config', join(folder, 's3cfg'), ...words]);
  const sha256 = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');

  it('aws s3 mb, cp, ls, sync, rm, rb, in another region', async () => {
    const region = ['--region', 'eu-west-1'];
    await aws('s3', 'mb', 's3://of-the-cli', ...region);
    await aws('s3', 'cp', 'large', 's3://of-the-cli/images/large', ...region);
    await aws('s3', 'cp', '--recursive', 'bundle', 's3://of-the-cli/bundle', ...region);
    const listed = await aws('s3', 'ls', '--recursive', 's3://of-the-cli', ...region);
    expect(listed.match(/\d+ \S.*$/gm)?.map((line) => line.replace(/^[\d :-]+ /, ''))).toEqual([
      'bundle/deep/naïve + name%.xml',
      ...[0, 1, 2, 3, 4].map((at) => `bundle/image.part.${at}`),
      'images/large',
    ]);
    const head = await aws(
      's3api',
      'head-object',
      '--bucket',
      'of-the-cli',
      '--key',
      'images/large',
      ...region,
    );
    expect(JSON.parse(head)).toMatchObject({
      ContentLength: 17 * mebibyte,
      ETag: expect.stringMatching(/^"[0-9a-f]{32}-3"$/),
    });
    await aws('s3', 'cp', 's3://of-the-cli/images/large', 'fetched', ...region);
    expect(sha256('fetched')).toBe(sha256('large'));
    await aws('s3', 'cp', 's3://of-the-cli/images/large', 's3://of-the-cli/copied', ...region);
    await aws('s3', 'cp', 's3://of-the-cli/copied', 'copied', ...region);
    expect(sha256('copied')).toBe(sha256('large'));
    await aws('s3', 'sync', 's3://of-the-cli/bundle', 'synced', ...region);
    expect(readdirSync(join(folder, 'synced', 'deep'))).toEqual(['naïve + name%.xml']);
    expect(await aws('s3', 'sync', 'bundle', 's3://of-the-cli/bundle', ...region)).toBe('');
    await expect(aws('s3', 'rb', 's3://of-the-cli', ...region)).rejects.toThrow('BucketNotEmpty');
    await aws('s3', 'rm', '--recursive', 's3://of-the-cli/bundle', ...region);
    await aws('s3', 'rb', '--force', 's3://of-the-cli', ...region);
    expect(await aws('s3', 'ls')).toBe('');
  });

  it('aws s3api describes buckets, and waits for existing ones', async () => {
    const its = ['--bucket', 'of-the-api'];
    await aws('s3api', 'create-bucket', ...its, '--object-ownership', 'BucketOwnerPreferred');
    await aws('s3api', 'wait', 'bucket-exists', ...its);
    await aws('s3api', 'put-bucket-versioning', ...its, '--versioning-configuration', 'Status=Enabled');
    await aws('s3api', 'put-bucket-tagging', ...its, '--tagging', 'TagSet=[{Key=release,Value=1.0}]');
    const put = ['s3api', 'put-object', ...its, '--key', 'k', '--body', 'bundle/image.part.0'];
    await aws(...put, '--acl', 'aws-exec-read', '--checksum-algorithm', 'SHA256');
    await expect(aws(...put, '--acl', 'public-read')).rejects.toThrow('AccessDenied');
    await expect(aws(...put, '--if-none-match', '*')).rejects.toThrow('PreconditionFailed');
    await aws('s3api', 'wait', 'object-exists', ...its, '--key', 'k');
    await aws('s3api', 'delete-object', ...its, '--key', 'k');
    await aws('s3api', 'wait', 'object-not-exists', ...its, '--key', 'k');
    const versions = JSON.parse(await aws('s3api', 'list-object-versions', ...its));
    expect([versions.Versions.length, versions.DeleteMarkers.length]).toEqual([1, 1]);
    expect(JSON.parse(await aws('s3api', 'get-public-access-block', ...its))).toEqual({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    });
    const rules = 'Rules=[{ObjectOwnership=ObjectWriter}]';
    await aws('s3api', 'put-bucket-ownership-controls', ...its, '--ownership-controls', rules);
    const controls = await aws('s3api', 'get-bucket-ownership-controls', ...its, '--output', 'text');
    expect(controls).toBe('RULES\tObjectWriter\n');
    await aws('s3api', 'delete-public-access-block', ...its);
    await aws('s3api', 'put-bucket-acl', ...its, '--acl', 'public-read');
    const acl = await aws('s3api', 'get-bucket-acl', ...its, '--query', 'Grants[].[Permission,Grantee.URI]');
    expect(JSON.parse(acl)).toEqual([
      ['FULL_CONTROL', null],
      ['READ', 'http://acs.amazonaws.com/groups/global/AllUsers'],
    ]);
    await expect(aws('s3api', 'get-bucket-policy', ...its)).rejects.toThrow('NoSuchBucketPolicy');
    await expect(aws('s3api', 'get-bucket-metadata-configuration', ...its)).rejects.toThrow(
      'NotImplementedBySandbox',
    );
  });

  it('aws s3api starts an upload, lists it and aborts it', async () => {
    const its = ['--bucket', 'of-uploads', '--key', 'k'];
    await aws('s3', 'mb', 's3://of-uploads');
    const text = ['--query', 'UploadId', '--output', 'text'];
    const id = (await aws('s3api', 'create-multipart-upload', ...its, ...text)).trim();
    const one = [...its, '--upload-id', id];
    await aws('s3api', 'upload-part', ...one, '--part-number', '3', '--body', 'bundle/image.part.0');
    expect(JSON.parse(await aws('s3api', 'list-parts', ...one)).Parts).toMatchObject([
      { PartNumber: 3, Size: 6 },
    ]);
    const uploads = await aws('s3api', 'list-multipart-uploads', '--bucket', 'of-uploads');
    expect(JSON.parse(uploads).Uploads).toMatchObject([{ Key: 'k', UploadId: id }]);
    await aws('s3api', 'abort-multipart-upload', ...one);
    await expect(aws('s3api', 'list-parts', ...one)).rejects.toThrow('NoSuchUpload');
  });

  it('a presigned URL works for whoever has it', async () => {
    // The CLI signs by the old Signature Version 2 for us-east-1, and by version 4 for the younger region.
    for (const region of ['us-east-1', 'eu-central-1']) {
      const object = [`s3://of-links-${region}/a b+c`, '--region', region];
      await aws('s3', 'mb', `s3://of-links-${region}`, '--region', region);
      await aws('s3', 'cp', 'bundle/image.part.1', ...object);
      const url = (await aws('s3', 'presign', ...object, '--expires-in', '60')).trim();
      expect(url).toContain(region === 'us-east-1' ? 'AWSAccessKeyId=' : 'X-Amz-Signature=');
      const fetch =
        'import sys, urllib.request as r; sys.stdout.write(r.urlopen(sys.argv[1]).read().decode())';
      expect(await run(['-c', fetch, url])).toBe('part 1');
      await expect(run(['-c', fetch, url.replace('a%20b', 'other')])).rejects.toThrow('403');
    }
  });

  it('s3cmd mb, put, ls, get, sync, del, rb, at the global endpoint and in another region', async () => {
    for (const [bucket, location] of [
      ['of-s3cmd', 'us-east-1'],
      ['of-s3cmd-far', 'eu-west-1'],
    ] as const) {
      const all = `s3://${bucket}`;
      await s3cmd('mb', `--bucket-location=${location}`, all);
      await s3cmd('put', '--multipart-chunk-size-mb=5', 'large', `${all}/images/large`);
      await s3cmd('put', '--recursive', 'bundle', `${all}/`);
      const listed = await s3cmd('ls', '--recursive', all);
      expect(listed.match(/s3:\/\/.*$/gm)).toEqual([
        `${all}/bundle/deep/naïve + name%.xml`,
        ...[0, 1, 2, 3, 4].map((at) => `${all}/bundle/image.part.${at}`),
        `${all}/images/large`,
      ]);
      await s3cmd('get', '--force', `${all}/images/large`, 'fetched');
      expect(sha256('fetched')).toBe(sha256('large'));
      expect(await s3cmd('info', `${all}/images/large`)).toContain(`File size: ${17 * mebibyte}`);
      await s3cmd('sync', '--delete-removed', 'bundle/deep/', `${all}/bundle/`);
      expect((await s3cmd('ls', `${all}/bundle/`)).match(/s3:\/\/.*$/gm)).toEqual([
        `${all}/bundle/naïve + name%.xml`,
      ]);
      await s3cmd('del', '--recursive', '--force', all);
      expect(await s3cmd('ls', '--recursive', all)).toBe('');
      await s3cmd('rb', all);
    }
  });

  it('uses exactly the recorded operations', () =>
    holdExercised('s3-clients', name, carriedOut(judgedOne.sandbox.calls())));
});

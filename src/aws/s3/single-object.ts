import { GetObjectCommand, GetObjectTaggingCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { type Lookup, okLookup } from '../../model/lookup.ts';
import { ask } from '../ask.ts';
import type { Clients } from '../connection.ts';
import { toTags } from '../tags.ts';
import { type BucketAddress, inBucket, ofBucket } from './buckets.ts';

/** An object's content as text; undefined where the object or its bucket does not exist. */
export async function objectText(
  clients: Clients,
  bucket: BucketAddress,
  key: string,
  mostBytes: number,
): Promise<Lookup<string | undefined>> {
  const lookup = await ask('s3:GetObject', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const { Body, ContentLength = 0 } = await s3.send(
      new GetObjectCommand({ ...inBucket(bucket), Key: key }),
    );
    if (ContentLength > mostBytes)
      throw new Error(`${key} has ${ContentLength} bytes, at most ${mostBytes} are read`);
    return (await Body?.transformToString()) ?? '';
  });
  return whereThere(bucket, lookup);
}

/** An object's tags; undefined where the object or its bucket does not exist. */
export async function objectTags(
  clients: Clients,
  bucket: BucketAddress,
  key: string,
): Promise<Lookup<Record<string, string> | undefined>> {
  const lookup = await ask('s3:GetObjectTagging', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ ...inBucket(bucket), Key: key }));
    return toTags(TagSet);
  });
  return whereThere(bucket, lookup);
}

/** Replaces all tags of an object. */
export async function tagObject(
  clients: Clients,
  bucket: BucketAddress,
  key: string,
  tags: Readonly<Record<string, string>>,
): Promise<Lookup<void>> {
  const lookup = await ask('s3:PutObjectTagging', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await s3.send(new PutObjectTaggingCommand({ ...inBucket(bucket), Key: key, Tagging: { TagSet } }));
  });
  return ofBucket(bucket, lookup);
}

const absent = ['NoSuchKey', 'NoSuchBucket', 'NotFound'];

const whereThere = <T>(bucket: BucketAddress, lookup: Lookup<T>): Lookup<T | undefined> =>
  !lookup.ok && absent.includes(lookup.error.code) ? okLookup(undefined) : ofBucket(bucket, lookup);

import { DeleteBucketTaggingCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { deleteObjects } from '../../src/aws/s3/stored-objects.ts';
import type { KnownAttempt } from '../../src/model/builds.ts';
import type { Resource } from '../../src/model/resource.ts';
import { ownTags, tagKeys } from '../../src/model/resource-names.ts';
import { observe } from '../../src/observe/observe.ts';
import { statusOf } from '../../src/observe/status.ts';
import { removeLeftovers } from '../../src/remove/remove-leftovers.ts';
import { clientsOf, region, terminate, worldOn } from '../support/embedded.ts';
import {
  beginUpload,
  bucket,
  contentOf,
  deadBuilder,
  madeBucket,
  plan,
  prefix,
  putObjects,
  register,
  s3Of,
  target,
  uploadBundle,
} from '../support/stored.ts';

async function lookup(sandbox: Sandbox, known: KnownAttempt[] = []) {
  const [sighting] = await observe(plan, [target], worldOn(sandbox, { known }));
  if (!sighting) throw new Error('could not look');
  return sighting;
}

async function leftovers(sandbox: Sandbox): Promise<Resource[]> {
  const sighting = await lookup(sandbox);
  if (!sighting.leftovers.ok) throw new Error('could not look');
  return sighting.leftovers.value;
}

const stands = async (sandbox: Sandbox, known: KnownAttempt[] = []) =>
  statusOf(target, await lookup(sandbox, known), plan.sharing, Date.now());

const tagged = async (sandbox: Sandbox, ami: string) => {
  const { writeTags } = await import('../../src/aws/build-resources.ts');
  const done = await writeTags(clientsOf(sandbox), region, [ami], ownTags(plan, target));
  expect(done.ok).toBe(true);
};

const bundle: Resource[] = [
  { kind: 'bundle', id: `${bucket}/${prefix}`, region, release: plan.release, target: target.name },
];

describe('a bundle left by a failed build', () => {
  it('is found and removed completely, with unfinished uploads, and nothing else is', async () => {
    const sandbox = createWorld();
    await madeBucket(sandbox);
    await uploadBundle(sandbox);
    await beginUpload(sandbox, `${prefix}.part.1`);
    const others = ['1404-pv-2.part.0', '1404-pv/1404-pv.part.0', '1404-p.manifest.xml', 'other'];
    await putObjects(sandbox, ...others);
    await beginUpload(sandbox, 'other.upload');
    const found = await leftovers(sandbox);
    expect(found).toEqual(bundle);
    const world = worldOn(sandbox);
    expect(await removeLeftovers(found, world)).toEqual(
      bundle.map((one) => ({ ...one, outcome: 'removed' })),
    );
    const { release: _, ...what } = found[0] ?? {};
    expect(world.events).toEqual([{ type: 'removed', ...what }]);
    expect(await contentOf(sandbox)).toEqual([...others, 'other.upload…'].sort());
    expect(await leftovers(sandbox)).toEqual([]);
  });

  it('exists even if there is only an unfinished upload', async () => {
    const sandbox = createWorld();
    await madeBucket(sandbox);
    await beginUpload(sandbox, `${prefix}.part.0`);
    await removeLeftovers(await leftovers(sandbox), worldOn(sandbox));
    expect(await contentOf(sandbox)).toEqual([]);
  });

  it('is not removed while the builder that may still upload cannot be terminated', async () => {
    const sandbox = createWorld();
    await madeBucket(sandbox);
    await deadBuilder(sandbox);
    await putObjects(sandbox, `${prefix}.part.0`);
    const found = await leftovers(sandbox);
    sandbox.faults.add([{ on: 'ec2:TerminateInstances', does: { error: 'UnauthorizedOperation' } }]);
    const cleared = await removeLeftovers(found, worldOn(sandbox));
    expect(cleared).toMatchObject([{ kind: 'instance', outcome: 'remains' }]);
    expect(await contentOf(sandbox)).toEqual([`${prefix}.part.0`]);
  });

  it('does not exist if there is no bucket, or one without the tag of this release', async () => {
    const sandbox = createWorld();
    expect(await leftovers(sandbox)).toEqual([]);
    await madeBucket(sandbox);
    await uploadBundle(sandbox);
    await (await s3Of(sandbox)).send(new DeleteBucketTaggingCommand({ Bucket: bucket }));
    expect(await leftovers(sandbox)).toEqual([]);
    await removeLeftovers(bundle, worldOn(sandbox));
    expect(await contentOf(sandbox)).toHaveLength(2);
  });

  it('makes the target unknown if a lookup in S3 fails', async () => {
    const sandbox = createWorld();
    await madeBucket(sandbox);
    sandbox.faults.add([{ on: 's3:ListObjectsV2', does: { error: 'AccessDenied' } }]);
    expect(await stands(sandbox)).toMatchObject({
      is: 'unknown',
      error: { code: 'AccessDenied', operation: 's3:ListBucket' },
    });
  });
});

describe('a bundle that an AMI was registered from', () => {
  it.each(['web 1.0.0 1404-pv', 'somebody gave it another name'])('is never removed: %s', async (name) => {
    const sandbox = createWorld();
    await madeBucket(sandbox);
    await uploadBundle(sandbox);
    const found = await leftovers(sandbox);
    await register(sandbox, name);
    expect((await leftovers(sandbox)).filter(({ kind }) => kind === 'bundle')).toEqual([]);
    expect(await removeLeftovers(found, worldOn(sandbox))).toEqual([]);
    expect(await contentOf(sandbox)).toHaveLength(2);
  });

  it('makes its AMI verified, and wrong if it is gone', async () => {
    const sandbox = createWorld();
    await madeBucket(sandbox);
    await uploadBundle(sandbox);
    await tagged(sandbox, await register(sandbox));
    expect(await stands(sandbox)).toMatchObject({
      is: 'verified',
      ami: { location: target.expect.location },
    });
    const s3 = clientsOf(sandbox);
    await deleteObjects(
      s3,
      { name: bucket, region },
      { objects: [{ key: `${prefix}.manifest.xml` }], uploads: [] },
    );
    expect(await stands(sandbox)).toMatchObject({
      is: 'wrong',
      differences: [{ what: 'bundle in S3', expected: 'manifest and parts', found: 'no manifest' }],
    });
  });

  it('makes an AMI wrong if it is in another place', async () => {
    const sandbox = createWorld();
    await madeBucket(sandbox);
    await uploadBundle(sandbox);
    await tagged(sandbox, await register(sandbox));
    const elsewhere = {
      ...target,
      expect: { ...target.expect, location: `${bucket}//1404-pv.manifest.xml` },
    };
    expect(statusOf(elsewhere, await lookup(sandbox), plan.sharing, Date.now())).toMatchObject({
      is: 'wrong',
      differences: [{ what: 'location', found: target.expect.location }],
    });
  });
});

describe('an AMI that a killed Packer did not tag', () => {
  async function registered(tags: Record<string, string>[]) {
    const sandbox = createWorld();
    await madeBucket(sandbox);
    await uploadBundle(sandbox);
    for (const some of tags) await terminate(sandbox, await deadBuilder(sandbox, some));
    return { sandbox, ami: await register(sandbox) };
  }

  it('is adopted with the tags of its builder, which EC2 still shows', async () => {
    const { sandbox, ami } = await registered([{}]);
    expect(await stands(sandbox)).toMatchObject({
      is: 'built',
      ami: { id: ami },
      adopt: { [tagKeys.recipe]: target.recipe, [tagKeys.target]: target.name },
    });
  });

  it("is adopted if an attempt's log names it", async () => {
    const { sandbox, ami } = await registered([]);
    const tags = ownTags(plan, target);
    const known = { id: 'a', target: target.name, number: 1, log: 'log', ami, tags };
    expect(await stands(sandbox, [known])).toMatchObject({ is: 'built', adopt: tags });
  });

  it.each([
    ['no remaining builder shows what it was made from', []],
    ['two builders show different origins', [{}, { [tagKeys.recipe]: 'sha256:other' }]],
  ])('is a conflict if %s', async (_, tags) => {
    const { sandbox } = await registered(tags);
    expect(await stands(sandbox)).toMatchObject({ is: 'conflict', by: 'another AMI' });
  });
});

it('counts objects that S3 did not delete as not removed, although the call succeeded', async () => {
  const client = {
    send: async () => ({ Errors: [{ Key: 'a.part.1', Code: 'AccessDenied', Message: 'Access Denied' }] }),
  };
  const clients = { ...clientsOf(createWorld()), s3: async () => client as never };
  const objects = { objects: [{ key: 'a.part.0' }, { key: 'a.part.1' }], uploads: [] };
  expect(await deleteObjects(clients, { name: 'a', region }, objects)).toEqual({
    ok: false,
    error: expect.objectContaining({ code: 'AccessDenied', message: 'a/a.part.1: Access Denied (1 stayed)' }),
  });
});

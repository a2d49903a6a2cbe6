import { CreateKeyPairCommand } from '@aws-sdk/client-ec2';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { keyPairName } from '../../src/model/resource-names.ts';
import { target as ebs, plan as ebsPlan, startBuild } from '../support/embedded.ts';
import { published } from '../support/publishing.ts';
import * as stored from '../support/stored.ts';

const plan = { ...ebsPlan, targets: [ebs, stored.target] };

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createWorld();
});

const bucketsOf = async () =>
  (await (await stored.s3Of(sandbox)).send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);

/** A run that is interrupted once its buckets are made. */
async function interrupted(meanwhile: () => Promise<unknown> = async () => undefined) {
  const stopping = new AbortController();
  const run = await published(sandbox, plan, {
    stop: stopping.signal,
    options: {
      async prepare() {
        await stored.madeBucket(sandbox);
        await meanwhile();
        stopping.abort();
      },
    },
  });
  return { exit: run.exit, removed: run.events.filter(({ type }) => type === 'removed') };
}

describe('after an interruption', () => {
  it('an empty bucket of the release is deleted', async () => {
    expect(await interrupted()).toMatchObject({
      exit: 130,
      removed: [{ kind: 'bucket', id: stored.bucket, region: ebs.region }],
    });
    expect(await bucketsOf()).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['something is stored in it', () => stored.putObjects(sandbox, 'notes.txt')],
    ['an upload to it is unfinished', () => stored.beginUpload(sandbox, 'notes.txt')],
    ['another machine builds', () => startBuild(sandbox, { 'gopackgo:host': 'another-machine' })],
    [
      'a Packer of another machine has not launched its builder yet',
      () =>
        sandbox
          .ec2()
          .send(new CreateKeyPairCommand({ KeyName: keyPairName(plan.release, stored.target.name) })),
    ],
    [
      'it is unknown whether anybody builds',
      async () =>
        sandbox.faults.add([
          { on: 'ec2:DescribeKeyPairs', times: 0, does: { error: 'UnauthorizedOperation', status: 403 } },
        ]),
    ],
  ])('it is kept if %s', async (_, meanwhile) => {
    expect(await interrupted(meanwhile)).toEqual({ exit: 130, removed: [] });
    expect(await bucketsOf()).toEqual([stored.bucket]);
  });
});

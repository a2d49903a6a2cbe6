import type { Static } from '../lib/json-schema.ts';
import type * as output from './plan-output.ts';
import type { Json, RootDevice } from './publication.ts';

type PlanOutput = Static<typeof output.plan>;
type TargetOutput = Static<typeof output.planTarget>;

/**
 * What should exist once a release is published. Pure data: the same plan gives the same templates, byte for byte.
 * `plan-output.ts` defines its fields, as `plan --json` writes them.
 */
export type ReleasePlan = Omit<PlanOutput, 'targets' | 'checks'> & { targets: Target[] };

/**
 * One AMI that should exist: an image in a region. Its name, such as `us-east-1-2204-hvm`, is also Packer's source label. For a
 * copied target (`copy`), the base image, the expectations and Packer's part are its source's.
 */
export type Target = Omit<TargetOutput, 'status' | 'why' | 'takenFrom' | 'expect' | 'packer'> & {
  expect: Expectation;
  packer: PackerSource;
};

/** The target that a copy is made from with CopyImage; `within`: minutes, for a timed copy. */
export type Copy = NonNullable<TargetOutput['copy']>;

/** How the volumes of a target are encrypted; for a built target, `devices` are those of the base image. */
export type Encryption = NonNullable<TargetOutput['encryption']>;

/** A target of a best-effort region that a run skips; `why` is a sentence without its full stop. */
export type LeftOut = NonNullable<PlanOutput['leftOut']>[number];

/**
 * A bundle in S3: `<prefix>.manifest.xml` and its parts, starting with `<prefix>.part.0`. The prefix neither starts nor ends
 * with a slash.
 */
export type Bundle = NonNullable<TargetOutput['bundle']>;

/**
 * A base image, found and pinned. `asked` is the same in every region; another `asked` is another recipe. `via`: `ssm`: the
 * parameter's current value. `images`: Canonical's newest in DescribeImages. `filter`: the newest match of the config's filter.
 * `fixed`: the id in the config. `release`: another publication's release. `tag`: the base image of the release's existing
 * AMIs.
 */
export type Base = TargetOutput['base'];

/** The expected properties of a finished AMI. */
export type Expectation = TargetOutput['expect'] & { rootDevice: RootDevice };

/** Packer's part of a target. Provisioners are already selected for this target; `only` and `except` are gone. */
export type PackerSource = Omit<TargetOutput['packer'], 'options' | 'provisioners'> & {
  options: Record<string, Json>;
  provisioners: { type: string; options: Record<string, Json> }[];
};

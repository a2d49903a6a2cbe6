import type { Static } from '../lib/json-schema.ts';
import type * as output from './plan-output.ts';
import type { Json, RootDevice } from './publication.ts';

type PlanOutput = Static<typeof output.plan>;
type TargetOutput = Static<typeof output.planTarget>;

/**
 * What is to exist when a release is published. Pure data: the same plan gives the same templates, byte for byte.
 * `plan-output.ts` defines its fields, as `plan --json` writes them.
 */
export type ReleasePlan = Omit<PlanOutput, 'targets' | 'checks'> & { targets: Target[] };

/**
 * One AMI to exist: an image in a region. Its name, such as `us-east-1-2204-hvm`, is also Packer's source label. Base image,
 * expectations and what Packer is told are, of one that is copied (`copy`), those of its source.
 */
export type Target = Omit<TargetOutput, 'status' | 'why' | 'takenFrom' | 'expect' | 'packer'> & {
  expect: Expectation;
  packer: PackerSource;
};

/** The target that a copied one is made from by CopyImage; `within`: minutes, of a timed copy. */
export type Copy = NonNullable<TargetOutput['copy']>;

/** How the volumes of a target are encrypted; `devices` are those of the base image, of one that is built. */
export type Encryption = NonNullable<TargetOutput['encryption']>;

/** A target of a best-effort region that a run leaves alone; `why` is a sentence without its end. */
export type LeftOut = NonNullable<PlanOutput['leftOut']>[number];

/**
 * A bundle in S3: `<prefix>.manifest.xml` and its parts, `<prefix>.part.0` and on. The prefix neither begins nor ends
 * with a slash.
 */
export type Bundle = NonNullable<TargetOutput['bundle']>;

/**
 * A base image, found and pinned. `asked` is the same in every region: two bases asked for differently are two recipes.
 * `via`: `ssm`: the parameter's value now. `images`: Canonical's newest that DescribeImages knows. `filter`: the newest
 * that the config's filter finds. `fixed`: the id that the config names. `release`: that of another publication. `tag`: what the release's existing AMIs were
 * made from.
 */
export type Base = TargetOutput['base'];

/** What a finished AMI has to be. */
export type Expectation = TargetOutput['expect'] & { rootDevice: RootDevice };

/** What Packer is told. Provisioners are already chosen for this target; `only` and `except` are gone. */
export type PackerSource = Omit<TargetOutput['packer'], 'options' | 'provisioners'> & {
  options: Record<string, Json>;
  provisioners: { type: string; options: Record<string, Json> }[];
};

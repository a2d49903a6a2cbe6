import { definedOnly } from '../lib/defined-only.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { baseTag, parseBaseTag, tagKeys } from '../model/resource-names.ts';
import type { Verdict } from '../observe/verify.ts';

/** A verified AMI, with everything that a record can contain. */
export interface RecordedAmi {
  publication: string;
  version: string;
  release: string;
  /** The account that owns it. */
  account: string;
  region: string;
  image: string;
  /** `{region}-{image}` */
  target: string;
  id: string;
  amiName: string;
  /** As EC2 says it: `x86_64`, `hvm` or `paravirtual`, `ebs`. */
  architecture: string;
  virtualization: string;
  rootDevice: string;
  /** ISO 8601. */
  created: string;
  snapshots: string[];
  /** Hash of what it was made from. */
  recipe: string;
  /** The base image; its id only if it is the plan's. */
  base: { owner: string; name: string; id?: string };
  /** For an instance-store AMI: `bucket/prefix.manifest.xml`. */
  location?: string;
  /** Built from another recipe than the config's. */
  mixed?: true;
  /** The tags of the AMI. */
  tags: Record<string, string>;
}

/** The record of a target's AMI; if it was built from another recipe, its tags decide. Pure. */
export function recordedAmi(plan: ReleasePlan, { target, status }: Verdict): RecordedAmi {
  if (!('ami' in status)) throw new Error(`${target.name} is to be recorded, but has no AMI`);
  const { ami } = status;
  const planned = baseTag(target.base);
  const made = ami.tags[tagKeys.base] ?? planned;
  const { owner, name, id } = target.base;
  const base = made === planned ? { owner, name, id } : (parseBaseTag(made) ?? { owner: '', name: made });
  return {
    publication: plan.publication,
    version: plan.version,
    release: plan.release,
    account: plan.account,
    region: target.region,
    image: target.image,
    target: target.name,
    id: ami.id,
    amiName: target.amiName,
    ...target.expect,
    created: ami.created,
    snapshots: ami.snapshots,
    recipe: ami.tags[tagKeys.recipe] ?? target.recipe,
    base,
    ...definedOnly({ mixed: ('mixed' in status && status.mixed) || undefined }),
    tags: ami.tags,
  };
}

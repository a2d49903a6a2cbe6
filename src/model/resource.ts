import type { Static } from '../lib/json-schema.ts';
import type { LookupError } from './lookup.ts';
import type { resourceKind } from './output-parts.ts';

/** A bucket's id is its name. A bundle's id is `<bucket>/<prefix>`: its objects in S3, all of them. */
export type ResourceKind = Static<typeof resourceKind>;

/** An AWS resource that a build created. */
export interface Resource {
  kind: ResourceKind;
  id: string;
  region: string;
  /** Absent if only Packer's own name shows that a build created it; its release and target are unknown. */
  release?: string;
  /** Absent for a resource of a whole release, and if `release` is. */
  target?: string;
}

/** A resource that a failed build or an interrupted cleanup left behind. */
export interface Leftover extends Resource {
  /** The AMI it belonged to, if an interrupted cleanup deregistered that. */
  ami?: string;
  /** Why it counts as a leftover. */
  reason: string;
}

/** The outcome of a planned deletion. `kept`: rightly so; `remains`: it should be gone but is not. */
export type Outcome = { outcome: 'removed'; why?: string } | { outcome: 'kept'; why: string } | Remaining;

export interface Remaining {
  outcome: 'remains';
  why: string;
}

/** A dependent of an AMI, or a bucket, and its outcome. */
export type PartOutcome = Pick<Resource, 'kind' | 'id'> & Outcome;

/** The outcome of an AMI, and of its dependents as far as they were reached. */
export type AmiOutcome = (Outcome | Postponed) & { parts: PartOutcome[] };

/** For an AMI that a later run can delete. `unprotected`: its protection was turned off. `retired`: it is private and disabled. */
export interface Postponed {
  outcome: 'unprotected' | 'retired';
  /** When it can be deleted. */
  why: string;
}

/** An AMI to delete with its dependents: everything that must be known once it is gone. */
export interface Removal {
  ami: string;
  /** Absent if an earlier run deregistered it: only its tags on its dependents are left. */
  amiName?: string;
  region: string;
  release: string;
  target: string;
  /** All snapshots of its block device mapping. */
  snapshots: string[];
  /** The instance that CreateImage created it from, if EC2 says so. */
  sourceInstance?: string;
  /** The location of its manifest in S3, as `bucket/prefix.manifest.xml`, if it is on instance-store. */
  location?: string;
  /** SSM parameters of its release that name it. */
  parameters?: string[];
  /** Its deregistration protection is on and may be turned off. */
  protected?: true;
}

export type RemovalOutcome = { removal: Removal } & AmiOutcome;

export const removed: Outcome = { outcome: 'removed' };
export const goneAlready: Outcome = { outcome: 'removed', why: 'it was already gone' };
export const kept = (why: string): Outcome => ({ outcome: 'kept', why });
export const remains = (why: string): Remaining => ({ outcome: 'remains', why });

/** The deletion failed, or a lookup that it depends on did. */
export const failed = ({ operation, code, message }: LookupError): Remaining =>
  remains(`${operation}: ${code}: ${message}`);

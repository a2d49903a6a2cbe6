import type { Static } from '../lib/json-schema.ts';
import type { LookupError } from './lookup.ts';
import type { resourceKind } from './output-parts.ts';

/** A bucket's id is its name. A bundle's id is `<bucket>/<prefix>`: its objects in S3, all of them. */
export type ResourceKind = Static<typeof resourceKind>;

/** Something in AWS that a build made. */
export interface Resource {
  kind: ResourceKind;
  id: string;
  region: string;
  /** Absent where only Packer's own name shows that a build made it: of which release and target is not known. */
  release?: string;
  /** Absent for what is a whole release's, and where `release` is. */
  target?: string;
}

/** A resource that a failed build or an interrupted cleanup left behind. */
export interface Leftover extends Resource {
  /** The AMI that it belonged to, where an interrupted cleanup deregistered that. */
  ami?: string;
  /** Why it counts as left behind. */
  reason: string;
}

/** The outcome for something that was to be deleted. `kept`: rightly so; `remains`: it should be gone and is not. */
export type Outcome = { outcome: 'removed'; why?: string } | { outcome: 'kept'; why: string } | Remaining;

export interface Remaining {
  outcome: 'remains';
  why: string;
}

/** A dependent of an AMI, or a bucket, and what came of it. */
export type PartOutcome = Pick<Resource, 'kind' | 'id'> & Outcome;

/** What came of an AMI, and of its dependents as far as they were reached. */
export type AmiOutcome = (Outcome | Postponed) & { parts: PartOutcome[] };

/** Of an AMI that a later run can delete. `unprotected`: its protection was turned off. `retired`: it is private and disabled. */
export interface Postponed {
  outcome: 'unprotected' | 'retired';
  /** From when on it can be deleted. */
  why: string;
}

/** An AMI that is to be deleted with its dependents: what has to be known once it is gone. */
export interface Removal {
  ami: string;
  /** Absent where an earlier run deregistered it: only its tags on its dependents are left. */
  amiName?: string;
  region: string;
  release: string;
  target: string;
  /** All snapshots of its block device mapping. */
  snapshots: string[];
  /** The instance that CreateImage made it from, where EC2 says so. */
  sourceInstance?: string;
  /** Of its manifest in S3, as `bucket/prefix.manifest.xml`, where it is on instance-store. */
  location?: string;
  /** SSM parameters of its release that name it. */
  parameters?: string[];
  /** Its deregistration protection is on, and may be turned off. */
  protected?: true;
}

export type RemovalOutcome = { removal: Removal } & AmiOutcome;

export const removed: Outcome = { outcome: 'removed' };
export const goneAlready: Outcome = { outcome: 'removed', why: 'it was gone already' };
export const kept = (why: string): Outcome => ({ outcome: 'kept', why });
export const remains = (why: string): Remaining => ({ outcome: 'remains', why });

/** Deleting it failed, or so did a lookup that has to come first. */
export const failed = ({ operation, code, message }: LookupError): Remaining =>
  remains(`${operation}: ${code}: ${message}`);

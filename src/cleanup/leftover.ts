import type { Resource } from '../model/sighting.ts';

/** Something that builds left behind, and nobody needs. Its target is empty where it is Packer's own. */
export interface Leftover extends Resource {
  /** Absent where it is Packer's own, of nobody knows what. */
  release?: string;
  why: string;
}

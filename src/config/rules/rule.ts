import type { Problem } from '../../lib/problem.ts';
import type { Publication } from '../../model/publication.ts';

/** A rule for publications beyond their shape. Returns all problems. */
export type Rule = (publication: Publication) => Problem[];

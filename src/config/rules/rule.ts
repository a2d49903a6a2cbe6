import type { Problem } from '../../lib/problem.ts';
import type { Publication } from '../../model/publication.ts';

/** What a publication has to hold beyond its shape. Says all that is wrong; empty where nothing is. */
export type Rule = (publication: Publication) => Problem[];

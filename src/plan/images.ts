import { refuseProblems } from '../lib/refuse-problems.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import type { Expectation } from '../model/release-plan.ts';
import { combinedImages } from './image.ts';
import { nameProblems } from './name-problems.ts';

/**
 * Every image of a publication, in the order of the config; within a matrix the last variable changes fastest.
 *
 * @throws ActionableError (2) that lists every name that is illegal, used twice, or has an unknown placeholder.
 */
export function expandImages(publication: Publication): Image[] {
  refuseProblems(publication, nameProblems(publication));
  return combinedImages(publication);
}

/** The required properties of a finished AMI of this image, in EC2's terms: `pv` is `paravirtual` there. */
export function expectationOf({ architecture, virtualization, rootDevice }: Image): Expectation {
  return {
    architecture,
    virtualization: virtualization === 'pv' ? 'paravirtual' : virtualization,
    rootDevice,
  };
}

import type { Ami } from '../model/ami.ts';
import type { Base } from '../model/release-plan.ts';
import { notAvailable, unfit, yankedBase } from './base-problems.ts';
import { toReleased } from './released-amis.ts';
import type { BaseQuestion } from './wanted-base.ts';

export type Found = { base: Base } | { problem: string };

/** An image as a base, if it is available, of the right kind and not withdrawn. */
export function fitting(question: BaseQuestion, ami: Ami, via: Base['via'], now: Date): Found {
  const yanked = yankedBase(question, ami);
  if (yanked !== undefined) return { problem: yanked };
  if (ami.state !== 'available') return { problem: notAvailable(question, ami) };
  const problem = unfit(question, ami);
  if (problem !== undefined) return { problem };
  const { id, name, owner, deprecated, windows } = ami;
  const isDeprecated = deprecated !== undefined && new Date(deprecated) <= now;
  return {
    base: {
      id,
      name,
      owner,
      asked: question.asked,
      via,
      ...(isDeprecated ? { deprecated: true } : {}),
      ...(windows ? { windows } : {}),
      ...releaseIn(question, ami),
    },
  };
}

/** The release of the other publication that a base belongs to. */
function releaseIn({ wanted }: BaseQuestion, ami: Ami): Pick<Base, 'release'> {
  const [released] = 'published' in wanted ? toReleased(ami, wanted.published) : [];
  return released ? { release: released.release } : {};
}

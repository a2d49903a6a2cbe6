import { groupMessages } from '../lib/group-messages.ts';
import { located } from '../lib/origins.ts';
import type { Publication } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';
import type { Refusal } from '../packer/refusals.ts';
import type { Validation } from '../packer/validate.ts';
import { configPlace } from '../plan/config-place.ts';
import { count } from '../report/text.ts';

/** How many names are shown of targets that are refused for the same reason. */
const namesShown = 5;

/**
 * What Packer refuses, for the author of the config: each thing once, at its place there, in Packer's words, with the targets
 * that it is about. What has no place is reported as Packer reported it, with the template that it is about. Pure.
 */
export function refusedByPacker(
  publication: Publication,
  targets: readonly Target[],
  validations: readonly Validation[],
): string[] {
  const refused = validations.flatMap((one) => (one.ok ? [] : [one]));
  const unread = refused.filter(({ refusals }) => refusals.length === 0);
  const all = refused.flatMap(({ refusals, region }) =>
    refusals.map((refusal) => placed(publication, targets, refusal, region)),
  );
  return [
    ...[...Map.groupBy(all, ({ place }) => place).values()].flatMap((atPlace) =>
      groupMessages(atPlace).map(({ first, others }) => describe(publication, first, [first, ...others])),
    ),
    ...unread.map(({ file, message }) => `${file}\n${message}`),
  ];
}

interface Placed {
  /** The target's, or its region's where Packer names no target. */
  name: string;
  region: string;
  place: string;
  text: string;
  isTarget: boolean;
}

function placed(
  publication: Publication,
  targets: readonly Target[],
  refusal: Refusal,
  region: string,
): Placed {
  const target = targets.find(({ name }) => name === refusal.target);
  const place = target ? configPlace(publication, target, refusal) : '';
  return {
    name: target?.name ?? region,
    region,
    place,
    text: refusal.words,
    isTarget: target !== undefined,
  };
}

function describe(publication: Publication, { place, text }: Placed, all: readonly Placed[]): string {
  const names = [...new Set(all.map(({ name }) => name))];
  const more = names.length - namesShown;
  const shown = `${names.slice(0, namesShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const kind = all.every(({ isTarget }) => isTarget) ? 'target' : 'region';
  return `${located(publication, place)}: ${text}\n  in ${count(names.length, kind)}: ${shown}`;
}

import { groupMessages } from '../lib/group-messages.ts';
import { located } from '../lib/origins.ts';
import type { Publication } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';
import type { Refusal } from '../packer/refusals.ts';
import type { Rejection } from '../packer/validate-targets.ts';
import { configPlace } from '../plan/config-place.ts';
import { count } from '../report/text.ts';

/** How many targets with the same refusal are shown by name. */
const namesShown = 5;

/** One of Packer's refusals. */
export interface RefusedByPacker {
  /** With the file: `configs/web.json: images[0].builder.throughput`. */
  place: string;
  /** Packer's words. */
  said: string;
  /** Names of the affected targets. */
  targets: string[];
}

/**
 * Packer's refusals, for the author of the config: each once, at its place in the config, in Packer's words, with the affected
 * targets. A refusal without a place is reported as Packer reported it. Pure.
 */
export function refusedByPacker(
  publication: Publication,
  rejections: readonly Rejection[],
): RefusedByPacker[] {
  const all = rejections.flatMap(({ refusals }) =>
    refusals.flatMap(({ refusal, targets }) => targets.map((target) => placed(publication, target, refusal))),
  );
  const grouped = [...Map.groupBy(all, ({ place }) => place).values()].flatMap((atPlace) =>
    groupMessages(atPlace).map(({ first, others }) => ({
      place: located(publication, first.place),
      said: first.text,
      targets: [...new Set([first, ...others].map(({ name }) => name))].sort(),
    })),
  );
  const unread = rejections.flatMap(({ refusals, message, targets }) =>
    refusals.length > 0
      ? []
      : [{ place: publication.file, said: message, targets: targets.map(({ name }) => name) }],
  );
  return [...grouped, ...unread];
}

function placed(publication: Publication, target: Target, refusal: Refusal) {
  const { name, region } = target;
  const place = refusal.target === undefined ? '' : configPlace(publication, target, refusal);
  return { name, region, place, text: refusal.words };
}

/** In two lines: place and refusal, then the targets. Pure. */
export function describeRefused({ place, said, targets }: RefusedByPacker): string {
  const more = targets.length - namesShown;
  const shown = `${targets.slice(0, namesShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `${place}: ${said}\n  in ${count(targets.length, 'target')}: ${shown}`;
}

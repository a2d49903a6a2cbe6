import type { Json } from '../../model/publication.ts';
import { buildersOf, optionPlace } from './builders.ts';
import type { Rule } from './rule.ts';

/**
 * Tags by which releases are found are not the user's to set; `aws:` is AWS's own, in any case of letters
 * (EC2 user guide, "Tag your Amazon EC2 resources").
 */
export const reservedTags: Rule = (publication) =>
  buildersOf(publication).flatMap((builder) =>
    Object.entries(builder.options).flatMap(([option, value]) =>
      tagKeys(option, value)
        .filter((key) => /^(?:gopackgo|aws):/i.test(key))
        .map((key) => ({
          place: optionPlace(builder, option, key),
          expected: 'a tag that starts with neither "gopackgo:" nor "aws:"',
          found: JSON.stringify(key),
          advice: 'Give it another name: these are set by gopackgo and by AWS.',
        })),
    ),
  );

/** The keys in `tags`, `run_tags`, … and in `tag`, `run_tag`, …, which hold blocks of `key` and `value`. */
function tagKeys(option: string, value: Json): string[] {
  if (!/(?:^|_)tags?$/.test(option) || typeof value !== 'object' || value === null) return [];
  if (option.endsWith('tags')) return Object.keys(value);
  return [value].flat().flatMap((block) => {
    const key = typeof block === 'object' && block !== null && !Array.isArray(block) ? block.key : undefined;
    return typeof key === 'string' ? [key] : [];
  });
}

import type { Json } from '../../model/publication.ts';
import { isSharedTag } from '../../model/shared-tags.ts';
import { buildersOf, optionPlace } from './builders.ts';
import type { Rule } from './rule.ts';

/**
 * Users may not set the tags that gopackgo finds releases by; `aws:` is reserved for AWS, in any case (EC2 user guide, "Tag
 * your Amazon EC2 resources").
 */
export const reservedTags: Rule = (publication) =>
  buildersOf(publication).flatMap((builder) =>
    Object.entries(builder.options).flatMap(([option, value]) =>
      tagKeys(option, value).flatMap((key) => {
        const at = { place: optionPlace(builder, option, key), found: JSON.stringify(key) };
        if (/^(?:gopackgo|aws):/i.test(key)) {
          const expected = 'a tag that starts with neither "gopackgo:" nor "aws:"';
          return [{ ...at, expected, advice: 'Give it another name: these are set by gopackgo and by AWS.' }];
        }
        if (!publication.lifecycle?.sharedTags || !isSharedTag(key)) return [];
        return [{ ...at, expected: 'a tag that "sharedTags" does not set', advice: 'Give it another name.' }];
      }),
    ),
  );

/** The keys in `tags`, `run_tags`, … and in `tag`, `run_tag`, …, which are blocks of `key` and `value`. */
function tagKeys(option: string, value: Json): string[] {
  if (!/(?:^|_)tags?$/.test(option) || typeof value !== 'object' || value === null) return [];
  if (option.endsWith('tags')) return Object.keys(value);
  return [value].flat().flatMap((block) => {
    const key = typeof block === 'object' && block !== null && !Array.isArray(block) ? block.key : undefined;
    return typeof key === 'string' ? [key] : [];
  });
}

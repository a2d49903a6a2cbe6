import { isObject } from '../lib/is-object.ts';
import type { Json } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';

/** The tags that a launch sets, which a policy may ask for (`aws:RequestTag`): the config's, and one of gopackgo's. Pure. */
export function tagsOf({ name, packer: { options } }: Target): {
  tags: Record<string, string>;
  volumeTags: Record<string, string>;
} {
  const own = { 'gopackgo:target': name };
  return {
    tags: { ...textsOf(options.run_tags), ...own },
    volumeTags: { ...textsOf(options.run_volume_tags), ...own },
  };
}

const textsOf = (tags: Json | undefined): Record<string, string> =>
  isObject(tags)
    ? Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value ?? '')]))
    : {};

import { fill } from '../lib/placeholders.ts';

/**
 * A text of the config with its placeholders filled in. To Packer their values are text, whatever they contain: anyone who may
 * push can choose the name of a branch. Templates escape all of HCL's sequences except those that a config may use,
 * `${build.…}`, `${source.…}`, `${path.root}` and `${path.cwd}`; in a value these are escaped here. `template-problems.ts`
 * refuses text that no escape can protect. Pure.
 */
export const fillAsText = (text: string, values: Readonly<Record<string, string>>): string =>
  fill(text, values, (value, following) => {
    const whole = value + fill(following, values);
    const escaped = whole.replace(
      /\$(?=\{(?:(?:build|source)\.|path\.(?:root|cwd)\}))/g,
      (sign, at: number) => (at < value.length ? sign + sign : sign),
    );
    return escaped.slice(0, value.length + escaped.length - whole.length);
  });

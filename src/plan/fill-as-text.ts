import { fill } from '../lib/placeholders.ts';

/**
 * A text of the config with its placeholders filled in. Their values are text for Packer, whatever they hold: a branch's name is
 * chosen by whoever may push. Templates escape all of HCL's sequences but those that a config may use, `${build.…}`,
 * `${source.…}`, `${path.root}` and `${path.cwd}`; in a value these are escaped here. What no escape helps against, `template-problems.ts` refuses. Pure.
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

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionsOf, withTimestamp } from '../config/timestamp.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import type { Result } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';

/**
 * Which release a command means if the version contains `{timestamp}` and none is named. `new`: always another one.
 * `unfinished`: the newest that is started and not finished, otherwise a new one. `known`: the newest unfinished, otherwise the
 * newest.
 */
export type Meant = 'new' | 'unfinished' | 'known';

export interface Choice {
  version: string;
  /** A message that says so: the user named no version. */
  said: string;
}

/**
 * Chooses among the releases that have a folder in `folder` (`.gopackgo`).
 *
 * @throws ActionableError (2) if a known release is meant and there is none.
 */
export function timestampedVersion(
  template: string,
  publication: string,
  meant: Meant,
  { folder, now }: { folder: string; now: Date },
): Choice {
  const known = versionsOf(template, versionsIn(folder, publication));
  const unfinished = known.find((version) => isUnfinished(join(folder, `${publication}@${version}`)));
  const made = withTimestamp(template, now);
  const named = (version: string) => `${publication}@${version}`;
  if (meant !== 'new' && unfinished !== undefined) {
    return { version: unfinished, said: `${named(unfinished)}: the newest release that is not finished` };
  }
  if (meant !== 'known') {
    const before =
      unfinished === undefined ? '' : `. ${named(unfinished)} is not finished: to resume that one, name it`;
    return { version: made, said: `${named(made)}: a new release${before}` };
  }
  const [newest] = known;
  if (newest !== undefined) return { version: newest, said: `${named(newest)}: the newest release` };
  throw new ActionableError('no-known-release', {
    place: publication,
    expected: 'a release that is known on this machine',
    found: `none in ${folder}`,
    advice:
      `Name one: ${named(made)}, for example. To list those in AWS: aws ec2 describe-images --owners self ` +
      `--filters 'Name=tag:gopackgo:release,Values=${publication}@*' --region …`,
  });
}

/** Versions of started releases, whose plan is stored. */
function versionsIn(folder: string, publication: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) =>
      name.startsWith(`${publication}@`) && existsSync(join(folder, name, 'plan.json'))
        ? [name.slice(publication.length + 1)]
        : [],
    );
  } catch {
    return [];
  }
}

/**
 * Started, and without a result that says it is finished: all required targets are in it, or all are shared. A result that
 * cannot be read does not count.
 */
function isUnfinished(folder: string): boolean {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  try {
    const { exit, shared, targets: done }: Pick<Result, 'exit' | 'shared' | 'targets'> = read('result.json');
    if (exit !== exitStatus.done) return true;
    const { targets }: Pick<ReleasePlan, 'targets'> = read('plan.json');
    const isDone = ({ name }: { name: string }) => done.some((one) => one.name === name);
    return !shared && !targets.filter(({ required }) => required).every(isDone);
  } catch {
    return true;
  }
}

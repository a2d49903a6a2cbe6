import { relative, resolve } from 'node:path';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { errorCode } from '../lib/error-code.ts';
import { writeTemplates } from '../packer/template.ts';
import type { Host } from './host.ts';
import { withRelease } from './open-release.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { say } from './say.ts';

/** Writes the Packer template of each region, and prints the names of the files. */
export function generate(args: ReleaseArguments & { out: string }, host: Host): Promise<number> {
  return withRelease(args, host, async ({ plan, looked }) => {
    const written = await writeTemplates(plan, resolve(host.cwd, args.out)).catch((error) => {
      const code = errorCode(error);
      if (code === undefined) throw error;
      throw new ActionableError('file-unwritable', {
        place: `--out ${args.out}`,
        expected: 'a folder that can be written',
        found: code,
      });
    });
    looked();
    say(host.stdout, written.map(({ file }) => relative(host.cwd, file)).join('\n'));
    return exitStatus.done;
  });
}

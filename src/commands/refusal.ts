import { ActionableError } from '../lib/actionable-error.ts';
import { awsInRehearsal } from '../lib/aws-in-rehearsal.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { mapTexts } from '../lib/map-texts.ts';
import { redact } from '../lib/redact.ts';
import type { RefusedLine } from '../model/refused-output.ts';
import type { Host } from './host.ts';
import { say, sayJson } from './say.ts';

/**
 * Says why a command ends: on stderr in words, and with `--json` as the last line on stdout.
 *
 * @returns the exit status.
 */
export function reportRefusal(
  error: unknown,
  { json, rehearses = false }: { json: boolean; rehearses?: boolean },
  host: Host,
): number {
  const refusal = refusalOf(error);
  say(host.stderr, refusal.message);
  const note = rehearses ? awsInRehearsal([refusal.message]) : undefined;
  if (note !== undefined) say(host.stderr, note);
  if (json) sayJson(host.stdout, mapTexts(refusedLine(refusal), redact));
  return refusal.status;
}

/** The line of `--json`. Pure. */
export function refusedLine({ refusal: code, message, status, problems }: ActionableError): RefusedLine {
  const [first] = problems;
  return {
    type: 'refused',
    format: 2,
    code,
    message,
    ...(first ? partsOf(first) : {}),
    ...(problems.length > 1
      ? { problems: problems.map((one) => ({ ...partsOf(one), ...definedOnly({ code: one.code }) })) }
      : {}),
    exit: status,
  };
}

const partsOf = ({ place, expected, found, advice }: ActionableError['problems'][number]) => ({
  place,
  expected,
  found,
  ...definedOnly({ advice }),
});

function refusalOf(error: unknown): ActionableError {
  if (error instanceof ActionableError) return error;
  if (error instanceof Error && isOfThisMachine(error)) {
    return new ActionableError('system-error', `The operating system refused an operation: ${error.message}`);
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ActionableError(
    'unexpected-error',
    `gopackgo failed unexpectedly. Please report this:\n${trace}`,
  );
}

const outOfRoom = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** Refused by the file system or a system limit: our stack trace would not explain it. */
const isOfThisMachine = (error: Error): boolean => outOfRoom.has(errorCode(error) ?? '');

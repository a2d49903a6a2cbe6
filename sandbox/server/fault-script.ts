import { Ajv, type ErrorObject } from 'ajv';
import { checkFault } from '../calls/faults.ts';
import type { Fault } from '../model/contract.ts';
import { serviceNames } from '../model/service-names.ts';
import { SandboxError } from './sandbox-error.ts';

const count = { type: 'integer', minimum: 0 };
const milliseconds = { type: 'number', minimum: 0, maximum: 3_600_000 };
const text = { type: 'string', minLength: 1 };

function object(required: Record<string, unknown>, optional: Record<string, unknown> = {}) {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  };
}

const often = { skip: count, times: count };

const apiFault = object(
  {
    on: { type: 'string', pattern: `^(${serviceNames.join('|')}):(\\*|[A-Za-z0-9]+)$` },
    does: {
      anyOf: [
        object(
          { error: text },
          { message: { type: 'string' }, status: { type: 'integer', minimum: 400, maximum: 599 } },
        ),
        object({ delay: milliseconds }),
        object({ delayAnswer: milliseconds }),
        object({ dropAnswer: { const: true } }),
        object({ becomes: { const: 'failed' } }, { reason: { type: 'string' } }),
        { enum: ['drop', 'hang'] },
      ],
    },
  },
  { region: text, userAgent: text, input: text, ...often },
);

const sshFault = object(
  {
    on: { const: 'ssh' },
    does: {
      anyOf: [
        object(
          { exit: { type: 'integer', minimum: 0, maximum: 255 } },
          { stderr: { type: 'string' }, stdout: { type: 'string' } },
        ),
        object({ delay: milliseconds }),
        { enum: ['hang', 'disconnect', 'interrupt'] },
      ],
    },
  },
  { target: text, command: text, ...often },
);

const ajv = new Ajv({ allErrors: true, verbose: true });
const isSshFault = ajv.compile<Fault>(sshFault);
const isApiFault = ajv.compile<Fault>(apiFault);

const doings = {
  api: '{"error": "CODE"}, {"delay": MS}, {"delayAnswer": MS}, {"dropAnswer": true}, {"becomes": "failed"}, "drop" or "hang"',
  ssh: '{"exit": 0 to 255}, {"delay": MS}, "hang", "disconnect" or "interrupt"',
};

/**
 * Reads a fault script: one fault, or a list of them. A rule that could never apply is a mistake, so unknown keys and commands
 * that are not regular expressions throw `SandboxError`.
 */
export function parseFaults(script: unknown): Fault[] {
  return [script].flat().map((fault, index) => {
    const onSsh = typeof fault === 'object' && fault !== null && 'on' in fault && fault.on === 'ssh';
    const isFault = onSsh ? isSshFault : isApiFault;
    if (!isFault(fault))
      throw new SandboxError(complaint(isFault.errors ?? [], index, onSsh ? 'ssh' : 'api'));
    try {
      checkFault(fault);
    } catch (error) {
      throw new SandboxError(`faults[${index}]: ${(error as Error).message}`);
    }
    return fault;
  });
}

/** The first problem, in words; the messages of all `anyOf` branches would hide it. */
function complaint(errors: ErrorObject[], index: number, kind: keyof typeof doings): string {
  const place = `faults[${index}]`;
  const [first] = errors;
  const doing = errors.find(({ instancePath, keyword }) => instancePath === '/does' && keyword === 'anyOf');
  if (first?.instancePath.startsWith('/does') && doing) {
    return `${place}.does: expected ${doings[kind]}, found ${JSON.stringify(doing.data)} (docs/sandbox.md, "Faults")`;
  }
  const at = (first?.instancePath ?? '').replaceAll('/', '.');
  const key = first?.params.additionalProperty;
  return `${place}${at}${key === undefined ? '' : `.${key}`}: ${first?.message} (docs/sandbox.md, "Faults")`;
}

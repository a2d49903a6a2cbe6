import { Ajv } from 'ajv';
import type { Fault } from '../contract.ts';
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
    on: { type: 'string', pattern: '^(ec2|ssm|sts):(\\*|[A-Za-z]+)$' },
    does: {
      anyOf: [
        object(
          { error: text },
          { message: { type: 'string' }, status: { type: 'integer', minimum: 400, maximum: 599 } },
        ),
        object({ delay: milliseconds }),
        object({ delayAnswer: milliseconds }),
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
        { enum: ['hang', 'disconnect'] },
      ],
    },
  },
  { target: text, command: text, ...often },
);

const ajv = new Ajv({ allErrors: true });
const isSshFault = ajv.compile<Fault>(sshFault);
const isApiFault = ajv.compile<Fault>(apiFault);

/**
 * Reads a fault script: one fault, or a list of them. A rule that could never act is a mistake, not a fault that
 * did not happen, so unknown keys and commands that are no regular expression throw `SandboxError`.
 */
export function parseFaults(script: unknown): Fault[] {
  return [script].flat().map((fault, index) => {
    const onSsh = typeof fault === 'object' && fault !== null && 'on' in fault && fault.on === 'ssh';
    const isFault = onSsh ? isSshFault : isApiFault;
    if (!isFault(fault))
      throw new SandboxError(`faults[${index}]: ${ajv.errorsText(isFault.errors, { dataVar: 'fault' })}`);
    if (fault.on === 'ssh' && 'command' in fault) checkExpression(fault.command, index);
    return fault;
  });
}

function checkExpression(expression: unknown, index: number): void {
  try {
    new RegExp(String(expression));
  } catch (error) {
    throw new SandboxError(`faults[${index}].command: ${(error as Error).message}`);
  }
}

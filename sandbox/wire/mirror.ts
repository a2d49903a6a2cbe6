import { AwsError } from '../model/aws-error.ts';
import type { Mirror } from '../model/contract.ts';
import { inputOf, operationOf } from './request.ts';
import { answerOf } from './response.ts';
import type { Service } from './service.ts';

interface MirroredRequest {
  service: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  /** In base64. */
  body: string;
}

interface MirroredAnswer {
  service: string;
  operation: string;
  output: unknown;
}

/**
 * Shows how the wire layer reads and writes, for any operation of these services. In JSON, times are `{"$time":
 * "2026-01-02T03:04:05.678Z"}` and bytes `{"$blob": "base64"}`. For a refused request, shows the reason.
 */
export const createMirror = (services: readonly Service[]): Mirror => {
  const named = (name: string): Service => {
    const service = services.find((one) => one.name === name);
    if (!service) throw new Error(`The mirror has no service ${name}`);
    return service;
  };
  return {
    request: (asked) => {
      const { service: name, body, ...request } = asked as MirroredRequest;
      const service = named(name);
      const whole = { ...request, hostname: '', body: Buffer.from(body, 'base64') };
      try {
        const operation = operationOf(service, whole);
        return { operation: operation.name, input: toTagged(inputOf(service, operation, whole)) };
      } catch (error) {
        if (error instanceof AwsError) return { refused: `${error.code}: ${error.message}` };
        throw error;
      }
    },
    answer: (asked) => {
      const { service: name, operation: its, output } = asked as MirroredAnswer;
      const service = named(name);
      const operation = service.operations.get(its);
      if (!operation) throw new Error(`${name} has no operation ${its}`);
      const { body, ...answer } = answerOf(service, operation, fromTagged(output) as object, 'mirrored');
      return { ...answer, body: body.toString('base64') };
    },
  };
};

const toTagged = (value: unknown): unknown => {
  if (value instanceof Date) return { $time: value.toISOString() };
  if (value instanceof Uint8Array) return { $blob: Buffer.from(value).toString('base64') };
  return mapped(value, toTagged);
};

const fromTagged = (value: unknown): unknown => {
  const { $time, $blob } = (value ?? {}) as { $time?: string; $blob?: string };
  if ($time !== undefined) return new Date($time);
  if ($blob !== undefined) return new Uint8Array(Buffer.from($blob, 'base64'));
  return mapped(value, fromTagged);
};

const mapped = (value: unknown, one: (value: unknown) => unknown): unknown => {
  if (Array.isArray(value)) return value.map(one);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, one(member)]));
};

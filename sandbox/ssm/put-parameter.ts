import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { AwsError, notImplemented } from '../aws-error.ts';
import { type Operation, operation } from '../operation.ts';
import { isReserved, keyOf } from './parameter-records.ts';

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** Throws for a name that Systems Manager does not take ("About requirements and constraints for parameter names"). */
const checkName = (name: string): void => {
  if (/^\/?ssm/i.test(name)) {
    throw invalid('Parameter name: can\'t be prefixed with "ssm" (case-insensitive).');
  }
  if (isReserved(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  const parts = name.split('/').filter((part) => part !== '');
  if (!/^[a-zA-Z0-9_.\-/]{1,1011}$/.test(name) || parts.length === 0 || parts.length > 15) {
    throw invalid('Parameter name must be a fully qualified name of letters, digits and the signs _ . - /.');
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw invalid('Parameter name must be a fully qualified name: one with levels begins with a slash.');
  }
};

const types: readonly string[] = ['SecureString', 'StringList', 'String'];
const tiers: readonly string[] = ['Standard', 'Intelligent-Tiering', 'Advanced'];

export const putParameterOperations: Record<string, Operation> = {
  /** Plain text only: secure strings and values that AWS validates later are not here. */
  PutParameter: operation<PutParameterRequest, PutParameterResult>(
    ['Name', 'Value', 'Type', 'Overwrite', 'Description', 'Tier', 'DataType'],
    (context, { Name = '', Value = '', Type, Overwrite, Tier, DataType = 'text' }) => {
      for (const [at, value, allowed] of [
        ['type', Type, types],
        ['tier', Tier, tiers],
      ] as const) {
        if (value === undefined || allowed.includes(value)) continue;
        throw invalid(
          `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
        );
      }
      checkName(Name);
      const parameters = context.store.of('parameter', context.account, context.region);
      const before = parameters.get(keyOf(Name));
      if (before && !Overwrite) {
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      const type = Type ?? before?.type;
      if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
      if (type === 'SecureString') throw notImplemented('ssm:PutParameter of a SecureString');
      if (DataType !== 'text') throw notImplemented(`ssm:PutParameter of the data type ${DataType}`);
      if (Tier !== undefined && Tier !== 'Standard')
        throw notImplemented(`ssm:PutParameter in the tier ${Tier}`);
      if (Value.length === 0 || Buffer.byteLength(Value) > 4096) {
        throw invalid('Standard tier parameters support a parameter value of 1 to 4096 characters.');
      }
      const version = (before?.version ?? 0) + 1;
      parameters.put(keyOf(Name), {
        name: before?.name ?? Name,
        type,
        value: Value,
        version,
        dataType: DataType,
        modifiedAt: context.now.toISOString(),
      });
      return { Version: version, Tier: 'Standard' };
    },
  ),
};

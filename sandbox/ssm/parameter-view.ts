import type { Parameter } from '@aws-sdk/client-ssm';
import type { Context } from '../calls/operation.ts';
import type { ParameterRecord } from '../model/records.ts';
import { parameterArn } from '../state/parameters.ts';
import { readValue } from './secure-strings.ts';

/** A parameter as GetParameter shows it; `selector` is the requested version or label. */
export const parameterView = (
  context: Context,
  record: ParameterRecord,
  { selector, decrypted = false }: { selector?: string | undefined; decrypted?: boolean | undefined } = {},
): Parameter => ({
  Name: record.name,
  Type: record.type,
  Value: readValue(record, decrypted),
  Version: record.version,
  Selector: selector,
  LastModifiedDate: new Date(record.modifiedAt),
  ARN: parameterArn(context, record),
  DataType: record.dataType,
});

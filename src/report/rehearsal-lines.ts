import { awsInRehearsal } from '../lib/aws-in-rehearsal.ts';
import { wrap } from './text.ts';

/** Below advice of a rehearsal that has commands of the AWS CLI: how these reach the sandbox. Pure. */
export function rehearsalLines(endpoint: string, advice: readonly string[], width: number): string[] {
  const note = endpoint === 'aws' ? undefined : awsInRehearsal(advice);
  return note === undefined ? [] : wrap(`  ${note}`, width, '    ');
}

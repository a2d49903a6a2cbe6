import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RefereesEnvironment } from './environment.ts';
import { answerOfScript } from './python.ts';

/** An example of AWS's documentation, from the AWS CLI's package. */
export interface Example {
  service: 'autoscaling' | 'ec2' | 'iam' | 'ssm' | 'sts';
  operation: string;
  /** `ec2 describe-images 1`: its page and place there. */
  name: string;
  command: string;
  /** Contents of files that the command names. */
  files: Record<string, string>;
  /** The output that the page shows under the command; empty if it shows none. */
  output: string;
}

export const documentedExamples = (environment: RefereesEnvironment): Promise<Example[]> =>
  answerOfScript(environment, ['documented_examples.py', 'autoscaling', 'ec2', 'iam', 'ssm', 'sts']);

/** The answer of a script beside this file to an input, which it gets in a file. */
export const answerTo = async <T>(
  environment: RefereesEnvironment,
  script: string[],
  input: unknown,
  variables: Record<string, string> = {},
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'judge-'));
  try {
    const file = join(folder, 'input.json');
    writeFileSync(file, JSON.stringify(input));
    return await answerOfScript<T>(environment, [...script, file], {
      PYTHONDONTWRITEBYTECODE: '1',
      ...variables,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

import { readFileSync } from 'node:fs';

/** One line of a recording. */
export interface RecordedCall {
  service: 'ec2' | 'iam' | 'sts';
  operation: string;
  region: string;
  input: Record<string, unknown>;
  status: number;
}

export const recordingOf = (builder: 'amazon-ebs' | 'amazon-instance'): RecordedCall[] =>
  readFileSync(new URL(`${builder}.ndjson`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { service, operation, region, input, status } = JSON.parse(line);
      return { service, operation, region, input, status };
    });

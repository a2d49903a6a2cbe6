import type { AwsRequest, AwsResponse, Machine, Unanswered } from '../../model/contract.ts';
import type { CommandAnswer } from '../command-answer.ts';
import type { InstanceFiles } from '../instance-files.ts';
import type { UploadedFiles } from '../uploaded-files.ts';
import type { ToolName } from './find-tools.ts';
import type { ToolOption } from './tool-options.ts';

/** What the AMI tools can access on an instance. */
export interface ToolWorld {
  machine: Machine;
  user: string;
  files: InstanceFiles;
  uploaded: UploadedFiles;
  /** Asks the embedded AWS. */
  handle: (request: AwsRequest) => Promise<AwsResponse | Unanswered>;
}

/** Ends a tool with a status and a line on stderr. */
export class ToolError extends Error {
  readonly exit: number;

  constructor(exit: number, message: string) {
    super(message);
    this.exit = exit;
  }
}

/** Options of every tool. */
export const commonOptions: readonly ToolOption[] = [
  { long: '--help', short: '-h' },
  { long: '--version' },
  { long: '--manual' },
  { long: '--batch' },
  { long: '--debug' },
];

/** Exit statuses of the tools: any other failure, a missing file, S3, no metadata. */
export const statuses = { failed: 254, noFile: 2, s3: 3, bucketElsewhere: 10, noMetadata: 12 } as const;

/** A tool's output, line by line. */
export interface Printed {
  stdout: string[];
  stderr: string[];
}

export const answerOf = ({ stdout, stderr }: Printed, exit: number): CommandAnswer => ({
  exit,
  ...(stdout.length === 0 ? {} : { stdout: `${stdout.join('\n')}\n` }),
  ...(stderr.length === 0 ? {} : { stderr: `${stderr.join('\n')}\n` }),
});

export type Tool = (words: readonly string[], world: ToolWorld, printed: Printed) => Promise<void>;

export type Tools = Readonly<Record<ToolName, Tool>>;

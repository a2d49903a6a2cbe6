import type { CommandAnswer } from '../command-answer.ts';
import { bundleVolume } from './bundle-volume.ts';
import { findTools } from './find-tools.ts';
import { answerOf, type Printed, statuses, ToolError, type Tools, type ToolWorld } from './tool.ts';
import { UsageError } from './tool-options.ts';
import { uploadBundle } from './upload-bundle.ts';

const tools: Tools = { 'ec2-bundle-vol': bundleVolume, 'ec2-upload-bundle': uploadBundle };

/**
 * Executes the AMI tools in a command; undefined for a command without any. The first one that fails ends the command, with the
 * tool's own status and words.
 */
export async function runAmiTools(command: string, world: ToolWorld): Promise<CommandAnswer | undefined> {
  const found = findTools(command, world.user);
  const printed: Printed = { stdout: [], stderr: [] };
  if ('notUnderstood' in found) {
    printed.stderr.push(
      `The sandbox executes the AMI tools, but does not support a command that runs them with ${found.notUnderstood}`,
    );
    return answerOf(printed, 1);
  }
  if (found.calls.length === 0) return undefined;
  for (const { tool, words, user } of found.calls) {
    try {
      await tools[tool](words, { ...world, user }, printed);
    } catch (error) {
      if (error instanceof UsageError) {
        printed.stderr.push(error.message, `Try '${tool} --help'`);
        return answerOf(printed, 1);
      }
      if (!(error instanceof ToolError)) throw error;
      printed.stderr.push(`ERROR: ${error.message}`);
      return answerOf(printed, error.exit || statuses.failed);
    }
  }
  return answerOf(printed, 0);
}

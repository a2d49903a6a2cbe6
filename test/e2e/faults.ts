import type { ApiFault, SshFault } from '../../sandbox/index.ts';
import { type RunningSandbox, until } from './project.ts';

/** Text in the User-Agent of Packer's calls and not in ours: Packer 1.6.6 sends no name but its SDK's. */
export const packersAgent = 'aws-sdk-go';

/** Packer may not call this; gopackgo, which asks with the same credentials, may. */
export const deniedToPacker = (on: string, more: Partial<ApiFault> = {}): ApiFault => ({
  on,
  userAgent: packersAgent,
  does: {
    error: 'UnauthorizedOperation',
    message: 'You are not authorized to perform this operation.',
    status: 403,
  },
  ...more,
});

/** A target's script ends so, once. */
export const scriptEnds = (
  target: string,
  does: SshFault['does'],
  more: Partial<SshFault> = {},
): SshFault => ({
  on: 'ssh',
  target,
  // The command that runs it, not those that upload, chmod and remove it.
  command: 'RELEASE=',
  does,
  ...more,
});

/** The faults of the sandbox are being acted on, all of them. */
export const faultActs = (sandbox: RunningSandbox): Promise<void> =>
  until('the fault to act', async () => {
    const left = await sandbox.ask('faults');
    return ((await left.json()) as { faults: unknown[] }).faults.length === 0;
  });

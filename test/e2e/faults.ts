import type { ApiFault, SshFault } from '../../sandbox/index.ts';
import { type RunningSandbox, until } from './project.ts';

/** Text in the User-Agent of Packer's calls but not of ours: Packer 1.6.6 sends only its SDK's name. */
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

/** The exit status of a target's script, once. */
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

/** All faults of the sandbox are in progress. */
export const faultActs = (sandbox: RunningSandbox): Promise<void> =>
  until('the fault to act', async () => {
    const left = await sandbox.ask('faults');
    return ((await left.json()) as { faults: unknown[] }).faults.length === 0;
  });

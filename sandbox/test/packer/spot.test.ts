import { describe, expect, it, onTestFinished } from 'vitest';
import { type Fault, type Sandbox, startSandbox } from '../../index.ts';
import { temporaryFolder } from '../server/stand-in.ts';
import { buildWeb, imagesOf } from './a-build.ts';

const started = async (faults: Fault[] = []): Promise<Sandbox> => {
  const sandbox = await startSandbox({ folder: temporaryFolder(), faults });
  onTestFinished(() => sandbox.close());
  return sandbox;
};

const callsOf = (sandbox: Sandbox, name: string) =>
  sandbox.calls().filter(({ operation, error }) => operation === name && error === undefined);

describe('Packer on the Spot market', () => {
  it('builds on a Spot Instance, with a launch template and an instant fleet that it deletes', async () => {
    const sandbox = await started();
    const { exit, output } = await buildWeb(sandbox, { spot_price: 'auto', spot_tags: { team: 'web' } });
    expect(exit, output).toBe(0);
    expect(await imagesOf(sandbox)).toEqual(['web 1.0']);
    for (const name of [
      'CreateLaunchTemplate',
      'CreateFleet',
      'DeleteLaunchTemplate',
      'TerminateInstances',
    ]) {
      expect(callsOf(sandbox, name), name).toHaveLength(1);
    }
    expect(callsOf(sandbox, 'RunInstances')).toEqual([]);
    expect(callsOf(sandbox, 'StopInstances')).toEqual([]);
  });

  it('builds on one of several types, with a maximum price', async () => {
    const sandbox = await started();
    const { exit, output } = await buildWeb(sandbox, {
      instance_type: undefined,
      spot_instance_types: ['t3.micro', 't3.small'],
      spot_price: '0.05',
    });
    expect(exit, output).toBe(0);
  });

  it('fails if its Spot Instance is interrupted, without an AMI or leftovers', async () => {
    const sandbox = await started([{ on: 'ssh', command: 'script_', does: 'interrupt' }]);
    const { exit } = await buildWeb(sandbox, { spot_price: 'auto' });
    expect(exit).toBe(1);
    expect(await imagesOf(sandbox)).toEqual([]);
    expect(callsOf(sandbox, 'DeleteLaunchTemplate')).toHaveLength(1);
  });

  it('fails if there is no capacity', async () => {
    const does = { becomes: 'failed', reason: 'UnfulfillableCapacity' } as const;
    const sandbox = await started([{ on: 'ec2:CreateFleet', times: 0, does }]);
    const { exit, output } = await buildWeb(sandbox, { spot_price: 'auto' });
    expect(exit).toBe(1);
    expect(output).toContain('There is no Spot capacity available');
  });
});

import { calls, describeKilled } from './killed.ts';

describeKilled({
  when: 'while Packer builds',
  faults: [{ on: 'ssh', command: 'script_', times: 0, does: { delay: 4_000 } }],
  reached: async (sandbox) => (await calls(sandbox, 'RunInstances')).length === 2,
  built: false,
});

import { describeKilled } from './killed.ts';

describeKilled({
  when: 'between verify and share',
  faults: [{ on: 'ec2:ModifySnapshotAttribute', times: 2, does: 'hang' }],
  reached: async (sandbox) => {
    const left = await sandbox.ask('faults');
    return !(await left.text()).includes('ModifySnapshotAttribute');
  },
  built: true,
});

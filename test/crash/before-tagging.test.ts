import { packersAgent } from '../e2e/faults.ts';
import { calls, describeKilled } from './killed.ts';

describeKilled({
  when: 'after Packer made the AMI and before it tagged it',
  faults: [{ on: 'ec2:CreateTags', userAgent: packersAgent, times: 2, does: { delay: 4_000 } }],
  reached: async (sandbox) => (await calls(sandbox, 'CreateImage')).length === 2,
  built: true,
});

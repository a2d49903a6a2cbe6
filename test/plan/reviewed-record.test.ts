import { expect, it } from 'vitest';
import { changesSince } from '../../src/plan/reviewed-plan.ts';
import { plan } from '../release/embedded.ts';

it('a plan that was read holds for the file that it recorded in, and for no other', () => {
  const standings = { 'us-east-1-2204-hvm': 'absent' };
  const reviewed = { ...plan, record: 'ami_ids.json', selected: Object.keys(standings), standings };
  expect(changesSince(reviewed, { ...plan, record: 'ami_ids.json' }, standings)).toEqual([]);
  expect(changesSince(reviewed, plan, standings)).toEqual(['recorded in: was "ami_ids.json", is nothing']);
});

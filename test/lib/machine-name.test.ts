import { expect, it } from 'vitest';
import { machineName } from '../../src/lib/machine-name.ts';

it.each([
  ['web', 'pid:[4026531836]', 'web'],
  ['web', 'pid:[4026532201]', 'web/4026532201'],
  ['mac', undefined, 'mac'],
  ['odd', 'something else', 'odd'],
])('the machine %s in namespace %s is called %s', (hostname, namespace, name) => {
  expect(machineName(hostname, namespace)).toBe(name);
});

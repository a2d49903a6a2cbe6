import { expect, it } from 'vitest';
import { isSameMachine, machineName, withoutBoot } from '../../src/lib/machine-name.ts';

const boot = '223a7912-f7a0-45a7-a9d5-e6bd6d58a85a';

it.each([
  ['web', 'pid:[4026531836]', boot, 'web@223a7912'],
  ['web', 'pid:[4026532201]', boot, 'web/4026532201@223a7912'],
  ['mac', undefined, '223A7912-F7A0-45A7-A9D5-E6BD6D58A85A\n', 'mac@223a7912'],
  ['bsd', undefined, undefined, 'bsd'],
  ['odd', 'something else', 'no boot', 'odd'],
])('the machine %s in namespace %s and boot %s is called %s', (hostname, namespace, id, name) => {
  expect(machineName(hostname, namespace, id)).toBe(name);
  expect(isSameMachine(name, name)).toBe(true);
});

it.each([
  ['web@223a7912', 'a CI runner of the same name, or the same machine before it restarted', false],
  ['web/4026532201@11111111', 'a container on it', false],
  ['web', 'what an earlier version called it', true],
  ['db', 'another machine, by an earlier version', false],
])('%s is %s; the same machine as web@11111111: %s', (name, _what, same) => {
  expect(isSameMachine(name, 'web@11111111')).toBe(same);
});

it('a name without the boot is still the name', () => {
  expect([withoutBoot('web/40@223a7912'), withoutBoot('web'), withoutBoot('a@b')]).toEqual([
    'web/40',
    'web',
    'a@b',
  ]);
});

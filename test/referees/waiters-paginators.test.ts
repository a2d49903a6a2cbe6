import { expect, onTestFinished, test } from 'vitest';
import { operations, type ServiceName } from '../../sandbox/testing/internals.ts';
import { holdExercised } from './exercised.ts';
import { judge, judged } from './judge.ts';
import { judgedSandbox } from './judged-sandbox.ts';
import { answerOfScript } from './python.ts';

const name = 'botocore, waiters and paginators';
const environment = judge(name);

const atOnce = 'success, calls 1';
const givesUp = 'Max attempts exceeded, calls 3';
const refuses = 'Waiter encountered a terminal failure state:, calls 1';

const outcomes: Record<string, string> = {
  'image_available: available': atOnce,
  'image_available: failed': refuses,
  'image_exists: available': atOnce,
  'image_exists: unknown': givesUp,
  'image_usage_report_available: made': atOnce,
  'instance_exists: running': atOnce,
  'instance_exists: unknown': givesUp,
  'instance_running: running': atOnce,
  'instance_running: terminated': refuses,
  'instance_running: unknown': givesUp,
  'instance_status_ok: running': atOnce,
  'instance_status_ok: stopped': givesUp,
  'instance_status_ok: unknown': givesUp,
  'instance_stopped: running': givesUp,
  'instance_stopped: stopped': atOnce,
  'instance_terminated: running': givesUp,
  'instance_terminated: terminated': atOnce,
  'instance_terminated: with a volume that stays': atOnce,
  'internet_gateway_exists: made': atOnce,
  // The waiter knows only InvalidInternetGateway.NotFound, EC2's error codes InvalidInternetGatewayID.NotFound.
  'internet_gateway_exists: unknown':
    "An error occurred (InvalidInternetGatewayID.NotFound): The internetGateway ID 'igw-0123456789abcdef0' does not exist, calls 1",
  'key_pair_exists: made': atOnce,
  'key_pair_exists: unknown': givesUp,
  'nat_gateway_available: deleted': refuses,
  'nat_gateway_available: made': atOnce,
  'nat_gateway_available: unknown': givesUp,
  'nat_gateway_deleted: deleted': atOnce,
  'nat_gateway_deleted: made': givesUp,
  'nat_gateway_deleted: unknown': atOnce,
  'network_interface_available: in use': givesUp,
  'network_interface_available: unknown':
    'Waiter encountered a terminal failure state: Matched expected service error code: InvalidNetworkInterfaceID.NotFound, calls 1',
  'security_group_exists: made': atOnce,
  'security_group_exists: unknown': givesUp,
  'snapshot_completed: completed': atOnce,
  // The waiter knows only `error`; failed tasks were observed as `deleted` (osbuild/osbuild-composer#706).
  'snapshot_imported: deleted': givesUp,
  'snapshot_imported: done': atOnce,
  'spot_instance_request_fulfilled: running': atOnce,
  'spot_instance_request_fulfilled: terminated': givesUp,
  'spot_instance_request_fulfilled: unknown': givesUp,
  'store_image_task_complete: done': atOnce,
  'store_image_task_complete: failed': refuses,
  'subnet_available: default': atOnce,
  'system_status_ok: running': atOnce,
  'system_status_ok: stopped': givesUp,
  'volume_available: attached': givesUp,
  'volume_available: left behind': atOnce,
  'volume_deleted: deleted': atOnce,
  'volume_deleted: left behind': givesUp,
  'volume_in_use: attached': atOnce,
  'vpc_available: default': atOnce,
  'vpc_exists: default': atOnce,
  'vpc_exists: unknown': givesUp,
};

/** An account that can import disk images. */
const importing = { accounts: [{ roles: [{ name: 'vmimport' }] }] };

test.skipIf(!environment)('every waiter of botocore sees what the sandbox has', async () => {
  if (!environment) return;
  const { variables, close } = await judgedSandbox({ behaviour: importing });
  onTestFinished(close);
  const ran = await answerOfScript<{ outcomes: typeof outcomes; known: Record<string, string> }>(
    environment,
    ['waiters.py'],
    variables,
  );
  expect(ran.outcomes).toEqual(outcomes);
  const waited = new Set(Object.keys(outcomes).map((situation) => camelCase(situation.split(':')[0] ?? '')));
  const could = Object.keys(ran.known).filter((waiter) =>
    Object.hasOwn(operations.ec2, ran.known[waiter] ?? ''),
  );
  expect([...waited].sort()).toEqual(could.sort());
  const seen = could.map((waiter) => ({ operation: `ec2:${ran.known[waiter]}` }));
  await holdExercised('waiters', `${name}: waiters`, seen);
  judged(`${name}: waiters`, `${waited.size} waiters, ${Object.keys(outcomes).length} situations`);
});

/** Lists that can have fewer than seven entries, and why. */
const fewer: Record<string, { pages: number[]; why: string }> = {
  DescribeFleets: { pages: [0], why: 'no call makes one' },
  DescribeSpotFleetRequests: { pages: [0], why: 'no call makes one' },
  ListImagesInRecycleBin: { pages: [0], why: 'the sandbox has no retention rules' },
  DescribeVpcs: { pages: [5], why: 'a region has five VPCs at most' },
  DescribeInternetGateways: { pages: [5], why: 'a region has five internet gateways at most' },
  DescribeSpotInstanceRequests: { pages: [2], why: 'a new account has five vCPUs of Spot Instances' },
  DescribeNetworkAcls: { pages: [5], why: 'each VPC has one' },
};

/** No call scans an image. */
const scanned = {
  name: 'scanned',
  scan: {
    scannedAt: '2026-11-20T00:00:00Z',
    findings: [1, 2, 3, 4, 5, 6, 7].map((number) => ({
      title: `finding ${number}`,
      severity: 'low' as const,
    })),
  },
};

interface Walk {
  operation: string;
  size: number;
  whole: string[];
  pages: string[][];
  tokens: string[];
  junk: string;
}

test.skipIf(!environment)('every paginator of botocore finds all that there is, once', async () => {
  if (!environment) return;
  const { variables, close } = await judgedSandbox({
    behaviour: { accounts: [...importing.accounts, { images: [scanned] }] },
  });
  onTestFinished(close);
  const { walks, known } = await answerOfScript<{ walks: Walk[]; known: Record<string, string[]> }>(
    environment,
    ['paginators.py'],
    variables,
  );
  for (const { operation, size, whole, pages, tokens, junk } of walks) {
    expect(pages.flat().sort(), operation).toEqual(whole);
    expect(
      pages.map((page) => page.length),
      operation,
    ).toEqual(fewer[operation]?.pages ?? fullPages(whole.length, size));
    if (!fewer[operation]) expect(whole.length, operation).toBeGreaterThanOrEqual(7);
    expect(new Set(tokens).size, operation).toBe(pages.length - 1);
    expect(junk, operation).toMatch(/^Invalid/);
  }
  const could = Object.entries(known).flatMap(([service, its]) =>
    its
      .filter((operation) => Object.hasOwn(operations[service as ServiceName], operation))
      .map((operation) => ({ service, operation })),
  );
  expect(walks.map(({ operation }) => operation).sort()).toEqual(
    could.map(({ operation }) => operation).sort(),
  );
  const seen = could.map(({ service, operation }) => ({ operation: `${service}:${operation}` }));
  await holdExercised('pages', `${name}: paginators`, seen);
  judged(`${name}: paginators`, `${walks.length} paginators`);
});

const fullPages = (count: number, size: number): number[] =>
  Array.from({ length: Math.ceil(count / size) }, (_, page) => Math.min(size, count - page * size));

const camelCase = (snakeCase: string): string =>
  snakeCase.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

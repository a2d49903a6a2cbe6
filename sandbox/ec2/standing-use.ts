import type { Context } from '../calls/operation.ts';
import { newAccount } from '../model/account-settings.ts';
import { accounts } from '../model/accounts.ts';
import { derivedId } from '../model/identifiers.ts';
import type { ImageRecord, InstanceRecord } from '../model/records.ts';
import type { QuotaCode } from '../model/settings/quotas.ts';
import { subnetsOf } from './network-records.ts';

type Place = Pick<Context, 'store' | 'account' | 'region'>;

/** The creation time of resources that represent quota use: before anything else. */
const madeAt = '2026-01-01T00:00:00.000Z';

const publicAmis: QuotaCode = 'L-0E3CBAB9';

/** An instance type that counts against each quota of vCPUs. */
const types: Partial<Record<QuotaCode, { type: string; spot?: true }>> = {
  'L-1216C47A': { type: 'm5.large' },
  'L-DB2E81BA': { type: 'g5.xlarge' },
  'L-417A185B': { type: 'p5.4xlarge' },
  'L-7295265B': { type: 'x1e.xlarge' },
  'L-74FC7D96': { type: 'f2.6xlarge' },
  'L-1945791B': { type: 'inf1.xlarge' },
  'L-2C3B7624': { type: 'trn1.2xlarge' },
  'L-6E869C2A': { type: 'dl2q.24xlarge' },
  'L-F7808C92': { type: 'hpc6a.48xlarge' },
  'L-43DA4232': { type: 'u-3tb1.56xlarge' },
  'L-34B43A08': { type: 'm5.large', spot: true },
  'L-3819A6DF': { type: 'g5.xlarge', spot: true },
  'L-7212CCBC': { type: 'p5.4xlarge', spot: true },
  'L-E3A00192': { type: 'x1e.xlarge', spot: true },
  'L-88CF9481': { type: 'f2.6xlarge', spot: true },
  'L-B5D1601B': { type: 'inf1.xlarge', spot: true },
  'L-6B0D517C': { type: 'trn1.2xlarge', spot: true },
  'L-85EED4F7': { type: 'dl2q.24xlarge', spot: true },
};

/** An account's quota use in a region according to the settings, read without the defaults, since most settings have none. */
const useOf = ({ store, account, region }: Place): Partial<Record<QuotaCode, number>> =>
  store.of('settings', account, region).get('now')?.inUse ?? newAccount.inUse;

/**
 * Instances that represent the quota use declared in settings: one per quota, with all its vCPUs. They have no record, no
 * machine and no reachable address until a call changes one.
 */
const standingInstances = (place: Place): InstanceRecord[] => {
  const use = useOf(place);
  const { account, region } = place;
  return (Object.keys(use) as QuotaCode[]).flatMap((code) => {
    const vcpus = use[code] ?? 0;
    const its = types[code];
    return its && vcpus > 0 ? [instanceFor(place, code, { ...its, vcpus, account, region })] : [];
  });
};

const instanceFor = (
  place: Place,
  code: QuotaCode,
  {
    type,
    spot,
    vcpus,
    account,
    region,
  }: { type: string; spot?: true; vcpus: number; account: string; region: string },
): InstanceRecord => {
  const [subnet] = subnetsOf(place);
  const made = (prefix: Parameters<typeof derivedId>[0]) =>
    derivedId(prefix, 'in use', account, region, code);
  return {
    id: made('i'),
    reservation: made('i').replace('i-', 'r-'),
    owner: account,
    image: made('ami'),
    type,
    vcpus,
    state: 'running',
    transitionReason: '',
    launchIndex: 0,
    launchedAt: madeAt,
    publicKeys: [],
    address: '127.77.0.0',
    isPublic: false,
    networkInterface: made('eni'),
    subnet: subnet?.id ?? '',
    vpc: subnet?.vpc ?? '',
    zone: subnet?.zone ?? `${region}a`,
    groups: [],
    architecture: 'x86_64',
    virtualization: 'hvm',
    rootDeviceName: '/dev/xvda',
    enaSupport: true,
    ebsOptimized: false,
    monitoring: false,
    shutdownBehavior: 'stop',
    terminationProtection: false,
    clientToken: '',
    volumes: [],
    metadata: { httpTokens: 'required', httpEndpoint: 'enabled', hopLimit: 2 },
    ...(spot ? { spotRequest: made('sir').replace(/^sir-(.{8}).*$/, 'sir-$1') } : {}),
    launchTags: {},
  };
};

/** All instances of an account in a region, including those that represent declared use. */
export const instancesOf = (place: Place): InstanceRecord[] => {
  const { store, account, region } = place;
  const stored = store.of('instance', account, region);
  return [...standingInstances(place).filter(({ id }) => stored.get(id) === undefined), ...stored.list()];
};

/** Public AMIs that represent the use of their quota, for every account; they have no record until a call changes one. */
export const standingImages = ({ store, region }: Pick<Context, 'store' | 'region'>): ImageRecord[] =>
  accounts.flatMap(({ id: account }) =>
    Array.from({ length: useOf({ store, account, region })[publicAmis] ?? 0 }, (_, index): ImageRecord => {
      const name = `in use ${index + 1}`;
      return {
        id: derivedId('ami', 'in use', account, region, String(index)),
        owner: account,
        name,
        description: '',
        location: `${account}/${name}`,
        createdAt: madeAt,
        state: 'available',
        architecture: 'x86_64',
        virtualization: 'hvm',
        rootDeviceName: '/dev/sda1',
        rootDeviceType: 'instance-store',
        enaSupport: true,
        devices: [],
        permissions: { everyone: true, accounts: [] },
      };
    }),
  );

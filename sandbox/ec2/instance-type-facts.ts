import { architectureOf, familyOf } from './instance-types.ts';
import { vcpusOf } from './vcpus.ts';

/** Sizes of a family, and how much memory goes with a vCPU; sizes that differ have their own in `memory`, in GiB. */
interface Family {
  sizes: string;
  /** GiB */
  perVcpu: number;
  memory?: Record<string, number>;
  /** Xen where absent. */
  nitro?: true;
}

const burstable = { nano: 0.5, micro: 1, small: 2, medium: 4, large: 8, xlarge: 16, '2xlarge': 32 };
const to = (last: string): string => {
  const all =
    'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge'.split(' ');
  return all.slice(0, all.indexOf(last) + 1).join(' ');
};
const fromLarge = (last: string): string => to(last).replace('medium ', '');

const families = (names: string, family: Family): [string, Family][] =>
  names.split(' ').map((name) => [name, family]);

/**
 * Families with their sizes and memory: "Amazon EC2 instance types", pages of general purpose, compute optimized, memory
 * optimized, accelerated and previous generation instances, as of November 2026. It has what images are usually built on;
 * other families are known by name alone (`instance-types.ts`).
 */
const table: ReadonlyMap<string, Family> = new Map([
  ...families('t2', { sizes: Object.keys(burstable).join(' '), perVcpu: 4, memory: burstable }),
  ...families('t3 t3a t4g', {
    sizes: Object.keys(burstable).join(' '),
    perVcpu: 4,
    memory: burstable,
    nitro: true,
  }),
  ...families('m5 m5d m5n m5dn', { sizes: `${fromLarge('24xlarge')} metal`, perVcpu: 4, nitro: true }),
  ...families('m5a m5ad', { sizes: fromLarge('24xlarge'), perVcpu: 4, nitro: true }),
  ...families('m6g m6gd m7g m7gd', { sizes: `${to('16xlarge')} metal`, perVcpu: 4, nitro: true }),
  ...families('m6i m6id', { sizes: `${fromLarge('32xlarge')} metal`, perVcpu: 4, nitro: true }),
  ...families('m6a', { sizes: `${fromLarge('48xlarge')} metal`, perVcpu: 4, nitro: true }),
  ...families('m7i', {
    sizes: `${fromLarge('24xlarge')} 48xlarge metal-24xl metal-48xl`,
    perVcpu: 4,
    nitro: true,
  }),
  ...families('m7a', { sizes: `${to('48xlarge')} metal-48xl`, perVcpu: 4, nitro: true }),
  ...families('m8g', { sizes: `${to('24xlarge')} 48xlarge metal-24xl metal-48xl`, perVcpu: 4, nitro: true }),
  ...families('c5 c5d', {
    sizes: 'large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal',
    perVcpu: 2,
    nitro: true,
  }),
  ...families('c5a c5ad', { sizes: fromLarge('24xlarge'), perVcpu: 2, nitro: true }),
  ...families('c6g c6gd c7g c7gd', { sizes: `${to('16xlarge')} metal`, perVcpu: 2, nitro: true }),
  ...families('c6i c6id', { sizes: `${fromLarge('32xlarge')} metal`, perVcpu: 2, nitro: true }),
  ...families('c6a', { sizes: `${fromLarge('48xlarge')} metal`, perVcpu: 2, nitro: true }),
  ...families('c7i', {
    sizes: `${fromLarge('24xlarge')} 48xlarge metal-24xl metal-48xl`,
    perVcpu: 2,
    nitro: true,
  }),
  ...families('c7a', { sizes: `${to('48xlarge')} metal-48xl`, perVcpu: 2, nitro: true }),
  ...families('c8g', { sizes: `${to('24xlarge')} 48xlarge metal-24xl metal-48xl`, perVcpu: 2, nitro: true }),
  ...families('r5 r5d r5n r5dn', { sizes: `${fromLarge('24xlarge')} metal`, perVcpu: 8, nitro: true }),
  ...families('r6g r6gd r7g r7gd', { sizes: `${to('16xlarge')} metal`, perVcpu: 8, nitro: true }),
  ...families('r6i r6id', { sizes: `${fromLarge('32xlarge')} metal`, perVcpu: 8, nitro: true }),
  ...families('g5', {
    sizes: 'xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge',
    perVcpu: 4,
    nitro: true,
  }),
  ...families('g6', {
    sizes: 'xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge',
    perVcpu: 4,
    nitro: true,
  }),
  ...families('m4', { sizes: 'large xlarge 2xlarge 4xlarge 10xlarge 16xlarge', perVcpu: 4 }),
  ...families('c4', {
    sizes: 'large xlarge 2xlarge 4xlarge 8xlarge',
    perVcpu: 1.875,
    memory: { '8xlarge': 60 },
  }),
  ...families('m3', { sizes: 'medium large xlarge 2xlarge', perVcpu: 3.75 }),
  ...families('c3', { sizes: 'large xlarge 2xlarge 4xlarge 8xlarge', perVcpu: 1.875 }),
  ...families('r3', { sizes: 'large xlarge 2xlarge 4xlarge 8xlarge', perVcpu: 7.625 }),
  ...families('m1', { sizes: 'small medium large xlarge', perVcpu: 3.75, memory: { small: 1.7 } }),
  ...families('c1', { sizes: 'medium xlarge', perVcpu: 0.875, memory: { medium: 1.7 } }),
]);

/** Types of which the sandbox knows all that DescribeInstanceTypes says here. */
export const describedTypes: readonly string[] = [...table].flatMap(([family, { sizes }]) =>
  sizes.split(' ').map((size) => `${family}.${size}`),
);

export interface TypeFacts {
  /** MiB */
  memory: number;
  vcpus: number;
  isNitro: boolean;
  isBareMetal: boolean;
}

/** Facts of a type; undefined for one that the table does not have. */
export const factsOf = (type: string): TypeFacts | undefined => {
  const family = table.get(familyOf(type));
  const size = type.slice(type.indexOf('.') + 1);
  if (!family?.sizes.split(' ').includes(size)) return undefined;
  const vcpus = vcpusOf(type);
  return {
    memory: Math.floor((family.memory?.[size] ?? family.perVcpu * vcpus) * 1024),
    vcpus,
    isNitro: family.nitro ?? false,
    isBareMetal: size.startsWith('metal'),
  };
};

/** What a type boots: Graviton by UEFI alone, other Nitro types either way, Xen ones by BIOS ("Boot modes"). */
export const bootModesOf = (type: string, { isNitro }: TypeFacts): ('uefi' | 'legacy-bios')[] => {
  if (architectureOf(type) === 'arm64') return ['uefi'];
  return isNitro ? ['legacy-bios', 'uefi'] : ['legacy-bios'];
};

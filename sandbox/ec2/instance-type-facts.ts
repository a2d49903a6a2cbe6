import { instanceTypeData } from './instance-type-data.ts';

export interface TypeFacts {
  architecture: 'arm64' | 'x86_64';
  vcpus: number;
  threadsPerCore: number;
  /** MiB */
  memory: number;
  isXen: boolean;
  isBareMetal: boolean;
  bootsBiosAlone: boolean;
  isForSpot: boolean;
  isPrevious: boolean;
}

const sizesOf = (traits: ReadonlySet<string>, sizes: string): [size: string, facts: TypeFacts][] => {
  const isArm = traits.has('arm64');
  const usual = isArm || traits.has('one-thread') ? 1 : 2;
  return sizes.split(', ').map((written) => {
    const [size = '', vcpus, memory, threads = usual] = written.split(' ');
    const isBareMetal = size.startsWith('metal');
    return [
      size,
      {
        architecture: isArm ? 'arm64' : 'x86_64',
        vcpus: Number(vcpus),
        threadsPerCore: Number(threads),
        memory: Number(memory),
        isXen: traits.has('xen'),
        isBareMetal,
        bootsBiosAlone: !isArm && (isBareMetal || traits.has('xen') || traits.has('bios')),
        isForSpot: !traits.has('no-spot'),
        isPrevious: traits.has('previous'),
      },
    ];
  });
};

const types: ReadonlyMap<string, TypeFacts> = new Map(
  instanceTypeData.flatMap(([families, traits, sizes]) => {
    const all = sizesOf(new Set(traits.split(' ')), sizes);
    return families
      .split(' ')
      .flatMap((family) => all.map(([size, facts]): [string, TypeFacts] => [`${family}.${size}`, facts]));
  }),
);

/** All known types. */
export const knownTypes: readonly string[] = [...types.keys()];

/** Facts about a type; undefined if there is none with this name. */
export const factsOf = (type: string): TypeFacts | undefined => types.get(type);

/** The boot modes of a type ("Boot modes"). */
export const bootModesOf = ({ architecture, bootsBiosAlone }: TypeFacts): ('uefi' | 'legacy-bios')[] => {
  if (architecture === 'arm64') return ['uefi'];
  return bootsBiosAlone ? ['legacy-bios'] : ['legacy-bios', 'uefi'];
};

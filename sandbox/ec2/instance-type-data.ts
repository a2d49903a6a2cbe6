/*
 * Every instance type that DescribeInstanceTypes showed in any region in autumn 2026, except Mac types, which run only on
 * Dedicated Hosts. From the answers that the moto project collects (`moto/ec2/resources/instance_types.json.gz` of moto 5.2.5);
 * a test compares them (`test/referees/instance-types.test.ts`).
 */

/**
 * Families with the same sizes; their traits; and each size with its vCPUs, its memory in MiB and, if it differs from the rest
 * of the family, its threads per core.
 *
 * - `arm64`: Graviton, one thread per core, boots by UEFI. All others are x86_64, with two threads per core.
 * - `xen`: on the Xen hypervisor; all others are on Nitro.
 * - `bios`: boots only by BIOS, as Xen does. All others boot either way.
 * - `one-thread`: one thread per core.
 * - `no-spot`: only On-Demand.
 * - `previous`: a previous generation, according to AWS.
 */
export const instanceTypeData: readonly [families: string, traits: string, sizes: string][] = [
  [
    'a1',
    'arm64 previous',
    'medium 1 2048, large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, metal 16 32768',
  ],
  ['c1', 'xen one-thread previous', 'medium 2 1740, xlarge 8 7168'],
  ['c3', 'xen previous', 'large 2 3840, xlarge 4 7680, 2xlarge 8 15360, 4xlarge 16 30720, 8xlarge 32 61440'],
  ['c4', 'xen previous', 'large 2 3840, xlarge 4 7680, 2xlarge 8 15360, 4xlarge 16 30720, 8xlarge 36 61440'],
  [
    'c5',
    'previous',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 9xlarge 36 73728, 12xlarge 48 98304, 18xlarge 72 147456, 24xlarge 96 196608, metal 96 196608',
  ],
  [
    'c5a c5ad',
    '',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608',
  ],
  [
    'c5d',
    '',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 9xlarge 36 73728, 12xlarge 48 98304, 18xlarge 72 147456, 24xlarge 96 196608, metal 96 196608',
  ],
  [
    'c5n',
    '',
    'large 2 5376, xlarge 4 10752, 2xlarge 8 21504, 4xlarge 16 43008, 9xlarge 36 98304, 18xlarge 72 196608, metal 72 196608',
  ],
  [
    'c6a',
    '',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608, 32xlarge 128 262144, 48xlarge 192 393216, metal 192 393216',
  ],
  [
    'c6g c6gd c7g c7gd c7gn',
    'arm64',
    'medium 1 2048, large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, metal 64 131072',
  ],
  [
    'c6gn',
    'arm64 previous',
    'medium 1 2048, large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072',
  ],
  [
    'c6i c6id c6in',
    '',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608, 32xlarge 128 262144, metal 128 262144',
  ],
  [
    'c7a',
    'one-thread',
    'medium 1 2048, large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608, 32xlarge 128 262144, 48xlarge 192 393216, metal-48xl 192 393216',
  ],
  [
    'c7i',
    '',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608, 48xlarge 192 393216, metal-24xl 96 196608, metal-48xl 192 393216',
  ],
  [
    'c7i-flex c8i-flex',
    '',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072',
  ],
  [
    'c8a',
    'one-thread',
    'medium 1 2048, large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608, 48xlarge 192 393216, metal-24xl 96 196608, metal-48xl 192 393216',
  ],
  [
    'c8g c8gb c8gd c8gn',
    'arm64',
    'medium 1 2048, large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608, 48xlarge 192 393216, metal-24xl 96 196608, metal-48xl 192 393216',
  ],
  [
    'c8i c8ib c8id c8in',
    '',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608, 32xlarge 128 262144, 48xlarge 192 393216, 96xlarge 384 786432, metal-48xl 192 393216, metal-96xl 384 786432',
  ],
  [
    'c8ine',
    '',
    'large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304',
  ],
  [
    'c9g c9gd',
    'arm64',
    'medium 1 2048, large 2 4096, xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 12xlarge 48 98304, 16xlarge 64 131072, 24xlarge 96 196608, 48xlarge 192 393216, metal-48xl 192 393216',
  ],
  ['d2', 'xen previous', 'xlarge 4 31232, 2xlarge 8 62464, 4xlarge 16 124928, 8xlarge 36 249856'],
  ['d3', '', 'xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144'],
  [
    'd3en',
    '',
    'xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 6xlarge 24 98304, 8xlarge 32 131072, 12xlarge 48 196608',
  ],
  ['dl2q p3dn', '', '24xlarge 96 786432'],
  ['f2', '', '6xlarge 24 262144, 12xlarge 48 524288, 48xlarge 192 2097152'],
  [
    'g4dn',
    '',
    'xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, metal 96 393216',
  ],
  [
    'g5',
    'previous',
    'xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 48xlarge 192 786432',
  ],
  [
    'g5g',
    'arm64',
    'xlarge 4 8192, 2xlarge 8 16384, 4xlarge 16 32768, 8xlarge 32 65536, 16xlarge 64 131072, metal 64 131072',
  ],
  [
    'g6',
    '',
    'xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 48xlarge 192 786432',
  ],
  [
    'g6e',
    '',
    'xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 48xlarge 192 1572864',
  ],
  ['g6f', '', 'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536'],
  [
    'g7',
    'one-thread',
    '2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 24xlarge 96 393216, 48xlarge 192 786432',
  ],
  [
    'g7e',
    '',
    '2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 524288, 24xlarge 96 1048576, 48xlarge 192 2097152',
  ],
  ['gr6', '', '4xlarge 16 131072, 8xlarge 32 262144'],
  ['gr6f', '', '4xlarge 16 131072'],
  ['h1', 'xen', '2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 16xlarge 64 262144'],
  ['hpc6a', 'one-thread no-spot', '48xlarge 96 393216'],
  ['hpc6id', 'one-thread no-spot', '32xlarge 64 1048576'],
  [
    'hpc7a',
    'one-thread no-spot',
    '12xlarge 24 786432, 24xlarge 48 786432, 48xlarge 96 786432, 96xlarge 192 786432',
  ],
  ['hpc7g', 'arm64 no-spot', '4xlarge 16 131072, 8xlarge 32 131072, 16xlarge 64 131072'],
  ['hpc8a', 'one-thread no-spot', '96xlarge 192 786432'],
  ['i2', 'xen previous', 'xlarge 4 31232, 2xlarge 8 62464, 4xlarge 16 124928, 8xlarge 32 249856'],
  [
    'i3',
    'xen',
    'large 2 15616, xlarge 4 31232, 2xlarge 8 62464, 4xlarge 16 124928, 8xlarge 32 249856, 16xlarge 64 499712',
  ],
  [
    'i3en',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 3xlarge 12 98304, 6xlarge 24 196608, 12xlarge 48 393216, 24xlarge 96 786432, metal 96 786432',
  ],
  [
    'i4g',
    'arm64',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 16xlarge 64 524288',
  ],
  [
    'i4i r6id r6idn r6in',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 32xlarge 128 1048576, metal 128 1048576',
  ],
  [
    'i7i r7i',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 48xlarge 192 1572864, metal-24xl 96 786432, metal-48xl 192 1572864',
  ],
  [
    'i7ie',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 3xlarge 12 98304, 6xlarge 24 196608, 12xlarge 48 393216, 18xlarge 72 589824, 24xlarge 96 786432, 48xlarge 192 1572864, metal-24xl 96 786432, metal-48xl 192 1572864',
  ],
  [
    'i8g',
    'arm64',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 48xlarge 192 1572864, metal-24xl 96 786432, metal-48xl 192 1572864',
  ],
  [
    'i8ge',
    'arm64',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 3xlarge 12 98304, 6xlarge 24 196608, 12xlarge 48 393216, 18xlarge 72 589824, 24xlarge 96 786432, 48xlarge 192 1572864, metal-24xl 96 786432, metal-48xl 192 1572864',
  ],
  [
    'im4gn',
    'arm64',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 16xlarge 64 262144',
  ],
  ['inf1', '', 'xlarge 4 8192, 2xlarge 8 16384, 6xlarge 24 49152, 24xlarge 96 196608'],
  ['inf2', '', 'xlarge 4 16384, 8xlarge 32 131072, 24xlarge 96 393216, 48xlarge 192 786432'],
  [
    'is4gen',
    'arm64',
    'medium 1 6144, large 2 12288, xlarge 4 24576, 2xlarge 8 49152, 4xlarge 16 98304, 8xlarge 32 196608',
  ],
  ['m1', 'xen one-thread previous', 'small 1 1740, medium 1 3788, large 2 7680, xlarge 4 15360'],
  ['m2', 'xen one-thread previous', 'xlarge 2 17510, 2xlarge 4 35020, 4xlarge 8 70041'],
  ['m3', 'xen previous', 'medium 1 3840 1, large 2 7680, xlarge 4 15360, 2xlarge 8 30720'],
  [
    'm4',
    'xen previous',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 10xlarge 40 163840, 16xlarge 64 262144',
  ],
  [
    'm5',
    'previous',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, metal 96 393216',
  ],
  [
    'm5a m5ad',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216',
  ],
  [
    'm5d m5dn m5n',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, metal 96 393216',
  ],
  [
    'm5zn',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 3xlarge 12 49152, 6xlarge 24 98304, 12xlarge 48 196608, metal 48 196608',
  ],
  [
    'm6a',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 32xlarge 128 524288, 48xlarge 192 786432, metal 192 786432',
  ],
  [
    'm6g m6gd m7g m7gd',
    'arm64',
    'medium 1 4096, large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, metal 64 262144',
  ],
  [
    'm6i',
    'previous',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 32xlarge 128 524288, metal 128 524288',
  ],
  [
    'm6id m6idn m6in',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 32xlarge 128 524288, metal 128 524288',
  ],
  [
    'm7a',
    'one-thread',
    'medium 1 4096, large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 32xlarge 128 524288, 48xlarge 192 786432, metal-48xl 192 786432',
  ],
  [
    'm7i',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 48xlarge 192 786432, metal-24xl 96 393216, metal-48xl 192 786432',
  ],
  [
    'm7i-flex m8i-flex',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144',
  ],
  [
    'm8a',
    'one-thread',
    'medium 1 4096, large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 48xlarge 192 786432, metal-24xl 96 393216, metal-48xl 192 786432',
  ],
  [
    'm8azn',
    'one-thread',
    'medium 1 4096, large 2 8192, xlarge 4 16384, 3xlarge 12 49152, 6xlarge 24 98304, 12xlarge 48 196608, 24xlarge 96 393216, metal-12xl 48 196608, metal-24xl 96 393216',
  ],
  [
    'm8g m8gb m8gd m8gn',
    'arm64',
    'medium 1 4096, large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 48xlarge 192 786432, metal-24xl 96 393216, metal-48xl 192 786432',
  ],
  [
    'm8i m8ib m8id m8idb m8idn m8in',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 32xlarge 128 524288, 48xlarge 192 786432, 96xlarge 384 1572864, metal-48xl 192 786432, metal-96xl 384 1572864',
  ],
  [
    'm8ine',
    '',
    'large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608',
  ],
  [
    'm9g m9gd',
    'arm64',
    'medium 1 4096, large 2 8192, xlarge 4 16384, 2xlarge 8 32768, 4xlarge 16 65536, 8xlarge 32 131072, 12xlarge 48 196608, 16xlarge 64 262144, 24xlarge 96 393216, 48xlarge 192 786432, metal-48xl 192 786432',
  ],
  ['p4d p4de', 'bios', '24xlarge 96 1179648'],
  ['p5', '', '4xlarge 16 262144, 48xlarge 192 2097152'],
  ['p5e p5en p6-b200', '', '48xlarge 192 2097152'],
  ['trn2u', 'no-spot', '48xlarge 192 2097152'],
  ['p6-b300', '', '48xlarge 192 4194304'],
  [
    'r3',
    'xen previous',
    'large 2 15360, xlarge 4 31232, 2xlarge 8 62464, 4xlarge 16 124928, 8xlarge 32 249856',
  ],
  [
    'r4',
    'xen previous',
    'large 2 15616, xlarge 4 31232, 2xlarge 8 62464, 4xlarge 16 124928, 8xlarge 32 249856, 16xlarge 64 499712',
  ],
  [
    'r5',
    'previous',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, metal 96 786432',
  ],
  [
    'r5a r5ad',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432',
  ],
  [
    'r5b r5d r5dn r5n',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, metal 96 786432',
  ],
  [
    'r6a',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 32xlarge 128 1048576, 48xlarge 192 1572864, metal 192 1572864',
  ],
  [
    'r6g r6gd',
    'arm64',
    'medium 1 8192, large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, metal 64 524288',
  ],
  [
    'r6i',
    'previous',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 32xlarge 128 1048576, metal 128 1048576',
  ],
  [
    'r7a',
    'one-thread',
    'medium 1 8192, large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 32xlarge 128 1048576, 48xlarge 192 1572864, metal-48xl 192 1572864',
  ],
  [
    'r7g r7gd',
    'arm64 previous',
    'medium 1 8192, large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, metal 64 524288',
  ],
  [
    'r7iz',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 32xlarge 128 1048576, metal-16xl 64 524288, metal-32xl 128 1048576',
  ],
  [
    'r8a',
    'one-thread',
    'medium 1 8192, large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 48xlarge 192 1572864, metal-24xl 96 786432, metal-48xl 192 1572864',
  ],
  [
    'r8g r8gb r8gd r8gn',
    'arm64',
    'medium 1 8192, large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 48xlarge 192 1572864, metal-24xl 96 786432, metal-48xl 192 1572864',
  ],
  [
    'r8i r8ib r8id r8idb r8idn r8in',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 32xlarge 128 1048576, 48xlarge 192 1572864, 96xlarge 384 3145728, metal-48xl 192 1572864, metal-96xl 384 3145728',
  ],
  [
    'r8i-flex',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288',
  ],
  [
    'r9g r9gd',
    'arm64',
    'medium 1 8192, large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 4xlarge 16 131072, 8xlarge 32 262144, 12xlarge 48 393216, 16xlarge 64 524288, 24xlarge 96 786432, 48xlarge 192 1572864, metal-48xl 192 1572864',
  ],
  ['t1', 'xen one-thread previous', 'micro 1 627'],
  [
    't2',
    'xen one-thread',
    'nano 1 512, micro 1 1024, small 1 2048, medium 2 4096, large 2 8192, xlarge 4 16384, 2xlarge 8 32768',
  ],
  [
    't3 t3a',
    '',
    'nano 2 512, micro 2 1024, small 2 2048, medium 2 4096, large 2 8192, xlarge 4 16384, 2xlarge 8 32768',
  ],
  [
    't4g',
    'arm64',
    'nano 2 512, micro 2 1024, small 2 2048, medium 2 4096, large 2 8192, xlarge 4 16384, 2xlarge 8 32768',
  ],
  ['t8i', '', 'nano 2 512, micro 2 1024, small 2 2048, medium 2 4096'],
  ['trn1', 'bios', '2xlarge 8 32768, 32xlarge 128 524288'],
  ['trn1n', 'bios', '32xlarge 128 524288'],
  ['trn2', '', '3xlarge 12 131072, 48xlarge 192 2097152'],
  ['u-3tb1', 'bios no-spot', '56xlarge 224 3145728'],
  ['u-6tb1', 'bios no-spot', '56xlarge 224 6291456 1, 112xlarge 448 6291456'],
  ['u7i-12tb', 'no-spot', '224xlarge 896 12582912'],
  ['u7i-6tb', 'no-spot', '112xlarge 448 6291456'],
  ['u7i-8tb', 'no-spot', '112xlarge 448 8388608'],
  ['u7in-16tb', 'no-spot', '224xlarge 896 16777216'],
  ['u7in-24tb', 'no-spot', '224xlarge 896 25165824'],
  ['u7in-32tb', 'no-spot', '224xlarge 896 33554432'],
  ['vt1', 'bios', '3xlarge 12 24576, 6xlarge 24 49152, 24xlarge 96 196608'],
  ['x1', 'xen', '16xlarge 64 999424, 32xlarge 128 1998848'],
  [
    'x1e',
    'xen',
    'xlarge 4 124928, 2xlarge 8 249856, 4xlarge 16 499712, 8xlarge 32 999424, 16xlarge 64 1998848, 32xlarge 128 3997696',
  ],
  [
    'x2gd',
    'arm64',
    'medium 1 16384, large 2 32768, xlarge 4 65536, 2xlarge 8 131072, 4xlarge 16 262144, 8xlarge 32 524288, 12xlarge 48 786432, 16xlarge 64 1048576, metal 64 1048576',
  ],
  ['x2idn', '', '16xlarge 64 1048576, 24xlarge 96 1572864, 32xlarge 128 2097152, metal 128 2097152'],
  [
    'x2iedn',
    '',
    'xlarge 4 131072, 2xlarge 8 262144, 4xlarge 16 524288, 8xlarge 32 1048576, 16xlarge 64 2097152, 24xlarge 96 3145728, 32xlarge 128 4194304, metal 128 4194304',
  ],
  [
    'x2iezn',
    '',
    '2xlarge 8 262144, 4xlarge 16 524288, 6xlarge 24 786432, 8xlarge 32 1048576, 12xlarge 48 1572864, metal 48 1572864',
  ],
  [
    'x8aedz',
    'one-thread',
    'large 2 65536, xlarge 4 131072, 3xlarge 12 393216, 6xlarge 24 786432, 12xlarge 48 1572864, 24xlarge 96 3145728, metal-12xl 48 1572864, metal-24xl 96 3145728',
  ],
  [
    'x8g',
    'arm64',
    'medium 1 16384, large 2 32768, xlarge 4 65536, 2xlarge 8 131072, 4xlarge 16 262144, 8xlarge 32 524288, 12xlarge 48 786432, 16xlarge 64 1048576, 24xlarge 96 1572864, 48xlarge 192 3145728, metal-24xl 96 1572864, metal-48xl 192 3145728',
  ],
  [
    'x8i',
    '',
    'large 2 32768, xlarge 4 65536, 2xlarge 8 131072, 4xlarge 16 262144, 8xlarge 32 524288, 12xlarge 48 786432, 16xlarge 64 1048576, 24xlarge 96 1572864, 32xlarge 128 2097152, 48xlarge 192 3145728, 64xlarge 256 4194304, 96xlarge 384 6291456, metal-48xl 192 3145728, metal-96xl 384 6291456',
  ],
  [
    'z1d',
    '',
    'large 2 16384, xlarge 4 32768, 2xlarge 8 65536, 3xlarge 12 98304, 6xlarge 24 196608, 12xlarge 48 393216, metal 48 393216',
  ],
];

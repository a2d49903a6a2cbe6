import { type Block, blockOf, contains, overlaps, usableAddresses } from '../cidr.ts';
import { regionFacts } from '../regions.ts';
import {
  anyText,
  choice,
  count,
  flag,
  list,
  object,
  record,
  type SettingsProblem,
  type Static,
  textLike,
} from './schema-parts.ts';

const idOf = (prefix: string) =>
  textLike(
    'Its id. By default an id derived from account, region and the rest, always the same.',
    `^${prefix}-[0-9a-f]{8}([0-9a-f]{9})?$`,
    `an id: "${prefix}-" and 8 or 17 hexadecimal digits`,
  );

const cidr = (description: string) =>
  textLike(description, '^\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}$', 'an IPv4 CIDR block, such as "10.0.0.0/16"');

const tags = record('Its tags.', anyText('Value of a tag.', 256), 'tags, such as {"Name": "build"}');

const port = (description: string) => count(description, 0, 65_535);

const rule = object(
  'What a group allows: by default TCP from or to anywhere.',
  {},
  {
    protocol: choice('"tcp" by default; "-1" means everything.', ['tcp', 'udp', 'icmp', 'icmpv6', '-1']),
    port: port('The port, or the first of several.'),
    toPort: port('The last port, if there are several.'),
    cidr: textLike(
      'The addresses, IPv4 or IPv6.',
      '^[0-9a-fA-F.:]+/\\d{1,3}$',
      'a CIDR block, such as "0.0.0.0/0"',
    ),
    group: textLike(
      'Instead of addresses: the members of a group, by its name in this VPC or its id.',
      '^.{1,255}$',
      'the name or the id of a security group',
    ),
    description: anyText('Its description.', 255),
  },
  'a rule, such as {"port": 22, "cidr": "10.0.0.0/8"}',
);

const rules = (description: string) =>
  list(description, rule, { expected: 'a list of at most 60 rules', maxItems: 60 });

const group = object(
  'A security group.',
  {
    name: textLike(
      'Its name.',
      '^[a-zA-Z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$',
      'the name of a security group, such as "ssh"',
    ),
  },
  {
    id: idOf('sg'),
    description: anyText('Its description; its name by default.', 255),
    ingress: rules('Its ingress rules; none by default.'),
    egress: rules('Its egress rules; by default it allows everything out.'),
    tags,
  },
  'a security group, such as {"name": "ssh", "ingress": [{"port": 22}]}',
);

const subnet = object(
  'A subnet.',
  {
    zone: textLike(
      'Its zone, by name or by letter.',
      '^([a-z]{2}-[a-z]+-\\d)?[a-f]$',
      'a zone, such as "us-east-1a" or "a"',
    ),
    cidr: cidr("Its CIDR block, within its VPC's."),
  },
  {
    id: idOf('subnet'),
    public: flag('Whether its route table leads to the internet gateway of its VPC.'),
    mapPublicIpOnLaunch: flag('Whether instances get a public address unless a launch says otherwise.'),
    default: flag('Whether it is the default subnet of its zone; true by default in a default VPC.'),
    freeAddresses: count('How many of its addresses are free; by default all of its block.', 0, 65_531),
    tags,
  },
  'a subnet, such as {"zone": "a", "cidr": "10.0.1.0/24", "public": true}',
);

const vpc = object(
  'A VPC.',
  { cidr: cidr('Its CIDR block, from /16 to /28.') },
  {
    otherCidrs: list('Additional CIDR blocks.', cidr('One of them.'), {
      expected: 'a list of blocks, such as ["10.1.0.0/16"]',
      maxItems: 50,
    }),
    id: idOf('vpc'),
    default: flag("Whether it is the region's default VPC, and its subnets the default ones."),
    inside: flag('Whether the rehearsal runs inside it, so that it reaches private addresses.'),
    subnets: list('Its subnets.', subnet, { expected: 'a list of subnets' }),
    securityGroups: list(
      'Its security groups besides the one named "default"; that one may be listed too.',
      group,
      {
        expected: 'a list of security groups',
      },
    ),
    tags,
  },
  'a VPC, such as {"cidr": "10.0.0.0/16", "subnets": [{"zone": "a", "cidr": "10.0.1.0/24"}]}',
);

export const networkSettings = {
  vpcs: list("The VPCs of the account, instead of a new account's VPC.", vpc, {
    expected: 'a list of VPCs, such as [{"cidr": "10.0.0.0/16"}]',
  }),
  insideVpcs: flag('Whether the rehearsal runs inside all VPCs, so that it reaches private addresses.'),
} as const;

export type DeclaredVpc = Static<typeof vpc>;
export type DeclaredSecurityGroup = Static<typeof group>;
export type DeclaredRule = Static<typeof rule>;

interface NetworkRule {
  region?: string;
  vpcs?: DeclaredVpc[];
}

/** Contradictions in declared VPCs: blocks that do not fit, unknown zones, duplicate names and ids. */
export const networkProblems = ({ region, vpcs = [] }: NetworkRule): SettingsProblem[] => {
  const defaults = vpcs.flatMap((one, index) => (one.default ? [index] : []));
  return [
    ...defaults.slice(1).map((index) => ({
      place: `vpcs[${index}].default`,
      expected: 'one default VPC',
      found: 'a second one',
    })),
    ...twice(
      vpcs.flatMap((one, index) => {
        const at = `vpcs[${index}]`;
        const subnets = (one.subnets ?? []).map(
          (its, place) => [`${at}.subnets[${place}].id`, its.id] as const,
        );
        const groups = (one.securityGroups ?? []).map(
          (its, place) => [`${at}.securityGroups[${place}].id`, its.id] as const,
        );
        return [[`${at}.id`, one.id] as const, ...subnets, ...groups];
      }),
      'a unique id',
    ),
    ...vpcs.flatMap((one, index) => vpcProblems(one, `vpcs[${index}]`, region)),
  ];
};

/** Values that occur more than once. */
const twice = (
  values: (readonly [place: string, value: string | undefined])[],
  expected: string,
): SettingsProblem[] =>
  values.flatMap(([place, value], index) =>
    value !== undefined && values.findIndex(([, other]) => other === value) < index
      ? [{ place, expected, found: `"${value}" a second time` }]
      : [],
  );

const vpcProblems = (vpc: DeclaredVpc, at: string, region: string | undefined): SettingsProblem[] => {
  const outer = blockOf(vpc.cidr);
  const others = (vpc.otherCidrs ?? []).map((one, index) => ({
    cidr: one,
    block: blockOf(one),
    at: `${at}.otherCidrs[${index}]`,
  }));
  const blocks = [outer, ...others.map(({ block }) => block)].filter((block) => block !== undefined);
  const subnets = (vpc.subnets ?? []).map((one, index) => ({
    ...one,
    block: blockOf(one.cidr),
    at: `${at}.subnets[${index}]`,
  }));
  const groups = vpc.securityGroups ?? [];
  return [
    ...(outer && isSize(outer) ? [] : [wrongBlock(`${at}.cidr`, vpc.cidr, 'a block from /16 to /28')]),
    ...others.flatMap(({ cidr: found, block, at: place }) =>
      block && isSize(block) ? [] : [wrongBlock(place, found, 'a block from /16 to /28')],
    ),
    ...subnets.flatMap(({ block, cidr: found, at: place }, index): SettingsProblem[] => {
      if (!block || !isSize(block) || (outer && !blocks.some((one) => contains(one, block)))) {
        const within = [vpc.cidr, ...others.map((one) => one.cidr)].join(' or ');
        return [wrongBlock(`${place}.cidr`, found, `a block from /16 to /28 within ${within}`)];
      }
      const taken = subnets.slice(0, index).find((other) => other.block && overlaps(other.block, block));
      if (!taken) return [];
      return [
        wrongBlock(`${place}.cidr`, found, `a block that does not overlap ${taken.cidr} of another subnet`),
      ];
    }),
    ...subnets.flatMap(({ zone, at: place }) => zoneProblems(zone, `${place}.zone`, region)),
    ...subnets.flatMap(({ cidr: its, freeAddresses: free = 0, at: place }) =>
      free <= usableAddresses(its)
        ? []
        : [
            {
              place: `${place}.freeAddresses`,
              expected: `at most ${usableAddresses(its)}, as many as ${its} has`,
              found: String(free),
            },
          ],
    ),
    ...twice(
      groups.map(({ name }, index) => [`${at}.securityGroups[${index}].name`, name] as const),
      'a unique name',
    ),
    ...groups.flatMap((one, index) =>
      (['ingress', 'egress'] as const).flatMap((direction) =>
        (one[direction] ?? []).flatMap((its, place) =>
          ruleProblems(its, `${at}.securityGroups[${index}].${direction}[${place}]`, groups),
        ),
      ),
    ),
  ];
};

const isSize = ({ length }: Block): boolean => length >= 16 && length <= 28;

const wrongBlock = (place: string, found: string, expected: string): SettingsProblem => ({
  place,
  expected,
  found: `"${found}"`,
});

export const zoneProblems = (zone: string, place: string, region: string | undefined): SettingsProblem[] => {
  if (zone.length > 1 && region !== zone.slice(0, -1)) {
    const advice = 'A single letter names a zone of each region that the rule applies to.';
    return [{ place, expected: `a rule for the region ${zone.slice(0, -1)}`, found: `"${zone}"`, advice }];
  }
  if (region === undefined || regionFacts(region).zones.includes(zone.slice(-1))) return [];
  const all = regionFacts(region).zones.map((letter) => `"${region}${letter}"`);
  return [{ place, expected: `one of ${all.join(', ')}`, found: `"${zone}"` }];
};

const ruleProblems = (
  { protocol = 'tcp', port: from, toPort: to, cidr: addresses, group: named }: DeclaredRule,
  at: string,
  groups: DeclaredSecurityGroup[],
): SettingsProblem[] => [
  ...(from === undefined && (to !== undefined || ['tcp', 'udp'].includes(protocol))
    ? [
        {
          place: `${at}.port`,
          expected: 'a port',
          found: 'none',
          advice: 'For all ports use "port": 0, "toPort": 65535.',
        },
      ]
    : []),
  ...(from !== undefined && to !== undefined && to < from
    ? [{ place: `${at}.toPort`, expected: `a port from ${from} on`, found: String(to) }]
    : []),
  ...(addresses !== undefined && named !== undefined
    ? [{ place: `${at}.group`, expected: 'addresses or a group', found: 'both' }]
    : []),
  ...(named === undefined || named === 'default' || /^sg-[0-9a-f]+$/.test(named)
    ? []
    : groups.some(({ name }) => name === named)
      ? []
      : [{ place: `${at}.group`, expected: 'a group of this VPC, or an id', found: `"${named}"` }]),
];

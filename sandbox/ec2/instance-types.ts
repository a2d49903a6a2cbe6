import { AwsError } from '../model/aws-error.ts';

/** Families as AWS lists them ("Amazon EC2 instance type naming conventions"); a trailing `g` after the number is Graviton. */
const families = new RegExp(
  `^(${[
    't1|t2|t3a?|t4g',
    'm[1-4]|m5(a|ad|d|dn|n|zn)?|m6(a|g|gd|i|id|idn|in)|m7(a|g|gd|i|i-flex)|m8(a|g|gd|gb|gn|i|i-flex)',
    'c1|c3|c4|c5(a|ad|d|n)?|c6(a|g|gd|gn|i|id|in)|c7(a|g|gd|gn|i|i-flex)|c8(a|g|gd|gb|gn|i|i-flex)',
    'r3|r4|r5(a|ad|b|d|dn|n)?|r6(a|g|gd|i|id|idn|in)|r7(a|g|gd|i|iz)|r8(a|g|gd|gb|gn|i|i-flex)',
    'a1|x1e?|x2(gd|idn|iedn|iezn)|x8g|z1d|u-(3|6|9|12|18|24)tb1|u7(i|in|inh)-\\d+tb',
    'i2|i3(en)?|i4(g|i)|im4gn|is4gen|i7(i|ie)|i8(g|ge)|d2|d3(en)?|h1|hi1|hs1',
    'g2|g3s?|g4(ad|dn)|g5g?|g6e?|gr6|p2|p3(dn)?|p4(d|de)|p5(e|en)?|p6-b200|inf1|inf2|trn1n?|trn2|dl1|dl2q|vt1|f1|f2',
    'hpc6(a|id)|hpc7(a|g)',
  ].join('|')})$`,
);
const sizes = /^(nano|micro|small|medium|large|\d{0,3}xlarge|metal(-\d{1,3}xl)?)$/;

/** What stands before the dot: `m3` of `m3.medium`. */
export const familyOf = (type: string): string => type.split('.')[0] ?? '';

/** Whether there is an instance type of this name, as far as the sandbox can tell: a known family, and a size that families have. */
export const isInstanceType = (type: string): boolean => {
  const [family = '', size = '', ...more] = type.split('.');
  return families.test(family) && sizes.test(size) && more.length === 0;
};

/** Architecture of an instance type, as EC2 says it. Throws `InvalidParameterValue` for a type that does not exist. */
export const architectureOf = (type: string): 'arm64' | 'x86_64' => {
  if (!isInstanceType(type)) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
  }
  const family = familyOf(type);
  return family === 'a1' || /^[a-z]+\d+[a-z]*g[a-z]*$/.test(family) ? 'arm64' : 'x86_64';
};

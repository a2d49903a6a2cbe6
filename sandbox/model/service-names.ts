/** The services that the sandbox supports, by the names that their hosts start with. */
export const serviceNames = [
  'autoscaling',
  'ec2',
  'iam',
  'kms',
  's3',
  'servicequotas',
  'sns',
  'ssm',
  'sts',
] as const;

export type ServiceName = (typeof serviceNames)[number];

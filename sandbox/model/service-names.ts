/** The services that the sandbox has something of, by the names that their hosts begin with. */
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

const keyId = '(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32})';

/** The ways in which EC2 accepts a key: by id, by alias, by the ARN of either (CopyImage, `KmsKeyId`, Amazon EC2 API Reference). */
export const kmsKeyForm = {
  pattern: `^(?:${keyId}|(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:)?alias/[A-Za-z0-9/_-]+|arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/${keyId})$`,
  expected: 'a KMS key: an alias, such as "alias/images", a key id, or the ARN of either',
} as const;

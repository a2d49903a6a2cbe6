import type { LookupError } from '../model/lookup.ts';

/** Advice on an error of Systems Manager, by its code (API reference, PutParameter and AddTagsToResource). */
const adviceFor: Readonly<Record<string, string>> = {
  ParameterLimitExceeded:
    'The account has as many parameters in this region as its tier allows: 10,000 standard ones. Delete some, or set the default tier of Parameter Store to Intelligent-Tiering or Advanced there, which costs money',
  ParameterMaxVersionLimitExceeded:
    'It has 100 versions, and the oldest one has a label. Move that label to a newer version',
  TooManyTagsError: 'It has 50 tags. Remove one',
  ParameterPatternMismatchException:
    'Its AllowedPattern does not allow the id of an AMI. Delete it, or change the pattern',
  HierarchyLevelLimitExceededException: 'A path has at most 15 levels. Shorten it in "parameters"',
  AccessDeniedException:
    'The credentials need ssm:PutParameter, ssm:AddTagsToResource, ssm:GetParameters and ssm:ListTagsForResource for it, and ec2:DescribeImages',
};

/** An error in words, with advice. Pure. */
export function explainParameterError({ operation, code, message }: LookupError): string {
  const advice = /advanced-parameter tier|downgrade/i.test(message)
    ? 'It is an advanced parameter, and the default tier of Parameter Store there is lower. Set the default tier to Advanced, or delete the parameter'
    : adviceFor[code];
  return `${operation}: ${code}: ${message.replace(/\.$/, '')}${advice === undefined ? '' : `. ${advice}`}`;
}

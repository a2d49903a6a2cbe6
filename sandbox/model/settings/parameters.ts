import {
  anyText,
  choice,
  count,
  list,
  object,
  record,
  type SettingsProblem,
  text,
  textLike,
} from './schema-parts.ts';

const parameter = object(
  'A Systems Manager parameter. Names under /aws/ and /ssm/ are public parameters, which override the built-in ones.',
  {
    name: textLike(
      'Its name.',
      '^/?[a-zA-Z0-9_.-]+(/[a-zA-Z0-9_.-]+){0,14}$',
      'the name of a parameter, such as "/web/base"',
    ),
    value: anyText('Its value.', 4096),
  },
  {
    type: choice('"String" by default. A secure string uses the AWS managed key.', [
      'String',
      'StringList',
      'SecureString',
    ]),
    dataType: choice('By default "aws:ec2:image" if the value is the id of an AMI, otherwise "text".', [
      'text',
      'aws:ec2:image',
    ]),
    description: anyText('Its description.', 1024),
    version: count('The number of its only version; 1 by default.', 1),
    labels: list('Labels of this version.', text('One of them.', 'a label, such as "stable"'), {
      expected: 'a list of at most 10 labels',
      maxItems: 10,
    }),
    tags: record('Its tags.', anyText('Value of a tag.', 256), 'tags, such as {"team": "web"}'),
  },
  'a parameter, such as {"name": "/web/base", "value": "ami-0123456789abcdef0"}',
);

export const parameterSettings = {
  parameters: list('The existing parameters.', parameter, {
    expected: 'a list of parameters, such as [{"name": "/web/base", "value": "ami-0123456789abcdef0"}]',
  }),
} as const;

interface ParameterRule {
  parameters?: readonly { name: string; value: string; type?: string; dataType?: string }[];
}

export const parameterProblems = ({ parameters = [] }: ParameterRule): SettingsProblem[] =>
  parameters.flatMap(({ name, value, type = 'String', dataType }, index) => [
    ...(parameters.findIndex((other) => other.name === name) < index
      ? [{ place: `parameters[${index}].name`, expected: 'each name once', found: `"${name}" a second time` }]
      : []),
    ...(dataType === 'aws:ec2:image' && type !== 'String'
      ? [
          {
            place: `parameters[${index}].dataType`,
            expected: `"text" for a ${type}, since only a String can name an AMI`,
            found: `"${dataType}"`,
          },
        ]
      : []),
    ...(value === ''
      ? [{ place: `parameters[${index}].value`, expected: 'a text that is not empty', found: '""' }]
      : []),
  ]);

/** Options of `ec2-upload-bundle` that are followed by a secret ("AMI tools reference"). */
const secretOption =
  /(?<=\s(?:-s|--secret-key|-t|--delegation-token|--token)[\s=]+)(?:'[^']*'|"[^"]*"|[^\s'"]+)/g;

/** A command as it is kept: keys of AWS that it was given on its line are left out. */
export const withoutKeys = (command: string): string =>
  command.includes('ec2-upload-bundle') ? command.replace(secretOption, '(left out)') : command;

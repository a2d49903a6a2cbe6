import { quoted, shellWord } from '../lib/shell-word.ts';
import type { Ami } from '../model/ami.ts';
import { yankedBy, yankedWords } from '../model/lifecycle-tags.ts';
import type { LookupError } from '../model/lookup.ts';
import type { BaseFilter, PublishedBase } from '../model/publication.ts';
import type { Base, Expectation } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { ReleasedAmi } from './released-amis.ts';
import type { BaseQuestion } from './wanted-base.ts';

/** Messages for a target without a base image: the place in the config, what was expected and found, what to do. Pure. */

export const lookupFailed = ({ region }: BaseQuestion, { operation, code, message }: LookupError): string =>
  `${region}: ${operation} failed: ${code}: ${message}`;

/** Whether any of several such messages says that a lookup failed, so that a base image may exist anyway. */
export const saysLookupFailed = (messages: string): boolean => /: [a-z0-9]+:[A-Z]\w+ failed: /.test(messages);

export function noParameter({ place, region }: BaseQuestion, parameter: string): string {
  const folder = parameter.split('/').slice(0, -1).slice(0, 7).join('/');
  return (
    `${place}: expected an SSM parameter that exists in ${region}, found none named ${parameter}. ` +
    `List the existing ones: aws ssm get-parameters-by-path --recursive --region ${region} --path ${shellWord(folder)}`
  );
}

/** An id, from a parameter or the config, for which this account sees no AMI. */
export function noImage(
  { place, region }: BaseQuestion,
  id: string,
  parameter: string | undefined,
  isHidden: boolean,
): string {
  const why = isHidden
    ? `Allowed AMIs hides it from this account in ${region}, or it does not exist. ${allowing(region)}`
    : `${region} has no such AMI that this account may use`;
  return parameter === undefined
    ? `${place}: expected an AMI in ${region}, found ${id}: ${why}`
    : `${place}: ${parameter} is ${id}, and ${why}`;
}

export const notAvailable = ({ place, region }: BaseQuestion, ami: Ami): string =>
  `${place}: expected an AMI that is available in ${region}, found ${ami.id} ("${ami.name}"), which is ${ami.state}` +
  `${ami.stateReason === undefined ? '' : ` (${ami.stateReason})`}`;

export const noneMatches = ({ place, region }: BaseQuestion, filter: BaseFilter, isHidden: boolean): string =>
  `${place}: expected an available image in ${region}, found none ${describeFilter(filter)}${hiding(region, isHidden)}. ` +
  `List the existing ones: ${listing(region, filter)}`;

/** Added to the problem with a parameter's AMI. */
export const norMatches = (filter: BaseFilter): string =>
  `Nor does DescribeImages show an image ${describeFilter(filter)}, deprecated ones included`;

export function noUbuntu(
  question: BaseQuestion,
  parameter: string,
  filter: BaseFilter,
  isHidden: boolean,
): string {
  const { place, region } = question;
  return (
    `${place}: expected a Canonical image in ${region}, found neither the SSM parameter ${parameter} nor an ` +
    `image ${describeFilter(filter)}, deprecated ones included${hiding(region, isHidden)}. Canonical withdraws old images ` +
    `that are not in use: set one that you may use with "base": {"id": {"${region}": "ami-…"}}, or choose another release`
  );
}

export const baseGone = (
  { place, region }: BaseQuestion,
  from: { target: string; owner: string; name: string },
): string =>
  `${place}: this release was built from the base image "${from.name}" of ${from.owner} (${from.target}), ` +
  `which ${region} no longer has. Start a new version, so that one release has one base.`;

/** An AMI that gopackgo withdrew, by its tag; undefined if it was not withdrawn. */
export function yankedBase({ place, region }: BaseQuestion, { id, name, tags }: Ami): string | undefined {
  const yanked = yankedBy(tags);
  if (yanked === undefined) return undefined;
  const release = tags[tagKeys.release];
  return (
    `${place}: expected a base image that is not yanked, found ${id} ("${name}") in ${region}` +
    `${release === undefined ? '' : ` of ${release}`}, yanked ${yankedWords(yanked)}. ` +
    'Choose another one; if AMIs of this release were already made from it, start a new version.'
  );
}

/**
 * No usable release of another publication: which ones exist, and why they are unusable.
 *
 * @param publish the command that publishes it.
 */
export function noRelease(
  { place, region }: BaseQuestion,
  { publication, release, image, owner, amiName = '' }: PublishedBase,
  amis: readonly ReleasedAmi[],
  { isHidden, publish }: { isHidden: boolean; publish: string | undefined },
): string {
  const wanted =
    release === 'latest' ? `a published release of ${publication}` : `${publication}@${release}, published`;
  const start = `${place}: expected ${wanted} with the image ${image}${owner === undefined ? '' : ` by ${owner}`}, found `;
  if (owner !== undefined) {
    const name = amiName.replaceAll('{version}', release === 'latest' ? '*' : release);
    return (
      `${start}no AMI named "${name}" that is shared with this account in ${region}` +
      `${hiding(region, isHidden)}. List what is: ${listing(region, { owners: [owner], filters: {} })}`
    );
  }
  const others = amis.filter((one) => release === 'latest' || one.release === `${publication}@${release}`);
  const reasons = new Map(others.map((one) => [one.release, whyNot(one)]));
  const found = [...reasons].map(([name, why]) => `${name}, ${why}`).sort();
  const allYanked = others.length > 0 && others.every(({ yanked }) => yanked !== undefined);
  const advice = allYanked
    ? `Publish a new version of ${publication} first`
    : `Publish it first${publish === undefined ? '' : `: ${publish}`}, or add --with-bases`;
  return `${start}${found.length === 0 ? 'none' : found.join('; ')}. ${advice}`;
}

function whyNot({ yanked, published, candidate }: ReleasedAmi): string {
  if (yanked !== undefined) return `which is yanked${yanked === '' ? '' : ` (${yanked})`}`;
  if (published === undefined) return 'which is not published as a whole';
  return candidate ? 'a candidate, which counts only if "release" names it' : 'which is published';
}

/** The release is published, but not in this region. */
export function notInRegion(
  { place, region }: BaseQuestion,
  { image }: PublishedBase,
  release: string,
  newestHere: string | undefined,
): string {
  return (
    `${place}: expected ${release} with the image ${image} in ${region}, found it only in other regions` +
    `${newestHere === undefined ? '' : `, and here ${newestHere}`}. ` +
    `Publish it in ${region} too, or name a release that is there.`
  );
}

/** How an image differs from the requirements; undefined if it fits. */
export function unfit({ expect, place }: BaseQuestion, ami: Ami): string | undefined {
  const kinds: [what: string, of: (kind: Expectation | Ami) => string][] = [
    ['architecture', ({ architecture }) => architecture],
    ['virtualization type', ({ virtualization }) => virtualization],
    ['root device type', ({ rootDevice }) => rootDevice],
  ];
  const wrong = kinds.filter(([, of]) => of(expect) !== of(ami));
  if (wrong.length === 0) return undefined;
  const said = wrong.map(([what, of]) => `${what} ${of(expect)}, found ${of(ami)}`).join('; ');
  return `${place}: base image ${ami.id} ("${ami.name}"): expected ${said}`;
}

/** EC2 has Fast Launch for Windows only (EC2 User Guide, "EC2 Fast Launch for Windows"). */
export const fastLaunchOnLinux = (place: string, region: string, { id, name }: Base): string =>
  `${place}.builder.fast_launch: expected a Windows base image in ${region}, found ${id} ("${name}"), which is not one. Remove "fast_launch"`;

/** Neither the base image nor the config says which user Packer logs in as. */
export const noLoginUser = (place: string, region: string, { id, name, owner, windows }: Base): string =>
  `${place}.builder.ssh_username: expected the user to log in to the base image as, since ` +
  `${windows ? 'it is Windows' : `that of images of ${owner} is not known`}, found nothing for ${id} ("${name}") in ${region}. ` +
  `${windows ? 'Set "communicator": "winrm", or the user of the SSH server that your user data starts' : 'Set it, such as "ec2-user"'}`;

const describeFilter = ({ owners, filters }: BaseFilter): string => {
  const said = Object.entries(filters).map(([name, values]) => `${name} ${values.join(' or ')}`);
  return `of ${owners.join(' or ')} with ${said.join(' and ')}`;
};

const hiding = (region: string, isHidden: boolean): string =>
  isHidden ? `. Allowed AMIs is enabled in ${region} and may hide it. ${allowing(region)}` : '';

const allowing = (region: string): string =>
  `Allow its owner there; the current settings: aws ec2 get-allowed-images-settings --region ${region}`;

const listing = (region: string, { owners, filters }: BaseFilter): string => {
  const names = filters.name ? ` --filters ${quoted(`Name=name,Values=${filters.name.join(',')}`)}` : '';
  return `aws ec2 describe-images --include-deprecated --region ${region} --owners ${owners.map(shellWord).join(' ')}${names}`;
};

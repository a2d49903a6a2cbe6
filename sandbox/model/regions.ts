/**
 * Regions of the `aws` partition with the number of zones that a new account sees.
 * `optIn` regions are off in a new account (AWS Regions documentation, "Available Regions").
 */
export interface RegionFacts {
  name: string;
  zones: readonly string[];
  optIn: boolean;
}

const region = (name: string, zones: string, optIn = false): RegionFacts => ({
  name,
  zones: [...zones],
  optIn,
});

export const regions: readonly RegionFacts[] = [
  region('ap-south-1', 'abc'),
  region('eu-north-1', 'abc'),
  region('eu-west-3', 'abc'),
  region('eu-west-2', 'abc'),
  region('eu-west-1', 'abc'),
  region('ap-northeast-3', 'abc'),
  region('ap-northeast-2', 'abcd'),
  region('ap-northeast-1', 'acd'),
  region('ca-central-1', 'abd'),
  region('sa-east-1', 'abc'),
  region('ap-southeast-1', 'abc'),
  region('ap-southeast-2', 'abc'),
  region('eu-central-1', 'abc'),
  region('us-east-1', 'abcdef'),
  region('us-east-2', 'abc'),
  region('us-west-1', 'ac'),
  region('us-west-2', 'abcd'),
  region('af-south-1', 'abc', true),
  region('ap-east-1', 'abc', true),
  region('ap-east-2', 'abc', true),
  region('ap-south-2', 'abc', true),
  region('ap-southeast-3', 'abc', true),
  region('ap-southeast-4', 'abc', true),
  region('ap-southeast-5', 'abc', true),
  region('ap-southeast-6', 'abc', true),
  region('ap-southeast-7', 'abc', true),
  region('ca-west-1', 'abc', true),
  region('eu-central-2', 'abc', true),
  region('eu-south-1', 'abc', true),
  region('eu-south-2', 'abc', true),
  region('il-central-1', 'abc', true),
  region('me-central-1', 'abc', true),
  region('me-south-1', 'abc', true),
  region('mx-central-1', 'abc', true),
];

export const regionNames: ReadonlySet<string> = new Set(regions.map(({ name }) => name));

/** Facts about a region that is known to exist. Throws if it does not. */
export const regionFacts = (name: string): RegionFacts => {
  const facts = regions.find((one) => one.name === name);
  if (!facts) throw new Error(`No region named ${name}`);
  return facts;
};

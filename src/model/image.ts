import type { BaseSettings, BundleSettings, Json, RootDevice } from './publication.ts';

export type Values = Record<string, string>;

/** One kind of AMI of a publication: one combination of a matrix. */
export interface Image {
  /** `2204-hvm` */
  name: string;
  /** Where the config says what it is, for messages: `images[0]`. */
  place: string;
  /** The matrix variables and their values. */
  variables: Values;
  /** Still a template: it may hold the region. */
  amiName: string;
  /** Where the AMI name stands: `amiName`, or `images[0].amiName`. */
  amiNamePlace: string;
  /** Filled in. */
  base: BaseSettings;
  /** As EC2 says it: `x86_64`, `arm64`. */
  architecture: string;
  /** As configs say it: `hvm`, `pv`. */
  virtualization: string;
  rootDevice: RootDevice;
  bundle: BundleSettings;
  /** Placeholders not filled in yet: they may hold the region. */
  builder: Record<string, Json>;
}

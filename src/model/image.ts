import type { BaseSettings, BundleSettings, ImageSettings, Json, RootDevice } from './publication.ts';

export type Values = Record<string, string>;

/** One kind of AMI of a publication: one combination of a matrix. */
export interface Image extends Pick<ImageSettings, 'copyFrom' | 'copyWithin' | 'encryption'> {
  /** `2204-hvm` */
  name: string;
  /** Its place in the config, for messages: `images[0]`. */
  place: string;
  /** The matrix variables and their values. */
  variables: Values;
  /** The regions in which it exists; all of the publication if absent. */
  regions?: readonly string[];
  /** Still a template: it may contain `{region}`. */
  amiName: string;
  /** The place of the AMI name: `amiName`, or `images[0].amiName`. */
  amiNamePlace: string;
  /** With placeholders filled in. */
  base: BaseSettings;
  /** EC2's value: `x86_64`, `arm64`. */
  architecture: string;
  /** As in configs: `hvm`, `pv`. */
  virtualization: string;
  rootDevice: RootDevice;
  bundle: BundleSettings;
  /** Placeholders are not filled in yet: the options may contain `{region}`. */
  builder: Record<string, Json>;
}

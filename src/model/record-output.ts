import { constant, list, object, schemaFileText, text, textLike } from '../lib/json-schema.ts';
import { account, idOfAmi, owner, publication, region, release, snapshotsOfAmi } from './output-parts.ts';

/** An AMI in a record of the format "json". */
export const recordedAmi = object(
  'An AMI that was published.',
  {
    publication,
    version: text('Its published version.'),
    release,
    account,
    region,
    image: text('Name of the image.'),
    target: text('The target: region and image, as in us-east-1-2204-hvm.'),
    id: idOfAmi('Its id.'),
    amiName: text('Its name.'),
    architecture: text("EC2's value: x86_64, arm64."),
    virtualization: text("EC2's value: hvm, paravirtual."),
    rootDevice: text("EC2's value: ebs, instance-store."),
    created: text("When it was created: ISO 8601, UTC, in EC2's format."),
    snapshots: snapshotsOfAmi,
    recipe: textLike('Hash of everything that it was built from.', '^sha256:[0-9a-f]+$'),
    base: object(
      'The base image.',
      { owner, name: text('Its name.') },
      { id: idOfAmi('Its id in this region; absent if the AMI was built from an earlier one.') },
    ),
  },
  {
    location: text('For an instance-store AMI, the location of its bundle: bucket/prefix.manifest.xml.'),
    mixed: constant(
      "It was built from another recipe than the config's, and was kept (--accept-mixed). Absent: it was not.",
      true,
    ),
  },
);

/** A record of the format "json". */
export const recordFile = object('A file that gopackgo records AMIs in, of the format "json".', {
  format: constant('Raised when the meaning of a field changes.', 1),
  amis: list('By publication, region and image; one for each of them.', recordedAmi),
});

/** The text of `docs/record.schema.json`. */
export const recordSchemaText = (): string =>
  schemaFileText(
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'A record of gopackgo, of the format "json"',
      ...recordFile,
    },
    { recordedAmi },
  );

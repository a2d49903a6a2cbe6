import type { Problem } from '../../lib/problem.ts';
import type { RootDevice } from '../../model/publication.ts';
import { isMadeIn } from '../../model/regions-of-image.ts';
import { buildersOf, optionPlace } from './builders.ts';
import type { Rule } from './rule.ts';

/** Options that only one of Packer's two builders has; the other refuses them (measured with 1.6.6). */
const onlyOf: Readonly<Record<RootDevice, readonly string[]>> = {
  ebs: ['no_ephemeral', 'run_volume_tag', 'run_volume_tags'],
  'instance-store': ['bundle_destination', 'bundle_upload_command', 'bundle_vol_command', 'x509_upload_path'],
};

const packers: Readonly<Record<RootDevice, string>> = {
  ebs: 'amazon-ebs',
  'instance-store': 'amazon-instance',
};

/** No builder gets an option that it does not have; a region's options go to the builders of all images. */
export const otherBuilder: Rule = (publication) =>
  buildersOf(publication).flatMap((builder) => {
    const [key, index] = builder.path;
    const concerned = publication.images.filter((image, at) =>
      key === 'regions' ? isMadeIn(image, String(index)) : at === index,
    );
    const kinds = new Set(concerned.map(({ rootDevice }) => rootDevice));
    return Object.keys(builder.options).flatMap((option): Problem[] =>
      (['ebs', 'instance-store'] as const)
        .filter((kind) => onlyOf[kind].includes(option))
        .flatMap((kind) => {
          const [other] = [...kinds].filter((one) => one !== kind);
          if (other === undefined) return [];
          const place = optionPlace(builder, option);
          const expected = `an option of ${packers[other]}, which builds what is on ${other}`;
          return [{ place, expected, found: `one of ${packers[kind]} alone` }];
        }),
    );
  });

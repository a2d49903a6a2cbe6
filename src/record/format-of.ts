import type { Image } from '../model/image.ts';
import type { RecordSettings } from '../model/publication.ts';
import type { RecordFormat } from './format.ts';
import { idsFormat } from './ids-format.ts';
import { jsonFormat } from './json-format.ts';
import { kindsOf } from './kind.ts';
import { cloudFormationFormat, mappingName, terraformFormat, terraformVariable } from './map-formats.ts';
import { markdownFormat } from './markdown-format.ts';

/**
 * The format of a publication's record, by its settings.
 *
 * @param images all images of the publication.
 */
export function formatOf(
  { as, name }: Pick<RecordSettings, 'as' | 'name'>,
  publication: string,
  images: readonly Image[],
): RecordFormat {
  switch (as) {
    case 'ids':
      return idsFormat(kindsOf(publication, images));
    case 'terraform':
      return terraformFormat(name ?? terraformVariable(publication));
    case 'cloudformation':
      return cloudFormationFormat(name ?? mappingName(publication));
    case 'json':
      return jsonFormat;
    case 'markdown':
      return markdownFormat(publication);
  }
}

import type { RecordFormat } from './format.ts';
import { mergeIntoMap } from './json-map.ts';

/**
 * Terraform's variables in JSON (`*.tfvars.json`): one variable of ours, `map(map(string))`, by region and image. Other
 * variables stay.
 */
export const terraformFormat = (variable: string): RecordFormat => ({
  what: 'a file of Terraform variables',
  merge: (text, ours) => mergeIntoMap(text, ours, [variable], (image) => image, 'Terraform variables'),
});

/**
 * A CloudFormation template, or part of one, with one mapping of ours: `{"Mappings": {MAPPING: {REGION: {IMAGE: ID}}}}`.
 * Everything else in it stays.
 */
export const cloudFormationFormat = (mapping: string): RecordFormat => ({
  what: 'a file of CloudFormation mappings',
  merge: (text, ours) =>
    mergeIntoMap(text, ours, ['Mappings', mapping], mappingAttribute, 'CloudFormation mappings'),
});

/** The Terraform variable for a publication's AMIs: `web-shop` → `web_shop_amis`. */
export const terraformVariable = (publication: string): string =>
  `${publication.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=[0-9])/, '_')}_amis`;

/**
 * The mapping for a publication's AMIs: `web-shop` → `WebShopAmis`. Its name is alphanumeric (CloudFormation user guide,
 * "Mappings").
 */
export const mappingName = (publication: string): string => `${inOneWord(publication)}Amis`;

/**
 * The name of an image in a mapping: `2204-hvm` → `2204Hvm`. "Mappings attribute name … must contain only alphanumeric
 * characters", says CloudFormation's error.
 */
export const mappingAttribute = (image: string): string => inOneWord(image);

const inOneWord = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

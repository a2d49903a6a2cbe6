import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mapTexts } from '../lib/map-texts.ts';
import { makeOwnFolder, ownMode } from '../lib/own-files.ts';
import { fill } from '../lib/placeholders.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { Json } from '../model/publication.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { buildName } from './build-name.ts';
import { escapeOptions } from './escape.ts';
import { sourceBlock } from './source-block.ts';

/** One region's Packer template. */
export interface Template {
  region: string;
  /** `us-east-1.pkr.json`; Packer recognizes the syntax by this suffix. */
  fileName: string;
  text: string;
}

/**
 * The plan as HCL2 in JSON, one file per region: the same bytes for the same plan, and for Packer 1.6.6 and current Packer.
 * `required_plugins` is never written, since Packer before 1.7 refuses it. Machine-specific values are passed as variables, set
 * as `PKR_VAR_…` in Packer's environment.
 *
 * Each target to build has its own build block, because each has its own provisioners. Copies have none.
 *
 * @throws ActionableError on options that gopackgo sets itself, and on names that AWS would refuse.
 */
export function templatesFor(plan: ReleasePlan): Template[] {
  const built = plan.targets.filter(({ copy }) => copy === undefined);
  const regions = [...new Set(built.map(({ region }) => region))].sort();
  return regions.map((region) => {
    const targets = built.filter((target) => target.region === region).sort(compareNames);
    return { region, fileName: `${region}.pkr.json`, text: templateText(plan, targets) };
  });
}

/**
 * Writes the templates to `folder` and returns each region's path, absolute or relative as `folder` is. They may contain
 * secrets.
 */
export async function writeTemplates(
  plan: ReleasePlan,
  folder: string,
  { forUserOnly = false } = {},
): Promise<{ region: string; file: string }[]> {
  const templates = templatesFor(plan);
  if (forUserOnly) makeOwnFolder(folder);
  else await mkdir(folder, { recursive: true });
  const written: { region: string; file: string }[] = [];
  for (const { region, fileName, text } of templates) {
    const file = join(folder, fileName);
    await writeAtomically(file, text, forUserOnly ? ownMode : undefined);
    written.push({ region, file });
  }
  return written;
}

const compareNames = (a: Target, b: Target) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/**
 * The template of targets in one region or several; each target has a unique name. @throws ActionableError as `templatesFor`
 * does.
 */
export function templateText(
  plan: Pick<ReleasePlan, 'release' | 'account' | 'secrets'>,
  targets: readonly Target[],
): string {
  const template = {
    packer: { required_version: '>= 1.6.6' },
    variable: {
      ssh_port: { type: 'number', default: 22 },
      host: { type: 'string', default: '' },
      attempt: { type: 'string', default: '' },
      ...(targets.some(isInstanceStore) ? signingPair : {}),
      ...secretVariables(plan.secrets ?? []),
    },
    source: sourcesOf(plan, targets),
    build: targets.map((target) => buildBlock(target, plan.secrets ?? [])),
  };
  return `${JSON.stringify(template, null, 2)}\n`;
}

const isInstanceStore = ({ packer }: Target) => packer.builder === 'amazon-instance';

/** Paths of the certificate and the private key for bundles. EBS builds work without them. */
const signingPair = {
  x509_cert: { type: 'string', default: '' },
  x509_key: { type: 'string', default: '' },
};

function sourcesOf(
  plan: Pick<ReleasePlan, 'release' | 'account'>,
  targets: readonly Target[],
): Record<string, Json> {
  const builders = [...new Set(targets.map(({ packer }) => packer.builder))].sort();
  return Object.fromEntries(
    builders.map((builder) => {
      const own = targets.filter(({ packer }) => packer.builder === builder);
      return [builder, Object.fromEntries(own.map((target) => [target.name, sourceBlock(plan, target)]))];
    }),
  );
}

/**
 * Declared as sensitive, so that Packer masks their values in its output (measured on 1.6.6 and 1.16.0); given by its
 * environment.
 */
const secretVariables = (secrets: readonly string[]): Record<string, Json> =>
  Object.fromEntries(
    secrets.map((name) => [secretVariable(name), { type: 'string', default: '', sensitive: true }]),
  );

/** The template's variable for a secret variable of the config, apart from our own. */
export const secretVariable = (name: string): string => `secret_${name}`;

/** `{var.token}` → `${var.secret_token}`, in options that are already escaped. */
function withSecrets(options: Record<string, Json>, secrets: readonly string[]): Record<string, Json> {
  if (secrets.length === 0) return options;
  const values = Object.fromEntries(
    secrets.map((name) => [`var.${name}`, `\${var.${secretVariable(name)}}`]),
  );
  return mapTexts(options, (text) => fill(text, values));
}

function buildBlock(target: Target, secrets: readonly string[]): Json {
  const sources = [`source.${buildName(target)}`];
  const provisioners = target.packer.provisioners.map(({ type, options }, index) => ({
    [type]: withSecrets(escapeOptions(options, `${target.name}: provisioners[${index}]`), secrets),
  }));
  return provisioners.length === 0 ? { sources } : { sources, provisioner: provisioners };
}

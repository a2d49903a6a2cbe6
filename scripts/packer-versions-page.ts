import {
  type AddedOption,
  addedOptions,
  addedProvisionerOptions,
  carriedPlugins,
  firstPackerWith,
} from '../src/config/option-versions.ts';

/** `docs/packer-versions.md`, from the data that publish uses. */
export function packerVersionsPage(): string {
  return `# Packer versions

<!-- Made by "npm run packer-versions" from src/config/option-versions.ts. -->

gopackgo builds with Packer 1.6.6 or newer. Up to 1.9 Packer contains its amazon builders; from 1.10 on it needs the
plugin \`github.com/hashicorp/amazon\`, 1.1.0 or newer. The test suite runs with Packer 1.6.6, as Debian packages it; the tests
that run Packer have also been run with Packer 1.16.0 and amazon plugin 1.8.2. Versions in between
should work; they were not tried.

Templates are the same bytes for every version. If a config uses an option that your Packer lacks, \`publish\` refuses it before
it builds anything (exit status 4) and says which version has the option.

## Builder options newer than Packer 1.6.6

The plugin version is the first that has the option. "Packer" is the first Packer that contains that version; where it says
"with the plugin", install Packer 1.10 or newer with the plugin. Options that a publication may not set are
listed [in the configuration](configuration.md#builder-options).

| option of \`builder\` | amazon-ebs | amazon-instance | Packer | |
|---|---|---|---|---|
${[...Map.groupBy(addedOptions, ({ option }) => option)].map(([option, added]) => optionRow(option, added)).join('\n')}

## Provisioners and provisioner options newer than Packer 1.6.6

| provisioner | option | Packer |
|---|---|---|
${addedProvisionerOptions.map(({ provisioner, option, packer }) => `| \`${provisioner}\` | ${option === undefined ? 'all' : `\`${option}\``} | ${packer} |`).join('\n')}

Provisioners that come from plugins, such as \`ansible\`, are part of Packer up to 1.9. From 1.10 on, install the plugin:
\`packer plugins install github.com/hashicorp/ansible\`. gopackgo finds it in Packer's own plugin folder, next to the amazon plugin.

## The amazon plugin that each Packer contains

| Packer, from | amazon plugin |
|---|---|
${carriedPlugins.map(({ packer, plugin }) => `| ${packer} | ${plugin === '0.0.0' ? 'older than the first' : plugin} |`).join('\n')}
| 1.10.0 | none: install it |
`;
}

function optionRow(option: string, added: readonly AddedOption[]): string {
  const of = (builder: AddedOption['builder']) => added.find((one) => one.builder === builder);
  const packers = added.map(({ plugin }) => firstPackerWith(plugin) ?? 'with the plugin');
  const differ = new Set(packers).size > 1;
  const carrying = differ
    ? added.map(({ builder }, index) => `${builder}: ${packers[index]}`)
    : packers.slice(0, 1);
  const notes = added.flatMap(({ builder, note }) => (note === undefined ? [] : [`${builder}: ${note}`]));
  const cells = [
    `\`${option}\``,
    of('amazon-ebs')?.plugin ?? '-',
    of('amazon-instance')?.plugin ?? '-',
    carrying.join('; '),
    notes.join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
}

import type { Described } from './described.ts';
import { oldBucket } from './described.ts';
import { strangerIn } from './seeded.ts';

/** The rest of a state, by `kind/account/region/id`, once these AMIs are deleted with their dependents. */
export function expectedState(
  before: ReadonlyMap<string, unknown>,
  amis: readonly Described[],
  going: ReadonlySet<string>,
): Map<string, unknown> {
  const own = amis.filter(({ account }) => account === undefined);
  const gone = own.filter(({ id }) => going.has(id));
  const staying = own.filter(({ id }) => !going.has(id));
  const had = new Set(staying.flatMap(({ snapshots }) => snapshots));
  const snapshots = gone.flatMap((ami) => ami.snapshots).filter((id) => !had.has(id));
  const bundles = gone.flatMap(({ bundle }) => bundle ?? []).filter((bundle) => !isIn(staying, bundle));
  const resources = new Set([...going, ...snapshots]);
  const buckets = new Set(
    gone
      .filter(({ bundle, region }) => bundle && bundle.bucket !== oldBucket(region))
      .filter(({ is, bundle }) => is?.version !== strangerIn && bundle && !isIn(staying, bundle))
      .map(({ bundle }) => bundle?.bucket),
  );
  const keys = new Set(bundles.flatMap(keysOf));
  const uploads = new Set<string>();
  for (const [key, record] of before) {
    const [kind, , bucket, id = ''] = key.split('/');
    if (kind === 'upload' && keys.has(`${bucket}/${(record as { key: string }).key}`)) uploads.add(id);
  }
  const goes = (key: string): boolean => {
    const [kind, account, region, ...rest] = key.split('/');
    const id = rest.join('/');
    if (kind === 'image' || kind === 'snapshot' || kind === 'tags')
      return account === ourAccount && resources.has(id);
    if (kind === 'bucket') return buckets.has(id);
    if (kind === 'object') return keys.has(`${region}/${id}`);
    if (kind === 'upload') return uploads.has(id);
    return kind === 'part' && uploads.has(region ?? '');
  };
  return new Map([...before].filter(([key]) => !goes(key)));
}

const ourAccount = '123456789012';

type Bundle = NonNullable<Described['bundle']>;

const isIn = (amis: readonly Described[], { bucket, prefix }: Bundle): boolean =>
  amis.some(({ bundle }) => bundle?.bucket === bucket && bundle.prefix === prefix);

const keysOf = ({ bucket, prefix, parts }: Bundle): string[] => [
  `${bucket}/${prefix}.manifest.xml`,
  ...Array.from({ length: parts }, (_, part) => `${bucket}/${prefix}.part.${String(part).padStart(2, '0')}`),
];

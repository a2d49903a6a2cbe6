import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Size {
  regions: readonly string[];
  /** In each region. */
  images: number;
  share?: object;
  /** 1.0.0 by default. */
  version?: string;
}

/** Writes `configs/bench.json` into a folder: EBS images without provisioners, each from Ubuntu 22.04. */
export function writePublication(
  folder: string,
  { regions, images, share = { public: true }, version = '1.0.0' }: Size,
): void {
  mkdirSync(join(folder, 'configs'), { recursive: true });
  const publication = {
    version,
    amiName: 'bench {version} {image}',
    regions,
    images: Array.from({ length: images }, (_, index) => ({
      name: `i${index}`,
      base: { ubuntu: '2204' },
      builder: { instance_type: 'm5.large', ssh_username: 'ubuntu' },
    })),
    provisioners: [],
    share,
  };
  writeFileSync(join(folder, 'configs/bench.json'), JSON.stringify(publication, null, 2));
}

import { writeFileSync } from 'node:fs';
import { packerVersionsPage } from './packer-versions-page.ts';

writeFileSync(new URL('../docs/packer-versions.md', import.meta.url), packerVersionsPage());

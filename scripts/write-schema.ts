import { writeFileSync } from 'node:fs';
import { schemaText } from '../src/config/schema.ts';

writeFileSync(new URL('../configs/schema.json', import.meta.url), schemaText());

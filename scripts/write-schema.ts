import { writeFileSync } from 'node:fs';
import { schemaText } from '../src/config/editor-schema.ts';
import { outputSchemaText } from '../src/model/output-schema.ts';

writeFileSync(new URL('../configs/schema.json', import.meta.url), schemaText());
writeFileSync(new URL('../docs/output.schema.json', import.meta.url), outputSchemaText());

import { writeFileSync } from 'node:fs';
import { settingsSchemaText } from '../sandbox/model/settings/schema-file.ts';
import { schemaText } from '../src/config/editor-schema.ts';
import { notificationSchemaText } from '../src/model/notification-output.ts';
import { outputSchemaText } from '../src/model/output-schema.ts';
import { recordSchemaText } from '../src/model/record-output.ts';

writeFileSync(new URL('../configs/schema.json', import.meta.url), schemaText());
writeFileSync(new URL('../docs/output.schema.json', import.meta.url), outputSchemaText());
writeFileSync(new URL('../docs/sandbox-settings.schema.json', import.meta.url), settingsSchemaText());
writeFileSync(new URL('../docs/record.schema.json', import.meta.url), recordSchemaText());
writeFileSync(new URL('../docs/notification.schema.json', import.meta.url), notificationSchemaText());

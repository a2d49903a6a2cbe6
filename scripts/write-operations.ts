import { writeFileSync } from 'node:fs';
import { operationsPage } from '../test/referees/operations-page.ts';

writeFileSync(new URL('../docs/sandbox-operations.md', import.meta.url), await operationsPage());

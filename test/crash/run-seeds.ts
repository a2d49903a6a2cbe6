/**
 * Trials by seed, one after another: `node test/crash/run-seeds.ts --from 1 --seeds 100 --results seeds.ndjson`. Seeds that are
 * in the file of results are not tried again. Needs a build (`npm run build`) and Packer.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { packerOfTests } from '../e2e/packer.ts';
import { type Outcome, scenarioOf, tagsSecurityGroups, trial } from './trial.ts';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '100' },
    results: { type: 'string', default: 'seeds.ndjson' },
  },
});
const packer = await packerOfTests();
const done = existsSync(values.results)
  ? readFileSync(values.results, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): Outcome => JSON.parse(line))
  : [];
const from = Number(values.from);
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  if (done.some((outcome) => outcome.seed === seed)) continue;
  const outcome = await trial(scenarioOf(seed), tagsSecurityGroups(packer)).catch(
    (error: unknown): Outcome => ({
      seed,
      wrong: [`the trial failed: ${String(error)}`],
      exits: [],
      seconds: 0,
    }),
  );
  appendFileSync(values.results, `${JSON.stringify(outcome)}\n`);
  done.push(outcome);
  const { wrong, exits, seconds } = outcome;
  process.stdout.write(
    `seed ${seed}: ${wrong.length === 0 ? 'right' : 'WRONG'}, exits ${exits.join(' ')}, ${seconds} s\n`,
  );
  for (const one of wrong) process.stdout.write(`  ${one}\n`);
}
const bad = done.filter(({ wrong }) => wrong.length > 0);
process.stdout.write(`${done.length - bad.length} of ${done.length} right, with Packer ${packer.version}\n`);
process.exitCode = bad.length > 0 ? 1 : 0;

/** Imports, near-duplicates, quality and label errors on public data; README.md says how to read the figures. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findFlips } from './flips.js';
import { measureRegistry } from './registry.js';
import { findContaminated, importSources, reportSource } from './sources.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    only: { type: 'string', default: 'quality,registry,contamination,flips' },
    /** Shares of labels to flip. */
    flips: { type: 'string', default: '0,0.05,0.1' },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const count = (value: number): string => value.toLocaleString('en-GB');
const failures: string[] = [];

function expectThat(holds: boolean, claim: string): void {
  if (!holds) failures.push(claim);
}

async function run(): Promise<void> {
  if (!existsSync(values.data)) {
    say(`skipped: '${values.data}' is not there; name a folder with --data`);
    return;
  }
  const parts = values.only.split(',');
  const sources = await importSources(values.data);
  if (parts.includes('quality')) {
    say(
      '| source | licence | texts | s | yes of known by category | rows | merged | conflicts | in no split | refused | suspected | personal data |',
    );
    say('| --- | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
    for (const source of sources) {
      const { rows, categories, duplicates, suspected, personalData } = await reportSource(source);
      const shares = Object.entries(categories).map(
        ([name, { positives, negatives }]) => `${name} ${count(positives)} of ${count(positives + negatives)}`,
      );
      const flagged =
        suspected === null || suspected.checked === 0 ? '-' : percent(suspected.flagged / suspected.checked);
      const { merged, conflicts, quarantined, refused, contaminated } = duplicates;
      say(
        `| ${source.name} | ${source.licence} | ${count(source.rows.length)} | ${source.seconds.toFixed(1)} | ${shares.join(', ')} | ${count(rows)} | ${count(merged)} | ` +
          `${count(conflicts)} | ${count(quarantined)} | ${count(refused)} | ${flagged} | ${count(personalData.rows)} |`,
      );
      expectThat(contaminated === 0, `no training row of ${source.name} hits an evaluation row`);
      expectThat(personalData.rows === 0, `masking leaves no personal data in ${source.name}`);
    }
  }
  if (parts.includes('registry')) {
    const all = sources.flatMap(({ rows }) => rows);
    const result = measureRegistry(all);
    say(
      `registry: ${count(result.texts)} texts, ${result.microsecondsEach.toFixed(0)} us each, ${result.resumeMicrosecondsEach.toFixed(0)} us each to go on, ` +
        `${result.bytesEach.toFixed(0)} bytes each; ${count(result.groups)} groups, ${count(result.quarantined)} quarantined, ${count(result.otherwise)} grouped otherwise than all at once`,
    );
    // Whoever sat in a group that a bridge would have tied to another one is grouped otherwise, too.
    expectThat(
      result.otherwise <= 0.01 * result.texts,
      'less than 1 % of the texts are grouped otherwise than all at once',
    );
  }
  const judge = sources.find(({ name }) => name === 'openai_moderation');
  if (parts.includes('contamination') && judge !== undefined) {
    const found = findContaminated(judge, sources).filter(({ refused }) => refused > 0);
    say(
      `refused beside openai_moderation: ${found.map(({ name, refused }) => `${name} ${count(refused)}`).join(', ')}`,
    );
    const davidson = found.find(({ name }) => name === 'davidson')?.refused ?? 0;
    // Three of its posts are near-copies of Jaccard similarity .8 and more.
    expectThat(davidson >= 3, 'the three near-copies of davidson are refused');
  }
  const edos = sources.find(({ name }) => name === 'edos');
  if (parts.includes('flips') && edos !== undefined) {
    for (const share of values.flips.split(',').map(Number)) {
      const found = await findFlips(edos.rows, 'H', share);
      say(
        `flips ${percent(share)}: ${count(found.rows)} rows, ${count(found.flips)} flipped, ${percent(found.flagged / found.rows)} flagged, ` +
          `recall ${found.recall.toFixed(3)}, precision ${found.precision.toFixed(3)}, top-n ${found.topPrecision.toFixed(3)}, ${found.seconds.toFixed(1)} s`,
      );
      if (share !== 0.05) continue;
      expectThat(found.recall >= 0.5, 'recall of 5 % flips at least .5');
      expectThat(found.precision >= 4 * share, 'precision at least four times the share of flips');
      expectThat(found.topPrecision >= 0.4, 'precision of the first n at least .4');
    }
  }
  for (const claim of failures) say(`FAILED: ${claim}`);
  if (failures.length > 0) process.exitCode = 1;
}

await run();

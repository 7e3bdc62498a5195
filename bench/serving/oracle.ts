import { createTextScorer } from '#platform/inference';
import { sequenceOf } from './contents.js';
import type { Installation } from './installation.js';
import type { Settings } from './settings.js';

/** Scores that are compared, roughly. */
const SAMPLE = 500;

/**
 * A rate counts only when every content has exactly one prediction and one verdict per channel in the warehouse, nothing became a dead
 * letter, and the scores are those of the model: buffers shared by concurrent runs gave wrong scores with exact counts.
 * @throws Error that says what differs
 */
export async function requireExact(installation: Installation, settings: Settings): Promise<void> {
  const published = installation.published();
  const count = async (what: string, from: string, expected: number) => {
    const [row] = await installation.query(`SELECT toString(${what}) AS n FROM ${from}`);
    const found = Number(row?.['n']);
    if (found !== expected) throw new Error(`${from}: ${found} rows of ${what}, not ${expected}`);
  };
  await count('count()', 'content', published);
  await count('count()', 'predictions', published);
  await count('uniqExact(cityHash64(content_id))', 'predictions', published);
  await count('count()', 'verdicts', 2 * published);
  await count('uniqExact(cityHash64(content_id, channel))', 'verdicts', 2 * published);
  await count('count()', 'dead_letters', 0);

  const step = Math.max(1, Math.floor(published / SAMPLE));
  const rows = await installation.query(
    `SELECT content_id, scores[1].logits AS logits FROM predictions WHERE cityHash64(content_id) % ${step} = 0 LIMIT ${SAMPLE}`,
  );
  if (rows.length === 0) throw new Error('no prediction could be drawn to compare its scores');
  const scorer = await createTextScorer(settings.model.folder);
  try {
    const { texts } = settings.texts;
    for (const row of rows) {
      const id = String(row['content_id']);
      const [expected] = await scorer.score([texts[sequenceOf(id) % texts.length] ?? '']);
      const logits = row['logits'] as Readonly<Record<string, number>>;
      for (const [category, logit] of Object.entries(expected?.logits ?? {})) {
        // Logits travel as 32-bit numbers, and ClickHouse prints as many digits as those need.
        if (Math.fround(logits[category] ?? Number.NaN) !== Math.fround(logit)) {
          throw new Error(`${id}: ${category} has the logit ${logits[category] ?? 'none'}, alone it is ${logit}`);
        }
      }
    }
  } finally {
    await scorer.close();
  }
  settings.print(
    `  exact: ${published} contents, each with its prediction and two verdicts; ${rows.length} scores compared`,
  );
}

/** How long an exact pass and a measurement of quality take, and how long they keep other work of the process waiting. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { labelJobs, labelSalts } from '#flow/label';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import { runJob, type Job } from '#platform/jobs';
import { startStack } from '#platform/stack';

const DAY_MS = 86_400_000;
const QUESTIONS = ['a@1', 'b@1', 'c@1', 'd@1'] as const;

/** Made-up people about made-up items: three answers each, 300 people, 2 to 20 % yes, one answer in twelve wrong. */
export async function runPass(votes: number, say: (line: string) => void): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-bench-pass-'));
  const stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  const options = { url: stack.clickhouseUrl, user: 'default', password: '', database: 'bench' };
  const clickhouse = createClickHouse({ ...options, timeoutMs: 300_000 });
  try {
    await migrate(clickhouse);
    await plant(clickhouse, Math.floor(votes / QUESTIONS.length));
    let events = 0;
    const jobs = labelJobs({
      write: (emissions) => {
        events += emissions.length;
        return Promise.resolve();
      },
      policies: () => [],
      salts: labelSalts(Buffer.from('a secret of the benchmark')),
      channel: 'public',
      auditTasks: 0,
    });
    for (const job of jobs) await measure(job, clickhouse, votes, say);
    say(`pass: ${events} items with news`);
  } finally {
    await clickhouse.close();
    await stack.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
}

async function plant(clickhouse: ClickHouse, submissions: number): Promise<void> {
  const answers = QUESTIONS.map(
    (question, index) =>
      `'${question}', if((cityHash64(${index}, intDiv(number, 3)) % 100 < ${[2, 5, 10, 20][index] ?? 0}) != (cityHash64(${index}, number) % 12 = 0), 'YES', 'NO')`,
  );
  await clickhouse.command(
    'plant',
    `INSERT INTO label_submitted
      (submission_id, lease_id, origin, platform, content_id, revision, labeler_id, labeler_role, purpose, outcome, answers, duration_ms, submitted_at, record_offset)
    SELECT
      substring(SHA256(toString(number)), 1, 16), substring(SHA256(toString(number)), 1, 16), 'IMPORTED', 'bench',
      toString(intDiv(number, 3)), 1, concat('u-', toString(cityHash64(number) % 300)), 'REVIEWER', 'FRESH', 'ANSWERED',
      CAST(map(${answers.join(', ')}), 'Map(String, Enum8(''YES'' = 1, ''NO'' = 2, ''UNSURE'' = 3))'),
      2000 + cityHash64(number) % 9000, now64(3), number
    FROM numbers(${submissions})`,
  );
}

async function measure(job: Job, clickhouse: ClickHouse, votes: number, say: (line: string) => void): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = process.cpuUsage();
  const started = performance.now();
  delay.enable();
  const to = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
  await runJob(job, { from: to - DAY_MS, to }, clickhouse, Date.now());
  delay.disable();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const waits = [50, 99, 100].map((share) => (delay.percentile(share) / 1e6).toFixed(0));
  say(
    `pass: ${job.name} over ${votes} votes in ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU in this process, ` +
      `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB; others waited ${waits.join(' / ')} ms (median, 99 %, most)`,
  );
}

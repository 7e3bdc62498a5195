import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#platform/config';
import { FatalError } from '#platform/stream';
import type { ClickHouse } from './clickhouse.js';

/** One file of migrations/, `NNN-name.sql`. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const folder = path.join(projectRoot, 'libs/platform/clickhouse/migrations');
const FILE = /^(\d{3})-[a-z0-9-]+\.sql$/;

/** The committed migrations, in order. */
export function readMigrations(): readonly Migration[] {
  return fs
    .readdirSync(folder)
    .sort()
    .map((name) => {
      const number = FILE.exec(name)?.[1];
      if (number === undefined) throw new FatalError('bug', `${path.join(folder, name)}: must be named NNN-name.sql`);
      return { number: Number(number), name, sql: fs.readFileSync(path.join(folder, name), 'utf8') };
    });
}

/**
 * Brings the database to this release. Every statement is one that may run again (IF NOT EXISTS, CREATE OR REPLACE), so a crash
 * half-way and two that run at once do no harm.
 * @returns names of the migrations that were applied
 * @throws FatalError `configuration` when an applied migration differs from its file
 */
export async function migrate(
  clickhouse: ClickHouse,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly string[]> {
  await clickhouse.createDatabase();
  const first = migrations.find((migration) => migration.number === 0);
  if (first === undefined) throw new FatalError('bug', 'migration 000 makes the table of migrations and is missing');
  await apply(clickhouse, first);
  const applied = new Map((await clickhouse.query('applied-migrations', {})).map((row) => [row.number, row]));
  const done: string[] = [];
  for (const migration of migrations) {
    const sha256 = createHash('sha256').update(migration.sql).digest('hex');
    const known = applied.get(migration.number);
    if (known === undefined) {
      if (migration !== first) await apply(clickhouse, migration);
      await clickhouse.execute('record-migration', { number: migration.number, name: migration.name, sha256 });
      done.push(migration.name);
    } else if (known.sha256 !== sha256) {
      throw new FatalError(
        'configuration',
        `migration ${migration.name} was changed after it was applied to ${clickhouse.database} (as ${known.name}, ` +
          `SHA-256 ${known.sha256.slice(0, 12)}, now ${sha256.slice(0, 12)}): restore the file and add a new migration`,
      );
    }
  }
  return done;
}

async function apply(clickhouse: ClickHouse, migration: Migration): Promise<void> {
  for (const statement of statementsOf(migration.sql)) {
    await clickhouse.command(`migration ${migration.name}`, statement);
  }
}

/** Statements end with a semicolon at the end of a line; lines that begin with two hyphens are comments. */
export function statementsOf(sql: string): readonly string[] {
  return sql
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

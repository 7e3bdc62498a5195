import Table from 'cli-table3';

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One JSON document a line, for machines. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, (_, inner: unknown) => (Buffer.isBuffer(inner) ? inner.toString('base64') : inner)));
}

/** Rows for people. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: [...head],
    style: { head: process.stdout.isTTY ? ['bold'] : [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  printLine(table.toString());
}

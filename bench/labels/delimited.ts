/** Rows of a CSV text in the sense of RFC 4180 as objects by column name; missing fields are ''. */
export function readTable(csv: string): Record<string, string>[] {
  const [header, ...rows] = fieldsOf(csv);
  return rows.map((row) => Object.fromEntries((header ?? []).map((name, i) => [name, row[i] ?? ''])));
}

function fieldsOf(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < csv.length) {
    let field = '';
    if (csv.charAt(at) === '"') {
      let end = at;
      do {
        const from = end + 1;
        end = csv.indexOf('"', from);
        if (end < 0) end = csv.length;
        field += `${field === '' && from === at + 1 ? '' : '"'}${csv.slice(from, end)}`;
        end += 1;
      } while (csv.charAt(end) === '"');
      at = end;
    } else {
      const from = at;
      while (at < csv.length && !',\r\n'.includes(csv.charAt(at))) at += 1;
      field = csv.slice(from, at);
    }
    row.push(field);
    if (csv.charAt(at) === ',') {
      at += 1;
      if (at === csv.length) row.push('');
      continue;
    }
    if (csv.charAt(at) === '\r') at += 1;
    if (csv.charAt(at) === '\n') at += 1;
    rows.push(row);
    row = [];
  }
  return rows;
}

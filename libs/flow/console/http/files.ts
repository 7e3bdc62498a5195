/** Answers with a file to keep instead of a page. @param name without its suffix: letters, digits, . _ - */
export function asFile(reply: { header(name: string, value: string): unknown }, name: string, content: string): string {
  reply.header('content-type', 'text/csv; charset=utf-8');
  reply.header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]+/g, '-')}.csv"`);
  // Spreadsheets take a file without the mark for one of their own alphabet.
  return `\ufeff${content}`;
}

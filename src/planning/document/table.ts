/** A Markdown table whose columns also line up as plain text; a column of numbers is set to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [headings, ...rows].map((row) => row.map(cell));
  const widths = headings.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const isNumeric = headings.map((_, column) => isNumericColumn(rows.map((row) => row[column] ?? '')));
  const line = (row: readonly string[]): string => {
    const padded = row.map((text, column) =>
      isNumeric[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) => (isNumeric[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const [head, ...body] = cells;
  return [line(head ?? []), line(rule), ...body.map(line)].join('\n');
}

function isNumericColumn(texts: readonly string[]): boolean {
  return texts.every((text) => /^[\d .,%<-]*$/.test(text)) && texts.some((text) => /\d/.test(text));
}

/** A text on one line, without what would end a cell. */
function cell(text: string): string {
  return inline(text).replaceAll('|', '\\|');
}

/** A text that a person wrote, on one line. */
export function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

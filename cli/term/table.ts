import { fit, pad, toColumns } from "./width.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers are set to the right. */
  readonly isNumber?: boolean;
  /** Widest it gets; longer cells are cut with `…`. */
  readonly maxColumns?: number;
}

/** Gives the lines of a table: titles, then one line a row. Cells must be sanitised; the last column is not filled. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, i) => {
    const widest = rows.reduce((width, row) => Math.max(width, toColumns(row[i] ?? "")), toColumns(column.title));
    return Math.min(widest, column.maxColumns ?? widest);
  });
  const renderRow = (cells: readonly string[]) =>
    columns.map((column, i) => {
      const width = widths[i] ?? 0;
      const cell = fit(cells[i] ?? "", width);
      const isLast = i === columns.length - 1;
      return isLast && !column.isNumber ? cell : pad(cell, width, column.isNumber);
    }).join("  ").trimEnd();
  return [renderRow(columns.map((column) => column.title)), ...rows.map(renderRow)];
}

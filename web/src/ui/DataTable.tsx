import type { ReactNode } from 'react';
import classes from './DataTable.module.css';

export interface Column<T> {
  label: string;
  /** On a narrow page the label stands before the value; the first column needs none. */
  cell: (row: T) => ReactNode;
  numeric?: boolean;
  grow?: boolean;
}

/** A read-only table; on a narrow page each row becomes a block. */
export function DataTable<T>({ label, columns, rows, rowKey }: { label: string; columns: Column<T>[]; rows: T[]; rowKey: (row: T) => string }) {
  return (
    <table className={classes.table} role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.label} role="columnheader" scope="col" data-numeric={column.numeric} data-grow={column.grow}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map((column) => (
              <td key={column.label} role="cell" data-label={column.label} data-numeric={column.numeric}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

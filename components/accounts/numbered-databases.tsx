import { formatNumber } from '#client/format.ts';
import { Bytes, Nothing } from '#components/ui/quantity.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { Database } from '#contract/resources/account.ts';

/** Databases that come with the server: to be read only. Those that hold nothing are left out. */
export function NumberedDatabases({ databases }: { databases: readonly Database[] }) {
  return (
    <>
      <Table caption="Databases by number">
        <thead>
          <tr>
            <HeadCell>Number</HeadCell>
            <HeadCell numeric>Keys</HeadCell>
            <HeadCell numeric>Memory, about</HeadCell>
          </tr>
        </thead>
        <tbody>
          {databases.map((database) => (
            <TableRow key={database.name}>
              <Cell className="num">{database.name}</Cell>
              <Cell numeric>{database.keys === undefined ? <Nothing /> : formatNumber(database.keys)}</Cell>
              <Cell numeric>
                <Bytes of={database.sizeBytes} />
              </Cell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      <p className="px-4 py-2 text-12 text-muted">
        Databases are numbered and always there; the first and those with keys are shown. Memory is shared out by keys.
      </p>
    </>
  );
}

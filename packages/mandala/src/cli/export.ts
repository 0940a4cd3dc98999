import { writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { ColumnTable } from 'arquero'
import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { renderBytes } from '../render/units.ts'
import type { Storage } from '../storage/storage.ts'
import { addStoreCommand, answer, type Answer, type StoreOptions } from './command.ts'

const FORMATS: Readonly<Record<string, string>> = { '.db': 'bundle', '.csv': 'csv', '.jsonl': 'jsonl', '.ndjson': 'jsonl', '.arrow': 'arrow' }

interface ExportOptions extends StoreOptions {
  readonly output: string
  readonly history?: boolean
}

/** `mandala export`: a bundle of calls, or the table of an op for other tools. */
export function addExport(program: Command): void {
  addStoreCommand(program, {
    name: 'export', example: 'mandala export score -o scores.csv',
    description: 'write calls into a bundle that another store imports, or the table of an op for other tools; the ending of the file says which',
  })
    .argument('[op or id...]', 'the ops or calls (default for a bundle: all)')
    .requiredOption('-o, --output <file>', '.db: a bundle, with all that the calls came from; .csv, .jsonl, .arrow: the table of one op')
    .option('--history', 'tables: also what its inputs came from')
    .action((chosen: readonly string[], options: ExportOptions) => answer(options, async ({ storage }) => {
      const format = FORMATS[extname(options.output)]
      if (format === 'bundle') return exportBundle(storage, options.output, chosen)
      const [op] = chosen
      if (!format || chosen.length !== 1) throw unclear(options.output, chosen)
      return exportTable(storage, { op: op as string, ...options }, format)
    }))
}

/** `mandala import`: takes in a bundle or another store. */
export function addImport(program: Command): void {
  addStoreCommand(program, { name: 'import', description: 'take in the calls of a bundle or of another store', example: 'mandala import bundle.db --store lab.db' })
    .argument('<file>', 'the bundle, or the other store; it stays as it is')
    .action((file: string, options: StoreOptions) => answer(options, async ({ storage }) => {
      const copied = await storage.import(file)
      const conflicts = copied.conflicts === 0 ? '' : `; ${copied.conflicts} had another result here, which stands`
      return { data: copied, text: `${copied.calls} calls came, ${copied.known} were here${conflicts}; ${copied.values} values, ${renderBytes(copied.bytes)}` }
    }))
}

async function exportBundle(storage: Storage, file: string, chosen: readonly string[]): Promise<Answer> {
  const copied = await storage.export(file, chosen.length === 0 ? undefined : chosen)
  return { data: copied, text: `${file}: ${copied.calls} calls, ${copied.values} values, ${renderBytes(copied.bytes)}` }
}

async function exportTable(storage: Storage, { op, output, history }: ExportOptions & { readonly op: string }, format: string): Promise<Answer> {
  const table = await storage.table(op, { history: history ?? false, isNested: format === 'jsonl' })
  writeFileSync(output, write(table, format))
  return { data: { rows: table.numRows(), columns: table.columnNames() }, text: `${output}: ${table.numRows()} rows of ${table.columnNames().join(', ')}` }
}

function write(table: ColumnTable, format: string): string | Uint8Array {
  switch (format) {
    case 'csv': return table.toCSV()
    case 'arrow': return table.toArrowIPC({ format: 'file' }) as Uint8Array
    default: return table.objects().map((row) => `${JSON.stringify(row)}\n`).join('')
  }
}

function unclear(file: string, chosen: readonly string[]): MandalaError {
  const endings = Object.keys(FORMATS).join(', ')
  return FORMATS[extname(file)]
    ? new MandalaError('INPUT_INVALID', `a table is that of one op, and ${chosen.length} were named`, {
      hint: `name one: mandala export <op> -o ${file}; or all in a bundle: -o all.db`,
    })
    : new MandalaError('OPTION_INVALID', `${file} has no ending that says what to write`, { hint: `the endings are ${endings}` })
}

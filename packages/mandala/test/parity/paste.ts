import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { Q, Ref, Storage, type Op, type SimilarOptions, type StorageOptions } from '../../src/index.ts'

/** A storage that keeps what is printed. */
export function makePrinting(options: StorageOptions = {}): { readonly storage: Storage; readonly printed: string[] } {
  const printed: string[] = []
  const storage = new Storage({ ...options, logger: { warn: assert.fail, show: (text) => printed.push(text), progress: () => {} } })
  return { storage, printed }
}

let files = 0

/** Pastes printed code into a file and runs it: what its last statement gives. */
export async function runPasted(code: string, storage: Storage, ops: readonly Op[]): Promise<{ objects(): object[]; columnNames(): string[] }> {
  const file = join(import.meta.dirname, `pasted-${process.pid}-${(files += 1)}.ts`)
  const names = ops.map(({ opName }) => opName).filter((name) => /^\w+$/.test(name))
  const body = code.replace(/^await storage\.df/m, 'return storage.df')
  writeFileSync(file, `export async function run({ storage, Q, ${names.join(', ')} }) {\n${body}\n}\n`)
  try {
    const { run } = await import(file) as { run: (given: object) => Promise<{ objects(): object[]; columnNames(): string[] }> }
    return await run({ storage, Q, ...Object.fromEntries(ops.map((each) => [each.opName, each])) })
  } finally {
    rmSync(file)
  }
}

/** The rows of a table as text. */
export function show(table: { objects(): object[] }): string[] {
  return table.objects().map((row) => Object.values(row).map((cell) => inspect(cell, { compact: true, breakLength: Infinity })).join(' '))
}

/** What `similar` gives; what it prints gives the same when it is pasted, with and without the variables between, and with repeated rows. */
export async function askSimilar(
  { storage, printed }: ReturnType<typeof makePrinting>, ops: readonly Op[], selection: Readonly<Record<string, unknown>>, options: SimilarOptions = {},
): Promise<{ readonly code: string[]; readonly rows: string[]; readonly columns: string[] }> {
  for (const each of [{}, { context: true }, { distinct: false }, { context: true, distinct: false }, { distinct: 'values' }, { limit: 2 }] satisfies SimilarOptions[]) {
    const table = await storage.similar(selection, { ...each, values: 'refs' })
    const pasted = await runPasted(printed.at(-1) as string, storage, ops)
    assert.deepEqual(pasted.columnNames(), table.columnNames())
    const ids = (given: { objects(): object[] }): string[][] => given.objects().map((row) => Object.values(row).map((ref) => (ref as Ref<unknown>).hid))
    assert.deepEqual(ids(pasted), ids(table))
  }
  const table = await storage.similar(selection, options)
  return { code: (printed.at(-1) as string).split('\n'), rows: show(table).sort(), columns: table.columnNames() }
}


import type { ColumnTable } from 'arquero'
import { inspect } from 'node:util'
import { unwrap } from '../memo/unwrap.ts'
import { makeColumnTable } from '../web/column-table.ts'

type Cell = string | number | boolean | null | object

export interface PlainTableOptions {
  readonly history?: boolean
  readonly isNested?: boolean
}

/**
 * A table of Refs as other tools take it: numbers, texts, booleans and nothing else. What JSON can say stands as JSON, the rest as it prints;
 * a column of several types is one of texts.
 * @param isNested what JSON can say stands as it is
 */
export async function makePlainTable(table: ColumnTable, isNested: boolean): Promise<ColumnTable> {
  const names = table.columnNames()
  const columns = await Promise.all(names.map(async (name) => {
    const cells = await Promise.all(Array.from(table.array(name) as Iterable<unknown>, (cell) => readCell(cell, isNested)))
    return [name, !isNested && new Set(cells.filter((cell) => cell !== null).map((cell) => typeof cell)).size > 1 ? cells.map(toText) : cells] as const
  }))
  return makeColumnTable(Object.fromEntries(columns), names)
}

const toText = (cell: Cell): Cell => (cell === null ? null : String(cell))

async function readCell(cell: unknown, isNested: boolean): Promise<Cell> {
  try {
    const value = await unwrap(cell)
    return isNested && typeof value === 'object' && value !== null && isJson(value) ? value : toCell(value)
  } catch (error) {
    return `(${(error as Error).message.split('\n')[0]})`
  }
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  if (value instanceof Date && Number.isFinite(value.getTime())) return value.toISOString()
  return isJson(value) ? JSON.stringify(value) : inspect(value, { depth: Infinity, breakLength: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity })
}

/** Whether JSON says all of it. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return value === null || typeof value === 'string' || typeof value === 'boolean'
  if (Array.isArray(value)) return value.every(isJson)
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson)
}

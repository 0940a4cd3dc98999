import { inspect, types } from 'node:util'
import { renderColumns } from './columns.ts'
import { printable } from './printable.ts'
import { StandIn } from './stand-in.ts'

const CELL_LENGTH_MAX = 40
const ROWS_SHOWN = 10
const COLUMNS_SHOWN = 12
/** Elements of an array that are printed; there may be holes behind them, which stand for what wasn't read. */
export const ELEMENTS_SHOWN = 20
const LINES_SHOWN = 30
const LINE_LENGTH_MAX = 500

/** To look at more takes longer than one would wait. */
const ELEMENTS_COMPARED_MAX = 1_000_000
const ELEMENT_NAMES = { number: 'number', string: 'text', boolean: 'boolean' }

/** A value on one line, shortened. */
export function renderCell(value: unknown, lengthMax: number = CELL_LENGTH_MAX): string {
  const parts = lengthMax === Infinity ? { depth: Infinity, maxArrayLength: Infinity } : { depth: 1, maxArrayLength: 6 }
  return cut(printable(inspect(value, { compact: true, breakLength: Infinity, maxStringLength: lengthMax, ...parts })), lengthMax)
}

function cut(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text
}

/**
 * A value as its type is best read: a text as it is, records as a table, anything else as Node shows it. What is left out is said.
 * @param isWhole nothing is left out
 */
export function renderValue(value: unknown, isWhole: boolean = false): string {
  const text = typeof value === 'string' ? value : renderObject(value, isWhole)
  return isWhole ? text : keepLines(text)
}

function renderObject(value: unknown, isWhole: boolean): string {
  const records = findRecords(value)
  if (records) return renderRecords(records, isWhole)
  const whole = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity }
  return inspect(value, { breakLength: 100, ...(isWhole ? whole : { depth: 4, maxArrayLength: ELEMENTS_SHOWN, maxStringLength: 200 }) })
}

function keepLines(text: string): string {
  const lines = text.split('\n')
  const shown = lines.slice(0, LINES_SHOWN).map((line) => {
    const left = line.length - LINE_LENGTH_MAX
    return left > 0 ? `${line.slice(0, LINE_LENGTH_MAX)}… ${many(left, 'more character')}` : line
  })
  const left = lines.length - shown.length
  return [...shown, ...(left > 0 ? [`… ${many(left, 'more line')}`] : [])].join('\n')
}

type Table = Readonly<Record<string, unknown>>

/** An array if all of its elements are objects with names. */
function findRecords(value: unknown): readonly Table[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isPlain) ? (value as Table[]) : undefined
}

function isPlain(value: unknown): value is Table {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as unknown
  return prototype === Object.prototype || prototype === null
}

function renderRecords(records: readonly Table[], isWhole: boolean): string {
  const shown = isWhole ? records : records.slice(0, ROWS_SHOWN)
  const names = [...new Set(shown.flatMap((row) => Object.keys(row)))]
  const kept = isWhole ? names : names.slice(0, COLUMNS_SHOWN)
  const left = [
    ...(records.length > shown.length ? [many(records.length - shown.length, 'more row')] : []),
    ...(names.length > kept.length ? [`${many(names.length - kept.length, 'more column')}: ${names.slice(kept.length).join(', ')}`] : []),
  ]
  const cell = (value: unknown): string => renderCell(value, isWhole ? Infinity : CELL_LENGTH_MAX)
  const table = renderColumns(kept, shown.map((row) => kept.map((name) => (Object.hasOwn(row, name) ? cell(row[name]) : ''))))
  return [table, ...left.map((each) => `… ${each}`)].join('\n')
}

/** What a value is, in a few words: `number`, `array 60000 × 784 of numbers`, `table of 3 rows`. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return `text of ${many(value.length, 'character')}`
  if (typeof value !== 'object') return typeof value
  if (value instanceof StandIn) return value.text
  if (Array.isArray(value)) return describeArray(value)
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${('length' in value ? (value.length as number) : value.byteLength).toLocaleString('en-US')}`
  if (types.isMap(value) || types.isSet(value)) return `${value.constructor.name} of ${value.size.toLocaleString('en-US')}`
  return isPlain(value) ? `object of ${many(Object.keys(value).length, 'property', 'properties')}` : value.constructor.name
}

function describeArray(array: readonly unknown[]): string {
  if (findRecords(array)) return `table of ${many(array.length, 'row')}`
  const shape = [array.length]
  let level: readonly unknown[] = array
  // So long as all have one length, it is a dimension.
  while (level.length <= ELEMENTS_COMPARED_MAX) {
    const [first] = level
    const length = Array.isArray(first) ? first.length : undefined
    if (length === undefined || !level.every((each) => Array.isArray(each) && each.length === length)) break
    shape.push(length)
    level = (level as readonly (readonly unknown[])[]).flat()
  }
  // Holes stand for what isn't known.
  const isKnown = level.length > 0 && level.length <= ELEMENTS_COMPARED_MAX && !level.includes(undefined)
  const name = isKnown ? Object.entries(ELEMENT_NAMES).find(([type]) => level.every((each) => typeof each === type))?.[1] : undefined
  const count = shape.map((n) => n.toLocaleString('en-US')).join(' × ')
  if (shape.length === 1) return `array of ${name === undefined ? count : many(array.length, name)}`
  return `array ${count}${name === undefined ? '' : ` of ${name}s`}`
}

function many(n: number, one: string, several: string = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : several}`
}

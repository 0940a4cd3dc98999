import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differing, fingerprintsOf } from '../program-in-memory.ts'

const MAIN = `import { readFileSync } from 'node:fs'
import chunk from 'chunks'
import { N, scale as scaleAll } from './scale.ts'
import * as tools from './tools.ts'

interface Row { readonly id: number; label?: string }

const LIMIT = 10
const names: string[] = ['a', 'b']
let current = 0

// Reads the rows of a file.
export function load(path: string, limit = LIMIT): Row[] {
  const text = readFileSync(path, 'utf8')
  const rows = text.split('\\n').map((line) => ({ id: line.length, label: line }))
  if (rows.length > limit) return rows.slice(0, limit)
  for (const row of rows) { row.id += 1 }
  return rows
}

export const double = (x: number): number => {
  let result = x * 2
  result = scaleAll(result)
  return result
}

export async function pipeline(rows: Row[]) {
  const { id, ...rest } = rows[0] as Row
  outer: for (let i = 0; i < rows.length; i++) {
    while (true) { if (i > N) break outer; else break }
  }
  try { await tools.send(rest) } catch (error) { current = -1; throw error }
  return chunk(rows, id)
}

export class Model {
  weights = [1, 2]
  static limit = 5
  constructor(readonly name: string) { this.weights.push(name.length) }
  predict(x: number) { return this.weights.map((w) => w * x).filter(Boolean) }
  get size() { return this.weights.length }
}

export class Forest extends Model { predict(x: number) { return super.predict(x + 1) } }
`
const FILES = {
  'main.ts': MAIN,
  'scale.ts': 'export const N = 3\nexport function scale(x: number) { return Math.max(x, N) }\n',
  'tools.ts': 'export { send } from "./net.ts"\nexport function format(x: unknown) { return String(x) }\n',
  'net.ts': 'export async function send(x: unknown) { return JSON.stringify(x) }\n',
  'other.ts': 'export async function send(x: unknown) { return [x] }\nexport function scale(x: number) { return x + x }\n',
}
const BEFORE = fingerprintsOf(FILES)

type Edit = readonly [from: string, to: string]

function edited(file: keyof typeof FILES, edits: readonly Edit[]): string[] {
  const text = edits.reduce((source, [from, to]) => {
    assert.ok(source.includes(from), `"${from}" isn't there to be edited`)
    return source.replaceAll(from, to)
  }, FILES[file])
  return differing(BEFORE, fingerprintsOf({ ...FILES, [file]: text }))
}

const NEUTRAL: Readonly<Record<string, readonly Edit[]>> = {
  'a comment added': [['const rows =', '/* what was read */ const rows ='], ['let current = 0', 'let current = 0 // none yet']],
  'a comment removed': [['// Reads the rows of a file.\n', '']],
  'other layout': [['{ row.id += 1 }', '{\n      row.id += 1\n    }'], ["split('\\n').map(", "split('\\n')\n    .map("]],
  'semicolons': [['let result = x * 2', 'let result = x * 2;'], ['return rows\n', 'return rows;\n']],
  'other quotes': [["'utf8'", '"utf8"'], ["['a', 'b']", '["a", "b"]']],
  'another type annotation': [['rows: Row[]', 'rows: readonly Row[]'], ['x: number): number', 'x: number & {}): number']],
  'a type annotation removed': [['names: string[]', 'names']],
  'an interface changed': [['label?: string', 'label?: string | undefined; more?: number']],
  'an assertion': [['rows[0] as Row', 'rows[0]!'], ["['a', 'b']", "['a', 'b'] as const"]],
  'satisfies': [['return rows\n', 'return rows satisfies Row[]\n']],
  'a type-only import': [['import * as tools', "import type { T } from './types.ts'\nimport * as tools"]],
  'a local renamed': [['result', 'doubled'], ['(line) =>', '(entry) =>'], ['line.length, label: line', 'entry.length, label: entry']],
  'a parameter renamed': [['path', 'filename'], ['limit', 'max'], ['static max', 'static limit']],
  'a label renamed': [['outer', 'search']],
  'a caught error renamed': [['error', 'reason']],
  'let for const': [['const text', 'let text']],
  'an import renamed': [['scale as scaleAll', 'scale as s'], ['scaleAll(', 's(']],
  'an import reached through a namespace': [['N, scale as scaleAll', 'scale as scaleAll'], ['i > N', 'i > scales.N'],
    ['import * as tools', "import * as scales from './scale.ts'\nimport * as tools"]],
  'imports in another order': [
    ["import { readFileSync } from 'node:fs'\nimport chunk from 'chunks'\n", "import chunk from 'chunks'\nimport { readFileSync } from 'node:fs'\n"],
  ],
  'declarations in another order': [["const LIMIT = 10\nconst names: string[] = ['a', 'b']\n", "const names: string[] = ['a', 'b']\nconst LIMIT = 10\n"]],
  'a number written otherwise': [['LIMIT = 10', 'LIMIT = 1e1']],
  'a type beside the one statement of a body': [['{ row.id += 1 }', '{ type Id = number; row.id += 1; }']],
  'braces around one statement': [['return rows.slice(0, limit)', '{ return rows.slice(0, limit) }']],
  'parentheses': [['x * 2', '(x * 2)']],
  'a shorthand written out': [['{ id, ...rest }', '{ id: id, ...rest }']],
  'an overload added': [['export function load(', 'export function load(path: string): Row[]\nexport function load(']],
  'accessibility': [['weights =', 'private weights ='], ['  predict(x: number) { return this', '  public predict(x: number) { return this']],
}

for (const [name, edits] of Object.entries(NEUTRAL)) {
  test(`no fingerprint changes by ${name}`, () => assert.deepEqual(edited('main.ts', edits), []))
}

test('no fingerprint of another component changes by code that nothing uses yet', () => {
  assert.deepEqual(edited('main.ts', [['let current = 0', 'let current = 0\nfunction unused() { return LIMIT }\nconst more = 1']]), ['main.ts#more', 'main.ts#unused'])
})

const REAL: Readonly<Record<string, readonly [edits: readonly Edit[], changed: readonly string[]]>> = {
  'a constant': [[['LIMIT = 10', 'LIMIT = 11']], ['LIMIT']],
  'an operator': [[['x * 2', 'x + 2']], ['double']],
  'a default': [[['limit = LIMIT', 'limit = 3']], ['load']],
  'a string': [[["'utf8'", "'latin1'"]], ['load']],
  'a property': [[['label: line', 'title: line']], ['load']],
  'another local': [[['return chunk(rows, id)', 'return chunk(rest as never, id)']], ['pipeline']],
  'a statement removed': [[['for (const row of rows) { row.id += 1 }', '']], ['load']],
  'statements in another order': [[['let result = x * 2\n  result = scaleAll(result)', 'let result = scaleAll(x)\n  result = result * 2']], ['double']],
  'sync for async': [[['export async function pipeline(rows: Row[]) {', 'export function* pipeline(rows: Row[]) {'], ['await ', 'yield ']], ['pipeline']],
  'a method body': [[['w * x', 'w - x']], ['Model.predict']],
  'an overriding method': [[['x + 1', 'x + 2']], ['Forest.predict']],
  'an overriding method removed': [[[' predict(x: number) { return super.predict(x + 1) } ', ' ']], ['Forest', 'Forest.predict']],
  'a small accessor': [[['this.weights.length', 'this.weights']], ['Model']],
  'a field': [[['weights = [1, 2]', 'weights = [1, 3]']], ['Model']],
  'a static field': [[['static limit = 5', 'static limit = 6']], ['Model']],
  'the constructor': [[['push(name.length)', 'unshift(name.length)']], ['Model.constructor']],
  'a parameter property': [[['readonly name', 'name']], ['Model.constructor']],
  'another base class': [[['extends Model', 'extends Array<number>']], ['Forest']],
  'an optional call': [[['tools.send(rest)', 'tools.send?.(rest)']], ['pipeline']],
  'another loop': [[['i < rows.length', 'i <= rows.length']], ['pipeline']],
  'another label': [[['break outer', 'break']], ['pipeline']],
  'a function for an arrow': [
    [['(line) => ({ id: line.length, label: line })', 'function (line) { return { id: line.length, label: line } }']], ['load'],
  ],
  'a var': [[['let result', 'var result']], ['double']],
  'an import from another module': [
    [["{ N, scale as scaleAll } from './scale.ts'", "{ scale as scaleAll } from './other.ts'\nimport { N } from './scale.ts'"]], ['double'],
  ],
  'another package': [[["from 'chunks'", "from 'pieces'"]], ['pipeline']],
  'another name of an import': [[['chunk from', '{ chunk } from']], ['pipeline']],
  'a function renamed': [[['export const double', 'export const twice']], ['double', 'twice']],
}

for (const [name, [edits, changed]] of Object.entries(REAL)) {
  test(`changing ${name} changes just the fingerprint it is in`, () => assert.deepEqual(edited('main.ts', edits), changed.map((id) => `main.ts#${id}`)))
}

test('pointing a re-export elsewhere changes those that use it, not those between', () => {
  assert.deepEqual(edited('tools.ts', [['./net.ts', './other.ts']]), ['main.ts#pipeline'])
})

test('changing a function leaves those that call it as they are: they depend on it, and it reports itself', () => {
  assert.deepEqual(edited('scale.ts', [['Math.max', 'Math.min']]), ['scale.ts#scale'])
})

test('a file elsewhere is another set of components', () => {
  const { 'net.ts': moved, ...rest } = FILES
  const files = { ...rest, 'lib/net.ts': moved, 'tools.ts': FILES['tools.ts'].replace('./net.ts', './lib/net.ts') }
  assert.deepEqual(differing(BEFORE, fingerprintsOf(files)), ['lib/net.ts#send', 'main.ts#pipeline', 'net.ts#send'])
})

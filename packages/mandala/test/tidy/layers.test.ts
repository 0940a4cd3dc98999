import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

const src = resolve(import.meta.dirname, '../../src')

/** Each room with the rooms that it may import; types count too. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  graph: ['base'],
  value: ['base'],
  model: ['base', 'value'],
  code: ['base', 'graph', 'value'],
  store: ['base', 'model'],
  sqlite: ['base', 'model', 'store'],
  versions: ['base', 'graph', 'value', 'model', 'code', 'store'],
  render: ['base'],
  memo: ['base', 'value', 'model', 'code', 'store', 'versions', 'render'],
  web: ['base', 'model', 'store', 'render'],
  frame: ['base', 'graph', 'model', 'store', 'web', 'render'],
  query: ['base', 'graph', 'model', 'store', 'web', 'render'],
  inspect: ['base', 'graph', 'value', 'model', 'code', 'store', 'versions', 'memo', 'web', 'render', 'frame', 'query'],
  storage: ['base', 'value', 'model', 'code', 'store', 'sqlite', 'versions', 'memo', 'web', 'render', 'frame', 'query', 'inspect'],
  cli: ['base', 'model', 'code', 'render', 'inspect', 'storage'],
}

interface Import {
  readonly from: string
  readonly to: string
  readonly isType: boolean
}

function listFiles(): string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
}

function listImports(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8')
  return [...text.matchAll(/^(?:import|export) (type )?([^'"]*?)from '(\.[^']+)'/gm)].map(([, type, names, target]) => {
    const listed = /^\{(.*)\}\s*$/.exec(names as string)?.[1]?.split(',')
    const isType = type !== undefined || (listed?.every((name) => name.trim().startsWith('type ')) ?? false)
    return { from: file, to: relative(src, resolve(src, dirname(file), target as string)), isType }
  })
}

const room = (file: string): string => (file.includes('/') ? (file.split('/')[0] as string) : '')

function findForbidden(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => room(from) !== '' && room(from) !== room(to) && !ROOMS[room(from)]?.includes(room(to)))
    .map(({ from, to }) => `${from} imports ${to}`)
}

/** Follows run-time imports depth first; a file met again on its own path closes a cycle. */
function findCycles(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports.filter((each) => !each.isType), (each) => each.from)
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      return
    }
    if (done.has(file)) return
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of next.keys()) visit(file, [])
  return cycles
}

test('a room imports only rooms below it', () => {
  assert.deepEqual(findForbidden(listFiles().flatMap(listImports)), [])
  assert.deepEqual(findForbidden([{ from: 'value/digest.ts', to: 'memo/op.ts', isType: true }]), ['value/digest.ts imports memo/op.ts'])
})

test('no files import each other in a circle at run time', () => {
  assert.deepEqual(findCycles(listFiles().flatMap(listImports)), [])
  const circle = [{ from: 'a.ts', to: 'b.ts', isType: false }, { from: 'b.ts', to: 'a.ts', isType: false }]
  assert.deepEqual(findCycles(circle), ['a.ts → b.ts → a.ts'])
})

test('only the value room hashes', () => {
  const hashing = listFiles().filter((file) => readFileSync(join(src, file), 'utf8').includes("from 'node:crypto'"))
  assert.deepEqual(hashing, ['value/digest.ts'])
})

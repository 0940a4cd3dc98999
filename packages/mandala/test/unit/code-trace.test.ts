import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CallTrace, findCurrent, type Dependency } from '../../src/code/call-trace.ts'
import { ModuleValues } from '../../src/code/module-values.ts'
import type { ValueState } from '../../src/code/value-state.ts'
import { markSelfReporting } from '../../src/code/self-reporting.ts'
import { NAMELESS, portray } from '../../src/code/portrait.ts'
import { isLiteral, originOf } from '../../src/code/reach.ts'
import { getTracer, Tracer } from '../../src/code/tracer.ts'
import { registerType } from '../../src/value/type-registry.ts'
import { linkProgram } from '../program-in-memory.ts'
import { loader, loadProgram, nameOf, traceCall, useOf, writeProgram } from '../tracked-program.ts'

const only = (text: string): { 'main.ts': string } => ({ 'main.ts': text })
const names = (dependencies: readonly Dependency[], folder: string): string[] => dependencies.map((dependency) => nameOf(dependency, folder)).sort()

test('an outer call depends on what its inner call uses, not the other way round', async () => {
  const { exports, folder } = await loadProgram(only(`const A = 1\nconst B = 2
export function inner() { return Number(A) }
export async function outer(call: () => Promise<number>) { return B + await call() }`))
  const inner: (readonly Dependency[])[] = []
  const { usage } = await traceCall(() => exports.outer?.(async () => {
    await null
    const found = await traceCall(() => exports.inner?.())
    inner.push(found.usage.dependencies)
    return found.result
  }))
  assert.deepEqual(names(usage.dependencies, folder), ['=A', '=B', 'inner', 'outer'])
  assert.deepEqual(names(inner[0] ?? [], folder), ['=A', 'inner'])
})

test('what is known of an inner call that was found is taken in by all calls around it', async () => {
  const found: Dependency = { kind: 'code', id: 'lib.ts#f', hash: '1' }
  const outer = new CallTrace()
  await outer.run(async () => {
    await null
    const inner = new CallTrace()
    await inner.run(async () => inner.add(found))
    assert.deepEqual(inner.usage().dependencies, [found])
  })
  assert.deepEqual(outer.usage().dependencies, [found])
})

test('a call that throws, at once or later, leaves nothing behind for the next', async () => {
  const { exports, folder } = await loadProgram(only(`const A = 1
export function fail() { throw new Error(String(A)) }
export async function failLater() { await null; throw new Error(String(A)) }
export function run() { return Number(2) }`))
  await assert.rejects(traceCall(() => exports.fail?.()))
  await assert.rejects(traceCall(() => exports.failLater?.()))
  assert.deepEqual(names((await traceCall(() => exports.run?.())).usage.dependencies, folder), ['run'])
  assert.equal(getTracer().markers.current, undefined)
})

test('outside of a call nothing is recorded', async () => {
  const { exports, folder } = await loadProgram(only('const A = 1\nexport function run() { return Number(A) }\nexport function other() { return Number(A) }'))
  exports.other?.()
  const { usage } = await traceCall(() => exports.run?.())
  exports.other?.()
  assert.deepEqual(names(usage.dependencies, folder), ['=A', 'run'])
})

test('the clock, chance, files and the network are noticed; pure modules aren\'t', async () => {
  const { usage } = await useOf(only(`import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createHash, randomUUID } from 'node:crypto'
export const run = () => [Date.now(), Math.random(), new Date(), existsSync(join('a', 'b')), performance.now(),
  createHash('sha1'), randomUUID(), new Date(0), Math.max(1)]`))
  assert.deepEqual(usage.hidden, ['Date.now', 'Math.random', 'new Date()', 'node:crypto.randomUUID', 'node:fs.existsSync', 'performance.now'])
})

test('a variable of the environment is a dependency with its value', async () => {
  process.env.MANDALA_TEST = 'a'
  const { exports } = await loadProgram(only('export const run = () => process.env.MANDALA_TEST'))
  const [, before] = (await traceCall(() => exports.run?.())).usage.dependencies
  process.env.MANDALA_TEST = 'b'
  const [, after] = (await traceCall(() => exports.run?.())).usage.dependencies
  assert.equal(before?.kind === 'env' && before.id, 'MANDALA_TEST')
  assert.notDeepEqual(after, before)
})

test('a package counts by its name and version where its import is used', async () => {
  writeProgram({
    '/node_modules/@lib/tool/package.json': '{ "name": "@lib/tool", "version": "1.2.3", "type": "module", "exports": { "./deep": "./deep.js" } }',
    '/node_modules/@lib/tool/deep.js': 'export const f = (x) => x + 1',
  })
  const { result, names: found } = await useOf(only('import { f } from "@lib/tool/deep"\nexport const run = (x: boolean) => x ? f(1) : 0'), [true])
  assert.deepEqual([result, found], [2, ['@lib/tool@1.2.3', 'run']])
})

test('a package that is linked from where it is worked on counts by its files too', async () => {
  const home = mkdtempSync(join(tmpdir(), 'mandala-linked-'))
  writeFileSync(join(home, 'package.json'), '{ "name": "linked", "version": "1.0.0", "type": "module", "exports": "./index.js" }')
  writeFileSync(join(home, 'index.js'), 'export const n = 1')
  symlinkSync(home, join(loader.root, 'node_modules/linked'))
  const { usage } = await useOf(only('import { n } from "linked"\nexport const run = () => n'))
  rmSync(home, { recursive: true })
  const [version] = usage.dependencies.flatMap((each) => (each.kind === 'package' ? [each.version] : []))
  assert.match(version ?? '', /^1\.0\.0\+[0-9a-f]{40}$/)
})

test('a value that changes while a call runs is named, and who writes it', async () => {
  const { usage } = await useOf(only(`let count = 0
const seen: number[] = []
let cache: number | undefined
const load = () => Number(5)
export function run() { count += 1; seen.push(count); return cache ??= load() }`))
  const [first] = usage.dependencies
  const folder = first?.id.split('/')[0] ?? ''
  assert.deepEqual(usage.changed.map((id) => id.replace(`${folder}/main.ts#`, '')), ['cache', 'count', 'seen'])
  assert.deepEqual(usage.written.map((id) => id.replace(`${folder}/main.ts#`, '')), ['cache', 'count'])
})

test('an op made inside a function is a component of its own, and tells what it closes over', async () => {
  writeProgram({
    '/node_modules/mandala-ts/package.json': '{ "name": "mandala-ts", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    '/node_modules/mandala-ts/index.js': 'export const op = (f) => f',
  })
  const { exports, folder } = await loadProgram(only(`import { op } from 'mandala-ts'
export function make(n: number) { const k = n + 1; return op(function add(x: number) { return Number(x + k) }) }
export const top = op(function top(x: number) { return Number(x) })`))
  const add = exports.make?.(2)
  const { usage } = await traceCall(() => add(1))
  const closedOver = getTracer().findClosedOver(add)
  assert.deepEqual(names(usage.dependencies, folder), ['make.add'])
  assert.deepEqual(closedOver?.values.map(({ name }) => name), ['', 'k', 'n'])
  assert.deepEqual([closedOver?.file, ...closedOver?.getters.map((read) => read?.()) ?? []], [`${folder}/main.ts`, undefined, 3, 2])
  assert.equal(getTracer().findClosedOver(exports.top as object), undefined)
})

test('a function that reports its own calls makes nobody depend on its value', async () => {
  const { exports, folder } = await loadProgram(only(`const wrap = (f: () => number) => f.bind(null)
export const f = wrap(() => Number(1))
export const run = () => f()`))
  markSelfReporting(exports.f as object)
  assert.deepEqual(names((await traceCall(() => exports.run?.())).usage.dependencies, folder), ['f', 'run'])
})

const UNUSED = { mentioned: [], isChanged: false, isChangedAfterUse: false }

/** What `tool` is known by, in a program of this source, with these values in its modules. */
function stateOfTool(source: string, values: Readonly<Record<string, unknown>>): ValueState {
  const program = linkProgram({ 'main.ts': source })
  const states = new ModuleValues({
    findOrigin: (id) => originOf(program, id), findFingerprint: (id) => program.findFingerprint(id), aside: (fn) => fn(),
    findGlobal: () => '', findPlace: () => undefined, isClosure: () => false, isIdle: () => true, hidesFields: () => false, peeksOf: () => [], keptOf: () => [],
    isCode: () => false, isTrivial: () => false,
    isLiteral: (id) => isLiteral(program.find(id)?.component), isSteady: () => false, isFixed: () => false, isSelfContained: () => false, atLoad: () => UNUSED,
  })
  for (const [name, value] of Object.entries(values)) states.set(`main.ts#${name}`, () => value)
  return states.state('main.ts#tool')
}

test('a value made of functions is known by their code, by what they name, and by the data in it', () => {
  const source = `const N = Number(process.env.N)
function deep(x: number) { return Number(x) }
const makeTool = (k: number) => ({ k, run: (x: number) => deep(x) + k + N })
const tool = makeTool(Number(2))
const other = () => Number(9)`
  const values = { N: 1, tool: { k: 2, run: () => 1 } }
  const before = stateOfTool(source, values)
  assert.equal(before.isOpaque, true)
  assert.deepEqual(stateOfTool(source.replace('Number(9)', 'Number(8)').replace('const N', '// one\nconst N'), values), before)
  assert.notEqual(stateOfTool(source.replace('Number(x)', 'Number(-x)'), values).hash, before.hash)
  assert.notEqual(stateOfTool(source.replace('Number(2)', 'Number(3)'), values).hash, before.hash)
  assert.notEqual(stateOfTool(source, { ...values, N: 5 }).hash, before.hash)
  assert.notEqual(stateOfTool(source, { ...values, tool: { k: 3, run: () => 1 } }).hash, before.hash)
  assert.equal(stateOfTool(source.replace('Number(x)', 'Number(-x)'), { tool: { k: 2 } }).isOpaque, false)
  const handed = `${source}\nother.call(tool, N)`
  assert.notEqual(stateOfTool(handed, values).hash, before.hash)
  // What a block does to it counts, unless it makes calls.
  const given = (runner: string, block: string): string | undefined => stateOfTool(`${handed}\n${runner}.run(() => ${block})`, values).hash
  assert.notEqual(given('other', '[tool, 1]'), given('other', '[tool, tool]'))
  const storage = `import { Storage } from 'mandala-ts'\nnew Storage()`
  assert.equal(given(storage, '[tool, 1]'), given(storage, '[tool, tool]'))
})

test('an instance that a call is given brings its class and those that it extends', async () => {
  const { exports, folder } = await loadProgram(only('export class A { x = 1; get() { return this.x } }\nexport class B extends A { y = 2 }'))
  const instance = new (exports.B as unknown as new () => object)()
  const circle: unknown[] = [instance]
  circle.push(circle)
  let deep: unknown = instance
  for (let i = 0; i < 100_000; i += 1) deep = [deep]
  for (const given of [instance, [instance], { in: new Map([['key', new Set([instance])]]) }, circle, deep]) {
    const trace = new CallTrace()
    trace.addClassesIn(given)
    assert.deepEqual(names(trace.usage().dependencies, folder), ['A', 'B'])
  }
})

test('today\'s state of a dependency is what a call would find now', async () => {
  const { exports } = await loadProgram(only('export let n = 1\nexport const set = (x: number) => { n = x }\nexport const run = () => Number(n)'))
  const { usage } = await traceCall(() => exports.run?.())
  assert.deepEqual(usage.dependencies.map((each) => findCurrent(each) === (each.kind === 'package' ? each.version : each.hash)), [true, true])
  exports.set?.(2)
  assert.deepEqual(usage.dependencies.map((each) => findCurrent(each) === (each.kind === 'package' ? each.version : each.hash)), [true, false])
  assert.equal(findCurrent({ kind: 'code', id: 'nowhere.ts#f', hash: '' }), undefined)
})

test('a large value is looked at as a whole once in a process, and again when a sample of it changes, or its size; a small one in every call', async () => {
  const { exports } = await loadProgram(only(`export const large = Array.from({ length: 10_000 }, (_, i) => i)
export const small = [1]
export const rows = { list: Array.from({ length: 10_000 }, (_, i) => i), byName: new Map<string, number>(), weights: new Float64Array(5000) }
export const weights = rows.weights
export const run = () => [large, small, rows].length`)) as any
  const hashes = async (): Promise<string[]> =>
    (await traceCall(() => exports.run?.())).usage.dependencies.flatMap((each) => (each.kind === 'value' ? [each.hash] : []))
  const before = await hashes()
  ;(exports.large as unknown as number[])[8001] = 7
  ;(exports.small as unknown as number[])[0] = 7
  const after = await hashes()
  assert.deepEqual(after.map((hash, i) => hash === before[i]), [true, false, true])
  const changes = [
    () => exports.rows.list.push(1), () => exports.rows.byName.set('a', 1), () => exports.rows.byName.set('a', 2), () => { exports.rows.more = 1 },
    () => { exports.rows.list = exports.rows.list.map((each: number) => each + 1) }, () => { exports.rows.list.fill(9) },
    () => exports.weights.fill(9), () => { exports.weights[4999] = 3 },
  ]
  for (const grow of changes) {
    const [, , rows] = await hashes()
    grow()
    assert.notEqual((await hashes())[2], rows, String(grow))
    assert.equal((await hashes())[2], (await hashes())[2])
  }
})

test('whatever becomes of a value between two calls is seen, deep in it too, and what comes back is known again', async () => {
  const { exports } = await loadProgram(only(`const fn = (x: number) => Number(x)
class Box { field = 1 }
const map = new Map<unknown, unknown>([['a', { b: 1 }]])
export const value = { list: [1, [undefined]], map, set: new Set([1]), date: new Date(0), fn, box: new Box() }
export const run = () => Object.keys(value)`))
  const value = exports.value as any
  const hash = async (): Promise<string> => JSON.stringify((await traceCall(() => exports.run?.())).usage.dependencies)
  const before = await hash()
  const changes: readonly (readonly [change: () => unknown, back: () => unknown])[] = [
    [() => value.list[1].push(2), () => value.list[1].pop()], [() => delete value.list[1][0], () => { value.list[1][0] = undefined }],
    [() => { value.map.get('a').b = 2 }, () => { value.map.get('a').b = 1 }], [() => value.map.set('c', 1), () => value.map.delete('c')],
    [() => value.set.add(2), () => value.set.delete(2)], [() => value.date.setTime(1), () => value.date.setTime(0)],
    [() => { value.fn.limit = 1 }, () => delete value.fn.limit], [() => { value.box.field = 2 }, () => { value.box.field = 1 }],
    [() => { value.more = 1 }, () => delete value.more], [() => { value.list[0] = -0 }, () => { value.list[0] = 1 }],
  ]
  for (const [change, back] of changes) {
    change()
    assert.notEqual(await hash(), before, String(change))
    back()
    assert.equal(await hash(), before, String(back))
  }
})

test('what it would take too long to look at is left alone: texts, bytes, parts', () => {
  const isUnknown = (value: unknown): boolean => portray(value, NAMELESS, { sizeMax: 100 }).isUnknown
  const many = [new Float64Array(1000), { in: [new Uint8Array(10_000)] }, 'x'.repeat(10_000), ['x'.repeat(10_000)], Array.from({ length: 200 }, () => 1)]
  assert.deepEqual(many.map(isUnknown), many.map(() => true))
  const few = [new Float64Array(10), { in: [new Uint8Array(10)] }, 'x'.repeat(100), Array.from({ length: 20 }, () => 1), undefined, null, 3]
  assert.deepEqual(few.map(isUnknown), few.map(() => false))
})

test('a function too small to report itself is part of the value it lies in', () => {
  const half = (x: number): number => x / 2
  const tools = new Map([['half', half]])
  const hashWith = (fingerprint: string, isTrivial: boolean): string | undefined => {
    const states = new ModuleValues({
      findOrigin: () => ({ held: [], reach: [], statements: [] }),
      findFingerprint: () => fingerprint, findGlobal: () => '', findPlace: () => undefined, isClosure: () => false, isIdle: () => true,
      hidesFields: () => false, peeksOf: () => [], keptOf: () => [], isCode: (id) => id === 'a.ts#half', isTrivial: () => isTrivial,
      isLiteral: () => false, isSteady: () => false, isFixed: () => false, isSelfContained: () => false, atLoad: () => UNUSED, aside: (fn) => fn(),
    })
    states.set('a.ts#half', () => half)
    states.set('a.ts#tools', () => tools)
    return states.state('a.ts#tools').hash
  }
  assert.notEqual(hashWith('1', true), hashWith('2', true))
  assert.equal(hashWith('1', false), hashWith('2', false))
})

test('the functions of a module that is loaded anew are known as those of the one before', () => {
  const { values } = new Tracer()
  for (const half of [(x: number): number => x / 2, (x: number): number => x * 0.5]) {
    values.set('a.ts#half', () => half)
    assert.equal(values.findId(half), 'a.ts#half')
  }
})

test('looking at a value runs code of registered types, which is no part of the call that reads it', async () => {
  const { exports, folder } = await loadProgram({
    'main.ts': `
      class Point { constructor(readonly x: number) {} get isLarge() { return this.x > 100 } }
      const isPoint = (value: unknown): value is Point => value instanceof Point
      export const type = { name: 'Point', is: (value: unknown) => isPoint(value), encode: (point: Point) => point.x, decode: (x: number) => new Point(x) }
      const config = { depth: 1, nested: { rate: 2 } }
      const origin = { at: new Point(1) }
      export function run() { return config.depth }
      export function runAt() { return origin.at.x }`,
  })
  registerType(exports.type as never)
  for (let i = 0; i < 2; i += 1) {
    const names = async (fn: unknown): Promise<string[]> =>
      (await traceCall(fn as () => unknown)).usage.dependencies.map((dependency) => nameOf(dependency, folder)).sort()
    assert.deepEqual(await names(exports.run), ['=config', 'run'])
    assert.deepEqual(await names(exports.runAt), ['=origin', 'runAt'])
  }
})

test('what many values were made from that were made from each other is found in time that grows little faster than their number', async () => {
  const size = 1_500
  const values = Array.from({ length: size }, (_, i) => `export const a${i} = new A(${i === 0 ? 1 : `a${i - 1}`})`)
  const { exports } = await loadProgram(only(`class A { #from: unknown; constructor(from: unknown) { this.#from = from } run() { return String(this.#from) } }
${values.join('\n')}
export const run = () => [${values.map((_, i) => `a${i}`).join(', ')}].length`))
  const start = performance.now()
  const { usage } = await traceCall(() => exports.run?.())
  assert.equal(usage.dependencies.filter(({ kind }) => kind === 'value').length, size)
  assert.ok(performance.now() - start < 10_000)
})

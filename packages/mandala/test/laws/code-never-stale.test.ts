import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { CallTrace, findCurrent, type Dependency } from '../../src/code/call-trace.ts'
import { installHooks } from '../../src/code/install-hooks.ts'
import { SourceLoader } from '../../src/code/source-loader.ts'

/** A small program that has a little of everything; each call of `run(name, x)` uses some of it. */
const FILES: Readonly<Record<string, string>> = {
  'main.ts': `import { LIMIT, rates } from './config.ts'
import { clamp as keep, half } from './tools.ts'
import * as shapes from './shapes.ts'
import registry, { bus, lookUp } from './registry.ts'
import { Level, counter } from './level.ts'
import legacy from './legacy.cjs'
import data from './data.json' with { type: 'json' }
const OFFSET = 7
const table = {
  plus: (x: number) => x + OFFSET,
  minus(x: number) { return Number(x - LIMIT) },
  nested: { twice: (x: number) => Number(x * 2) },
}
function describe(x: number, unit = 'cm', scale = LIMIT) { return x > 3 ? x * scale + unit : half(x) + unit }
async function later(x: number) { await null; return keep(x, OFFSET) + 1 }
const CASES: Record<string, (x: number) => unknown> = {
  clamp: (x) => keep(x, 4),
  describe: (x) => describe(x),
  unit: (x) => describe(x, 'm', 5),
  area: (x) => new shapes.Square(x).area() + new shapes.Circle(x).area(),
  scaled: (x) => shapes.unit.scaled(x).size,
  registry: (x) => registry.get('double')!(x) + lookUp('triple')(x),
  quad: (x) => registry.get('quad')!(x),
  bus: (x) => bus.emit('fifth', x) + bus.emit('six', x),
  level: (x) => (x > 2 ? Level.High : Level.Low) + counter.next(x),
  legacy: (x) => legacy.sum([x, 1, 2]) * legacy.FACTOR,
  data: (x) => data.weights.map((w: number) => w * x),
  table: (x) => table.plus(x) + table.nested.twice(x),
  minus: (x) => table.minus(x),
  later,
  rates: (x) => rates[x % 2 === 0 ? 'even' : 'odd'] * x,
  all: async (x) => [await later(x), describe(x), [...shapes.sizes(x)]],
}
export const NAMES = Object.keys(CASES)
export const run = (name: string, x: number) => CASES[name]!(x)
`,
  'config.ts': `export const LIMIT = 12
export const rates = { even: 2, odd: 3 }
`,
  'tools.ts': `export { clamp } from './clamp.ts'
export const half = (x: number) => x / 2
`,
  'clamp.ts': `const LOW = 1
export function clamp(x: number, high: number) { return Math.max(LOW, Math.min(x, high)) }
`,
  'other.ts': `const LOW = 2
export function clamp(x: number, high: number) { return Math.min(LOW, Math.max(x, high)) }
`,
  'shapes.ts': `import { LIMIT } from './config.ts'
const PI = 3
abstract class Shape {
  static unit = 10
  size: number
  border = LIMIT
  constructor(size: number) { this.size = Number(size) + Shape.unit }
  area() { return this.measure() * 2 + this.border }
  measure() { return Number(this.size) }
  get width() { return this.size + 1 }
}
export class Square extends Shape { measure() { return super.measure() * this.width } }
export class Circle extends Shape {
  #factor = PI
  measure() { return this.#scale(this.size) }
  #scale(x: number) { return Math.round(x * this.#factor) }
  scaled(x: number) { return new Circle(this.size * x) }
}
export const unit = new Circle(5)
export function* sizes(n: number) { for (let i = 0; i < n; i += 1) yield i * PI }
`,
  'registry.ts': `const makeScaler = (factor: number) => (x: number) => x * factor
const double = makeScaler(2)
const triple = (x: number) => x * 3
const registry = new Map<string, (x: number) => number>()
registry.set('double', double)
registry.set('triple', triple)
registry.set('quad', makeScaler(4))
class Bus {
  #handlers = new Map<string, (x: number) => number>()
  on(name: string, handler: (x: number) => number) { this.#handlers.set(name, handler) }
  emit(name: string, x: number) { return this.#handlers.get(name)!(x) }
}
export const bus = new Bus()
const fifth = (x: number) => x / 5
bus.on('fifth', fifth)
bus.on('six', makeScaler(6))
export const lookUp = (name: string) => registry.get(name) ?? makeScaler(1)
export default registry
`,
  'level.ts': `export enum Level { Low = 1, High = 20 }
const step = { by: 4 }
export const counter = { next(x: number) { return [x, step.by].reduce((a, b) => a + b, 0) } }
`,
  'legacy.cjs': `const START = 6
function sum(xs) { let all = START; for (const x of xs) all += x; return all }
module.exports = { sum, FACTOR: 9 }
`,
  'data.json': '{ "weights": [1, 2, 3] }',
}

const INPUTS = [1, 4]

/** One place in the source, written otherwise. */
interface Edit {
  readonly file: string
  readonly text: string
  readonly what: string
}

const PATTERNS: readonly (readonly [pattern: RegExp, to: (found: string) => string])[] = [
  [/\b\d+\b/g, (found) => String(Number(found) + 1)],
  [/ \+ /g, () => ' - '], [/ \* /g, () => ' + '], [/ > /g, () => ' <= '], [/ < /g, () => ' <= '], [/ \/ /g, () => ' * '],
  [/Math\.max/g, () => 'Math.min'], [/Math\.min/g, () => 'Math.max'], [/'(cm|m|double|triple|even|odd)'/g, (found) => found.replace(/'$/, 'x\'')],
  [/\.\/clamp\.ts/g, () => './other.ts'], [/this\.(size|border|width)\b/g, () => '7'], [/\bLIMIT\b(?! =|, )/g, () => 'Number(3)'],
  [/  get width.*\n/g, () => ''], [/ measure\(\) \{ return super/g, () => ' other() { return super'],
  [/ extends Shape \{ measure/g, () => ' extends Shape { unused() { return 1 }\n measure'],
  [/new Circle\(5\)/g, () => 'new Square(5) as never'], [/registry\.set\('double', double\)/g, () => 'registry.set(\'double\', triple)'],
]

function listEdits(): Edit[] {
  return Object.entries(FILES).flatMap(([file, source]) => PATTERNS.flatMap(([pattern, to]) => [...source.matchAll(pattern)].map((match) => {
    const text = source.slice(0, match.index) + to(match[0]) + source.slice(match.index + match[0].length)
    return { file, text, what: `${file}:${source.slice(0, match.index).split('\n').length} "${match[0].trim()}"` }
  })))
}

const home = mkdtempSync(join(tmpdir(), 'mandala-stale-'))
after(() => rmSync(home, { recursive: true }))
let count = 0

interface Run {
  readonly calls: ReadonlyMap<string, { readonly result: string; readonly dependencies: readonly Dependency[] }>
}

/** Each version of the program is loaded under a root of its own, and so has the same ids. */
async function runProgram(files: Readonly<Record<string, string>>): Promise<Run> {
  const root = join(home, String(count += 1))
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  for (const [name, text] of Object.entries({ ...files, 'package.json': '{ "type": "module" }' })) writeFileSync(join(root, name), text)
  installHooks(new SourceLoader(root, () => undefined))
  const program = (await import(pathToFileURL(join(root, 'main.ts')).href)) as { NAMES: string[]; run(name: string, x: number): unknown }
  const calls = new Map<string, { result: string; dependencies: readonly Dependency[] }>()
  for (const name of program.NAMES) {
    for (const x of INPUTS) {
      const trace = new CallTrace()
      const result = await trace.run(async () => program.run(name, x)).catch(String)
      calls.set(`${name}(${x})`, { result: JSON.stringify(result), dependencies: trace.usage().dependencies })
    }
  }
  return { calls }
}

const isAsItWas = (dependency: Dependency): boolean => findCurrent(dependency) === (dependency.kind === 'package' ? dependency.version : dependency.hash)

test('no edit of a program changes a call\'s result while all that the call depended on is as it was', async (t) => {
  const before = await runProgram(FILES)
  const stale: string[] = []
  let affected = 0
  let forNothing = 0
  const edits = listEdits()
  for (const { file, text, what } of edits) {
    // The program as edited is the one that is loaded now: what is asked for is its state.
    const now = await runProgram({ ...FILES, [file]: text }).catch(() => undefined)
    if (!now) continue
    for (const [call, { result, dependencies }] of before.calls) {
      const isHit = dependencies.every(isAsItWas)
      if (isHit && now.calls.get(call)?.result !== result) stale.push(`${what}: ${call}`)
      const used = now.calls.get(call)?.result !== result
      if (!isHit && used) affected += 1
      else if (!isHit) forNothing += 1
    }
  }
  t.diagnostic(`${edits.length} edits × ${before.calls.size} calls: ${affected} recomputed with another result, ${forNothing} with the same`)
  assert.deepEqual(stale, [])
  assert.ok(edits.length > 80)
  assert.ok(affected > 150)
})

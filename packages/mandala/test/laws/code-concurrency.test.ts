import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CallTrace } from '../../src/code/call-trace.ts'
import { loadProgram, nameOf } from '../tracked-program.ts'

/** How a function goes on to another. */
const WAYS = ['call', 'await', 'then', 'timer', 'microtask', 'immediate', 'generator', 'method', 'spin'] as const

interface Step {
  readonly way: (typeof WAYS)[number]
  /** The function called is a later one: programs end. */
  readonly skip: number
  /** The bit of the argument that decides whether the step is taken; none decides the last two. */
  readonly bit: number
  readonly value: number
}

type Plan = readonly (readonly Step[])[]

const VALUES = 6
const BITS = 6

function isTaken({ bit }: Step, argument: number): boolean {
  return bit >= BITS || (argument & (1 << bit)) !== 0
}

const target = (plan: Plan, from: number, { skip }: Step): number | undefined => (from + skip < plan.length ? from + skip : undefined)

/** What a call truly uses, by walking the plan. */
function expectedOf(plan: Plan, argument: number): string[] {
  const used = new Set<string>()
  const visit = (index: number): void => {
    used.add(`f${index}`)
    for (const step of plan[index] as readonly Step[]) {
      if (!isTaken(step, argument)) continue
      used.add(`=V${step.value}`).add('use')
      if (step.way === 'spin') used.add('spin').add('=W')
      const next = target(plan, index, step)
      if (step.way === 'spin' || next === undefined) continue
      if (step.way === 'generator') used.add('each')
      if (step.way === 'method') used.add('Box').add('=Box').add('Box.open').add('Box.constructor')
      // What it carries counts where a function is handed on.
      if (step.way === 'method' || step.way === 'then') used.add(`=f${next}`)
      visit(next)
    }
  }
  visit(0)
  return [...used].sort()
}

function sourceOf(plan: Plan): string {
  const values = Array.from({ length: VALUES }, (_, i) => `const V${i} = ${i}`)
  const functions = plan.map((taken, i) =>
    `export async function f${i}(x: number): Promise<number> {\n${taken.map((step) => stepSource(plan, i, step)).join('')}  return 0\n}`)
  return [...values, ...HELPERS, ...functions].join('\n')
}

const HELPERS = [
  'const W = 3',
  'function use(x: number) { return Number(x) }',
  'function spin(k: number) { return Math.imul(k, W) }',
  'function* each(x: number) { yield Number(x); yield 1 }',
  'class Box { f: (x: number) => Promise<number>',
  '  constructor(f: (x: number) => Promise<number>) { this.f = [f].map((each) => each)[0]! }',
  '  open(x: number) { return this.f(x) } }',
]

function stepSource(plan: Plan, index: number, step: Step): string {
  const next = target(plan, index, step)
  const body = `use(V${step.value}); ${step.way === 'spin' ? 'for (let k = 0; k < 700; k += 1) spin(k)' : next === undefined ? '' : callSource(step.way, next)}`
  return step.bit >= BITS ? `  { ${body} }\n` : `  if (x & ${1 << step.bit}) { ${body} }\n`
}

function callSource(way: Step['way'], next: number): string {
  switch (way) {
    case 'call': return `const p = f${next}(x); await null; await p`
    case 'then': return `await Promise.resolve(x).then(f${next})`
    case 'timer': return `await new Promise<void>((r) => setTimeout(() => { void f${next}(x).then(() => r()) }, 0))`
    case 'microtask': return `await new Promise<void>((r) => queueMicrotask(() => { void f${next}(x).then(() => r()) }))`
    case 'immediate': return `await new Promise<void>((r) => setImmediate(() => { void f${next}(x).then(() => r()) }))`
    case 'generator': return `for (const y of each(x)) { await f${next}(y === 1 ? x : y); break }`
    case 'method': return `await new Box(f${next}).open(x)`
    default: return `await f${next}(x)`
  }
}

const steps = fc.array(fc.record({
  way: fc.constantFrom(...WAYS), skip: fc.integer({ min: 1, max: 4 }), bit: fc.nat(BITS + 1), value: fc.nat(VALUES - 1),
}), { maxLength: 4 })

const plans = fc.array(steps, { minLength: 2, maxLength: 8 })

test('calls that interleave each get exactly what they used themselves', async () => {
  await fc.assert(fc.asyncProperty(plans, fc.array(fc.nat(2 ** BITS - 1), { minLength: 1, maxLength: 12 }), async (plan, args) => {
    const { exports, folder } = await loadProgram({ 'main.ts': sourceOf(plan) })
    const found = await Promise.all(args.map(async (argument) => {
      const trace = new CallTrace()
      await trace.run(() => exports.f0?.(argument))
      return trace.usage()
    }))
    for (const [i, usage] of found.entries()) {
      assert.deepEqual(usage.dependencies.map((dependency) => nameOf(dependency, folder)).sort(), expectedOf(plan, args[i] as number))
      assert.deepEqual(usage.changed, [])
    }
  }), { seed: 4, numRuns: 150 })
})

test('work that belongs to no call is nobody\'s, and hides nothing from those that run', async () => {
  const { exports, folder } = await loadProgram({
    'main.ts': `const A = 1\nconst B = 2
export function a(x: number) { return Number(A + x) }
export function b(x: number) { return Number(B + x) }
export async function run(fn: (x: number) => number) { for (let i = 0; i < 30; i += 1) { await new Promise((r) => setImmediate(r)); fn(i) } }`,
  })
  let isDone = false
  const background = (async () => {
    while (!isDone) {
      for (let i = 0; i < 1000; i += 1) exports.b?.(i)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const names = await Promise.all(['a', 'a', 'b'].map(async (name) => {
    const trace = new CallTrace()
    await trace.run(() => exports.run?.((x: number) => exports[name]?.(x)))
    return trace.usage().dependencies.map((dependency) => nameOf(dependency, folder)).sort()
  }))
  isDone = true
  await background
  assert.deepEqual(names, [['=A', 'a', 'run'], ['=A', 'a', 'run'], ['=B', 'b', 'run']])
})

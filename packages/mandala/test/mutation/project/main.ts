import { AsyncLocalStorage } from 'node:async_hooks'
import { Storage, unwrap } from 'mandala-ts'
import { inside } from './src/inside.ts'
import * as outside from './src/ops.ts'

const ops = { ...outside, ...inside }

const book = { name: 'book', price: 10, count: 1 }
const pens = { name: 'pen', price: 2, count: 12 }
const none = { name: 'cup', price: 5, count: 0 }
const product = (...lists) => lists.reduce((rows, list) => rows.flatMap((row) => list.map((each) => [...row, each])), [[]])

const INPUTS = {
  describeShape: product(['circle', 'square', 'blob'], [1, 4]), plugin: product(['double', 'scale', 'shift', 'cap', 'round', 'add', 'none'], [3, 12]),
  decorated: [[''], ['a'], ['bc']], strategy: product(['none', 'half', 'scaled', 'deep', 'triple', 'square', 'other'], [5, 8]),
  composed: product([['half'], ['triple', 'half'], []], [7, 20]), looped: [[0], [10]], counted: product([0, 5], [1, 2, 4]),
  converted: product([10, 99], ['eur', 'usd', 'gbp']), words: [['the cat of a cat'], ['one two two'], ['alone'], ['sky']],
  greeting: [[0], [3], [9], [1, '?'], [4, '.']], framed: [['abc'], ['a long text'], ['']], generated: product(['range', 'steps', 'evens', 'big'], [2, 5]),
  ticked: [[0], [2]], averaged: [[0], [4], [12]], retried: [[0], [2], [5]], levelled: [[0], [3], [7], [20]], located: [['rome', 'oslo'], ['oslo', 'oslo']],
  far: [[2], [9]], even: [[0], [3], [4]], lazily: [[1], [4], [8]], stateful: [['mode'], ['level'], ['ready'], ['settings'], ['p'], ['zzz']],
  placed: [['region'], ['debug']], priced: [[book], [pens], [none]], totalled: [[[book, pens]], [[book, none]], [[]]], labelled: [[[book]], [[pens, none]]],
  summarised: [[[book, pens]], [[book, pens, none]]], report: product([[book, pens], [none]], ['eur', 'usd']), ranked: [[1], [8], [40]],
  constant: [['banner'], ['doubled'], ['start'], ['label'], ['other']], nested: product(['circle', 'square'], [2, 3]),
  grown: [[2], [5]], halved: [[2], [9]], shifted: [[2], [9]], floored: [[7], [20]], measured: [[1], [6]], stepped: product(['limit', 'plus 1', 'plus 2'], [4]),
  waited: [[2]], chosen: [[2], [9]], raised: [[4]], handed: [[2], [3]], measuredThere: [[1], [5]], shared: [[2], [4]], doubled: [[3]],
}

const label = new AsyncLocalStorage()

/** Every call with what came of it; with a storage also which of them executed. */
export async function runAll(storage, { atOnce = false, around = (_name, call) => call() } = {}) {
  const outputs = {}
  const executed = new Set()
  storage?.subscribe((event) => { if (event.kind === 'call-will-execute') executed.add(label.getStore()) })
  const runOne = async (name, args) => {
    const key = `${name} ${JSON.stringify(args)}`
    const call = () => label.run(key, () => around(key, async () => (storage ? unwrap(ops[name](...args)) : ops[name](...args))))
    outputs[key] = await call().then((value) => JSON.stringify(value) ?? 'undefined', (error) => `error: ${error.code ?? ''} ${error.message}`)
  }
  const all = Object.entries(INPUTS).flatMap(([name, inputs]) => inputs.map((args) => [name, args]))
  const run = async () => {
    if (atOnce) await Promise.all(all.map((call) => runOne(...call)))
    else for (const call of all) await runOne(...call)
  }
  await (storage ? storage.run(run) : run())
  return { outputs, executed: [...executed].sort() }
}

if (process.argv[2] !== undefined && process.argv[1] === import.meta.filename) {
  const storage = new Storage({ path: process.argv[2], deps: 'src', onChange: 'recompute' })
  console.log(JSON.stringify(await runAll(storage)))
  await storage.close()
}

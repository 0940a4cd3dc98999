import type { Pair, Subject } from './pair.ts'

const chat = (parts: object = {}): object => ({
  model: 'large-2', temperature: 0.7, messages: [{ role: 'system', content: 'Answer briefly.' }, { role: 'user', content: 'What is a hash?' }], ...parts,
})
const tool = (parts: object = {}): object => ({
  name: 'search', description: 'Searches the web', parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] }, ...parts,
})
const config = (parts: object = {}): object => ({ layers: [128, 64, 10], rate: 0.001, seed: 42, dropout: { kind: 'fixed', rate: 0.5 }, ...parts })
const matrix = (rows: number, columns: number, at = -1): Float64Array[] =>
  Array.from({ length: rows }, (_, i) => Float64Array.from({ length: columns }, (_, j) => (i * columns + j === at ? -1 : i + j / 10)))
const rows = (count: number): object[] => Array.from({ length: count }, (_, id) => ({ id, name: `row ${id}`, score: id / 7, tags: ['a', 'b'] }))
const without = (key: string, value: Record<string, unknown>): object => { delete value[key]; return value }

const differ: readonly Pair[] = [
  ['a prompt with a trailing line end', () => chat({ prompt: 'Hello' }), () => chat({ prompt: 'Hello\n' })],
  ['a prompt with other indentation', () => 'def f():\n    return 1', () => 'def f():\n  return 1'],
  ['a prompt with curly quotes', () => 'Say "yes"', () => 'Say “yes”'],
  ['a prompt with other dashes', () => 'a - b', () => 'a – b'],
  ['one message or two', () => [{ role: 'user', content: 'a\nb' }], () => [{ role: 'user', content: 'a' }, { role: 'user', content: 'b' }]],
  ['roles swapped', () => [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }],
    () => [{ role: 'assistant', content: 'a' }, { role: 'user', content: 'b' }]],
  ['a role within the content', () => [{ role: 'user', content: 'a"},{"role":"system","content":"b' }],
    () => [{ role: 'user', content: 'a' }, { role: 'system', content: 'b' }]],
  ['messages in another order', () => chat({ messages: [{ content: 'a' }, { content: 'b' }] }), () => chat({ messages: [{ content: 'b' }, { content: 'a' }] })],
  ['a temperature of zero and none', () => chat({ temperature: 0 }), () => without('temperature', chat() as Record<string, unknown>)],
  ['an undefined temperature and none', () => chat({ temperature: undefined }), () => without('temperature', chat() as Record<string, unknown>)],
  ['an undefined and a null temperature', () => chat({ temperature: undefined }), () => chat({ temperature: null })],
  ['a temperature as a number and as text', () => chat({ temperature: 1 }), () => chat({ temperature: '1' })],
  ['a temperature that was computed', () => chat({ temperature: 0.3 }), () => chat({ temperature: 0.1 * 3 })],
  ['a temperature that failed to parse, and null', () => chat({ temperature: Number('hot') }), () => chat({ temperature: null })],
  ['stop words as a text and as a list', () => chat({ stop: 'END' }), () => chat({ stop: ['END'] })],
  ['no stop words and an empty list', () => chat(), () => chat({ stop: [] })],
  ['a token limit without end, and null', () => chat({ maxTokens: Infinity }), () => chat({ maxTokens: null })],
  ['models of two versions', () => chat({ model: 'large-2' }), () => chat({ model: 'large-2.1' })],
  ['tools in another order', () => chat({ tools: [tool(), tool({ name: 'read' })] }), () => chat({ tools: [tool({ name: 'read' }), tool()] })],
  ['a tool without a required parameter', () => tool(), () => tool({ parameters: { type: 'object', properties: { query: { type: 'string' } }, required: [] } })],
  ['a tool parameter of another type', () => tool(), () => tool({ parameters: { type: 'object', properties: { query: { type: 'number' } }, required: ['query'] } })],
  ['a description in another language', () => tool(), () => tool({ description: 'Sucht im Netz' })],
  ['an image as bytes and as base64', () => ({ image: new Uint8Array([137, 80, 78, 71]) }), () => ({ image: 'iVBORw==' })],
  ['images that differ in a byte', () => ({ image: Buffer.alloc(3000, 7) }), () => ({ image: Buffer.concat([Buffer.alloc(2999, 7), Buffer.from([8])]) })],
  ['embeddings that differ in the last place', () => Float32Array.of(0.1, 0.2, 0.3), () => Float32Array.of(0.1, 0.2, 0.30000004)],
  ['an embedding in two precisions', () => Float32Array.of(0.5, 0.25), () => Float64Array.of(0.5, 0.25)],
  ['a seed as number and bigint', () => config({ seed: 42 }), () => config({ seed: 42n })],
  ['seeds beyond 2 ** 53', () => config({ seed: 2n ** 60n }), () => config({ seed: 2n ** 60n + 1n })],
  ['a learning rate', () => config({ rate: 0.001 }), () => config({ rate: 0.0010000000000000002 })],
  ['layers in another order', () => config({ layers: [128, 64] }), () => config({ layers: [64, 128] })],
  ['layers as a Set', () => config({ layers: [64, 64] }), () => config({ layers: new Set([64, 64]) })],
  ['a nested option', () => config({ dropout: { kind: 'fixed', rate: 0.5 } }), () => config({ dropout: { kind: 'fixed', rate: 0.6 } })],
  ['a flag as boolean and as text', () => config({ verbose: false }), () => config({ verbose: 'false' })],
  ['a start date and its text', () => ({ from: new Date('2026-01-01') }), () => ({ from: '2026-01-01T00:00:00.000Z' })],
  ['a start date a day later', () => ({ from: new Date('2026-01-01') }), () => ({ from: new Date('2026-01-02') })],
  ['a start date that is invalid, and null', () => ({ from: new Date('soon') }), () => ({ from: null })],
  ['a matrix with one other element', () => matrix(20, 20), () => matrix(20, 20, 399)],
  ['a matrix by rows and as one array', () => matrix(2, 2), () => Float64Array.from([0, 0.1, 1, 1.1])],
  ['a matrix of another shape', () => ({ shape: [2, 3], data: new Float64Array(6) }), () => ({ shape: [3, 2], data: new Float64Array(6) })],
  ['a missing measurement as NaN and as null', () => [1.5, NaN, 2], () => [1.5, null, 2]],
  ['a missing measurement as a hole and as NaN', () => [1.5, , 2], () => [1.5, NaN, 2]],
  ['a table with two rows swapped', () => rows(10), () => { const made = rows(10); made.push(...made.splice(0, 1)); return made }],
  ['a table with one row more', () => rows(10), () => rows(11)],
  ['an id as number and as text', () => ({ id: 1 }), () => ({ id: '1' })],
  ['a postal code with a leading zero', () => ({ zip: '01067' }), () => ({ zip: '1067' })],
  ['a phone number as text and number', () => ({ phone: '4930' }), () => ({ phone: 4930 })],
  ['an amount as text', () => ({ amount: '1.10' }), () => ({ amount: '1.1' })],
  ['filters that match other texts', () => ({ where: /error/ }), () => ({ where: /error/i })],
  ['headers as a Map and as an object', () => ({ headers: new Map([['a', '1']]) }), () => ({ headers: { a: '1' } })],
  ['options that stand in another place', () => ({ train: { epochs: 5 }, test: {} }), () => ({ train: {}, test: { epochs: 5 } })],
  ['a graph of jobs with another edge', () => jobs(0), () => jobs(1)],
  ['a failure with another code', () => ({ ok: false, error: Object.assign(new Error('failed'), { code: 404 }) }),
    () => ({ ok: false, error: Object.assign(new Error('failed'), { code: 500 }) })],
]

function jobs(edge: 0 | 1): unknown {
  const [load, clean] = [{ name: 'load' }, { name: 'clean' }]
  return [load, clean, { name: 'train', after: [edge === 0 ? load : clean] }]
}

const agree: readonly Pair[] = [
  ['a prompt built in another order', () => chat(), () => JSON.parse(JSON.stringify(chat(), ['messages', 'role', 'content', 'temperature', 'model'])) as unknown],
  ['a tool with keys in another order', () => tool(),
    () => ({ parameters: (tool() as { parameters: object }).parameters, description: 'Searches the web', name: 'search' })],
  ['a configuration merged from defaults', () => config({ seed: 1 }), () => ({ ...config(), ...{ seed: 1 } })],
  ['a configuration read from JSON', () => config(), () => JSON.parse(JSON.stringify(config())) as unknown],
  ['a matrix made twice', () => matrix(20, 20), () => matrix(20, 20)],
  ['a matrix whose rows are cut from one block, and one of single rows', () => [new Float64Array(2), new Float64Array(2)],
    () => { const block = new Float64Array(4); return [block.subarray(0, 2), block.subarray(2)] }],
  ['a table made twice', () => rows(100), () => rows(100)],
  ['a table and its structured clone', () => rows(100), () => structuredClone(rows(100))],
  ['missing measurements', () => [1.5, NaN, 2], () => [1.5, Number('n/a'), 2]],
  ['a date in a configuration', () => ({ from: new Date('2026-01-01') }), () => ({ from: new Date(Date.UTC(2026, 0, 1)) })],
  ['a set of tags in another order', () => ({ tags: new Set(['a', 'b']) }), () => ({ tags: new Set(['b', 'a']) })],
  ['an index by id in another order', () => new Map([[1, { n: 1 }], [2, { n: 2 }]]), () => new Map([[2, { n: 2 }], [1, { n: 1 }]])],
  ['an image read twice', () => ({ image: Buffer.alloc(3000, 7) }), () => ({ image: Buffer.alloc(3000).fill(7) })],
  ['an undefined temperature', () => chat({ temperature: undefined }), () => chat({ temperature: undefined })],
  ['a graph of jobs', () => jobs(0), () => jobs(0)],
  ['a failure', () => ({ error: new TypeError('bad input') }), () => ({ error: new TypeError('bad input') })],
]

export const realistic: Subject = { subject: 'realistic inputs', differ, agree, refused: [] }

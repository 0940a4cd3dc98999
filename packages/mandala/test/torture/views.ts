import type { Pair, Subject } from './pair.ts'

const bytes = (...values: number[]): ArrayBuffer => new Uint8Array(values).buffer
const Float16 = (globalThis as { Float16Array?: new (values: readonly number[]) => ArrayBufferView }).Float16Array
const zeros = (length: number): number[] => Array<number>(length).fill(0)

const differ: readonly Pair[] = [
  ['Float64Array and Float32Array', () => new Float64Array([1, 2]), () => new Float32Array([1, 2])],
  ['Float64Array and an array', () => new Float64Array([1, 2]), () => [1, 2]],
  ['Int8Array and Uint8Array', () => new Int8Array([1, 2]), () => new Uint8Array([1, 2])],
  ['Uint8Array and Uint8ClampedArray', () => new Uint8Array([1, 2]), () => new Uint8ClampedArray([1, 2])],
  ['Int16Array and Uint16Array', () => new Int16Array([1, 2]), () => new Uint16Array([1, 2])],
  ['Int32Array and Uint32Array', () => new Int32Array([1, 2]), () => new Uint32Array([1, 2])],
  ['Int32Array and Float32Array of the same bytes', () => new Int32Array(bytes(0, 0, 128, 63)), () => new Float32Array(bytes(0, 0, 128, 63))],
  ['BigInt64Array and BigUint64Array', () => new BigInt64Array([1n]), () => new BigUint64Array([1n])],
  ['BigInt64Array and Float64Array of the same bytes', () => new BigInt64Array(1), () => new Float64Array(1)],
  ['Uint8Array and Uint16Array of the same bytes', () => new Uint8Array(bytes(1, 0, 2, 0)), () => new Uint16Array(bytes(1, 0, 2, 0))],
  ['Uint16Array and Uint8Array of the same numbers', () => new Uint16Array([1, 2]), () => new Uint8Array([1, 2])],
  ['signs of one byte', () => new Int8Array([-1]), () => new Uint8Array([255])],
  ['Buffer and Uint8Array', () => Buffer.from([1, 2]), () => new Uint8Array([1, 2])],
  ['Buffer and its JSON', () => Buffer.from([1, 2]), () => ({ type: 'Buffer', data: [1, 2] })],
  ['Buffer and its bytes as an array', () => Buffer.from([1, 2]), () => [1, 2]],
  ['Buffer and its text', () => Buffer.from('ab'), () => 'ab'],
  ['Buffer and its text in hex', () => Buffer.from([0xab]), () => 'ab'],
  ['Uint8Array and its text', () => new Uint8Array([97, 98]), () => 'ab'],
  ['Uint8Array and an object with its keys', () => new Uint8Array([1, 2]), () => ({ 0: 1, 1: 2 })],
  ['Uint8Array and its joined text', () => new Uint8Array([1, 2]), () => '1,2'],
  ['ArrayBuffer and Uint8Array', () => bytes(1, 2), () => new Uint8Array([1, 2])],
  ['ArrayBuffer and the empty object', () => bytes(1, 2), () => ({})],
  ['two ArrayBuffers', () => bytes(1, 2), () => bytes(1, 3)],
  ['ArrayBuffers of other lengths', () => bytes(), () => bytes(0)],
  ['DataView and Uint8Array', () => new DataView(bytes(1, 2)), () => new Uint8Array([1, 2])],
  ['DataView and ArrayBuffer', () => new DataView(bytes(1, 2)), () => bytes(1, 2)],
  ['two DataViews', () => new DataView(bytes(1, 2)), () => new DataView(bytes(1, 3))],
  ['DataViews at other offsets', () => new DataView(bytes(1, 2, 3), 0, 2), () => new DataView(bytes(1, 2, 3), 1, 2)],
  ['views at other offsets of the same bytes', () => new Uint8Array(bytes(1, 2, 3), 0, 2), () => new Uint8Array(bytes(1, 2, 3), 1, 2)],
  ['views of other lengths of the same bytes', () => new Uint8Array(bytes(1, 2, 3), 0, 2), () => new Uint8Array(bytes(1, 2, 3), 0, 3)],
  ['zeros of other lengths', () => new Float64Array(3), () => new Float64Array(4)],
  ['empty views of two classes', () => new Float64Array(0), () => new Uint8Array(0)],
  ['an empty view and an empty array', () => new Uint8Array(0), () => []],
  ['an empty view and an empty Buffer', () => new Uint8Array(0), () => Buffer.alloc(0)],
  ['zero and minus zero', () => new Float64Array([0]), () => new Float64Array([-0])],
  ['zero and minus zero in float32', () => new Float32Array([0]), () => new Float32Array([-0])],
  ['NaN and Infinity', () => new Float64Array([NaN]), () => new Float64Array([Infinity])],
  ['NaN and zero', () => new Float64Array([NaN]), () => new Float64Array([0])],
  ['one ulp', () => new Float64Array([1]), () => new Float64Array([1 + Number.EPSILON])],
  ['the last of a long view', () => new Float64Array([...zeros(10_000), 1]), () => new Float64Array([...zeros(10_000), 2])],
  ['the middle of a long view', () => new Uint8Array([...zeros(5000), 1, ...zeros(5000)]), () => new Uint8Array([...zeros(5001), 1, ...zeros(4999)])],
  ['the last of a long Buffer', () => Buffer.alloc(5000, 1), () => Buffer.concat([Buffer.alloc(4999, 1), Buffer.from([2])])],
  ['two orders', () => new Int32Array([1, 2]), () => new Int32Array([2, 1])],
  ['large bigints in a view', () => new BigInt64Array([2n ** 60n]), () => new BigInt64Array([2n ** 60n + 1n])],
  ['views that share memory and ones that do not', () => halves(true), () => halves(false)],
  ['views that share memory in another way', () => overlapping(1), () => overlapping(2)],
  ['a view beside its memory, and beside other memory', () => beside(true), () => beside(false)],
  ['a typed array within an object, and its array', () => ({ x: new Float32Array([1]) }), () => ({ x: [1] })],
  ['where the numbers are cut', () => [new Uint8Array([1, 2]), new Uint8Array([3])], () => [new Uint8Array([1]), new Uint8Array([2, 3])]],
  ['byte orders', () => new Uint16Array(bytes(1, 2)), () => new Uint16Array(bytes(2, 1))],
  ['Float16Array and Float32Array', () => (Float16 ? new Float16([1]) : 'none'), () => new Float32Array([1])],
  ['Float16Array and Uint16Array of the same bytes', () => (Float16 ? new Float16([1]) : 'none'), () => new Uint16Array([0x3c00])],
]

function halves(isShared: boolean): object {
  const all = new Float64Array([1, 2, 3, 4])
  return { all, tail: isShared ? all.subarray(2) : all.slice(2) }
}

function overlapping(offset: number): object {
  const memory = new Uint8Array(4)
  return [memory, memory.subarray(offset, offset + 2)]
}

function beside(isOwn: boolean): object {
  const view = new Uint8Array([1, 2])
  return [view, isOwn ? view.buffer : bytes(1, 2)]
}

const agree: readonly Pair[] = [
  ['typed arrays of the same numbers', () => new Float64Array([1, 2]), () => Float64Array.of(1, 2)],
  ['a view at an offset and a copy', () => new Uint8Array(bytes(1, 2, 3), 1, 2), () => new Uint8Array([2, 3])],
  ['a subarray and a slice', () => new Float64Array([1, 2, 3]).subarray(1), () => new Float64Array([1, 2, 3]).slice(1)],
  ['Buffers from the pool and beside it', () => Buffer.from('abc'), () => Buffer.concat([Buffer.from('ab'), Buffer.from('c')])],
  ['a pooled Buffer and one of its own', () => Buffer.from('abc'), () => Buffer.alloc(3, 'abc')],
  ['ArrayBuffers', () => bytes(1, 2), () => bytes(1, 2, 3).slice(0, 2)],
  ['DataViews at other offsets of other bytes', () => new DataView(bytes(1, 2), 0), () => new DataView(bytes(0, 1, 2), 1)],
  ['NaN of two bit patterns', () => new Float64Array([NaN]), () => new Float64Array(bytes(1, 0, 0, 0, 0, 0, 0xf8, 0xff))],
  ['NaN in float32 of two bit patterns', () => new Float32Array([NaN]), () => new Float32Array(bytes(1, 0, 0xc0, 0xff))],
  ['NaN in a long view', () => Float64Array.from(zeros(500), () => NaN), () => new Float64Array(500).map(() => 0 / 0)],
  ['a clamped value', () => new Uint8ClampedArray([300]), () => new Uint8ClampedArray([255])],
  ['a long view', () => new Float32Array(10_000).fill(0.5), () => Float32Array.from({ length: 10_000 }, () => 0.5)],
  ['views that share memory', () => halves(true), () => halves(true)],
  ['views side by side in one memory, and apart', () => sideBySide(true), () => sideBySide(false)],
]

function sideBySide(isOne: boolean): object {
  const memory = bytes(1, 2, 3, 4)
  return [new Uint8Array(memory, 0, 2), isOne ? new Uint8Array(memory, 2, 2) : new Uint8Array([3, 4])]
}

class Samples extends Float64Array {}

const refused: readonly Pair[] = [
  ['a subclass and its base', () => new Samples([1]), () => new Float64Array([1])],
  ['memory shared between threads and its own', () => new Uint8Array(new SharedArrayBuffer(2)), () => new Uint8Array(2)],
  ['a SharedArrayBuffer and the empty object', () => new SharedArrayBuffer(2), () => ({})],
  ['a buffer that can grow and one that can not', () => new ArrayBuffer(2, { maxByteLength: 4 }), () => new ArrayBuffer(2)],
  ['a view that follows its buffer and one that does not', () => new Uint8Array(new ArrayBuffer(2, { maxByteLength: 4 })), () => new Uint8Array(2)],
  ['a view with a property and none', () => Object.assign(new Uint8Array(2), { unit: 'm' }), () => new Uint8Array(2)],
  ['a long view with a hidden property and none', () => Object.defineProperty(new Uint8Array(200), 'unit', { value: 'm' }), () => new Uint8Array(200)],
  ['a view whose memory was given away', () => detached(), () => new Uint8Array(0)],
]

function detached(): Uint8Array {
  const view = new Uint8Array(2)
  structuredClone(view.buffer, { transfer: [view.buffer] })
  return view
}

export const views: Subject = { subject: 'typed arrays and buffers', differ, agree, refused }

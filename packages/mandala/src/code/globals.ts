/**
 * What every program finds: the language's and Node's own names, as of Node 26 whatever Node runs, so that all say the same of a file. Another
 * name that nobody declares is the surroundings' to set: somebody's `globalThis.LIMIT = 3`, or a constant that a bundler puts in its place.
 */
export const GLOBALS: ReadonlySet<string> = new Set(`
AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array Blob Boolean BroadcastChannel
Buffer ByteLengthQueuingStrategy CloseEvent CompressionStream CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DataView Date
DecompressionStream DisposableStack Error ErrorEvent EvalError Event EventSource EventTarget File FinalizationRegistry Float16Array Float32Array
Float64Array FormData Function Headers Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math MessageChannel MessageEvent MessagePort NaN
Navigator Number Object Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList
PerformanceResourceTiming Promise Proxy QuotaExceededError RangeError ReadableByteStreamController ReadableStream ReadableStreamBYOBReader
ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer
Storage String SubtleCrypto SuppressedError Symbol SyntaxError Temporal TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream
TransformStreamDefaultController TypeError URIError URL URLPattern URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef
WeakSet WebAssembly WebSocket WritableStream WritableStreamDefaultController WritableStreamDefaultWriter
__dirname __filename arguments atob btoa clearImmediate clearInterval clearTimeout console crypto decodeURI decodeURIComponent encodeURI
encodeURIComponent escape eval exports fetch gc global globalThis isFinite isNaN localStorage module navigator parseFloat parseInt performance process
queueMicrotask require sessionStorage setImmediate setInterval setTimeout structuredClone undefined unescape
`.trim().split(/\s+/))

/** Globals that are no inputs. */
export const HIDDEN: ReadonlySet<string> = new Set([
  'eval', 'Function', 'process', 'import()',
  'Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID', 'crypto.getRandomValues', 'fetch', 'process.argv', 'process.cwd', 'process.hrtime', 'process.env',
])

/** The variable that `process.env.X` reads. */
export function envNameOf(name: string): string | undefined {
  return /^process\.env\.(.+)$/.exec(name)?.[1]
}

/** Other in every process, and nothing that a program goes by. */
const VOLATILE = new Set(['pid', 'ppid', 'uptime', 'exitCode', 'connected'])

/** What the process was started with, as far as a plain name reaches it: its arguments, its environment, plain values. Undefined for all else. */
export function contentOfGlobal(name: string): unknown {
  if (name === 'process') return [{ ...process.env }, process.argv.slice(2)]
  if (name === 'process.env') return { ...process.env }
  if (name === 'process.argv') return process.argv.slice(2)
  const variable = envNameOf(name)
  if (variable !== undefined) return process.env[variable]
  const [owner, key] = name.startsWith('process.') ? [process, name.slice('process.'.length)] : [globalThis, name]
  const value: unknown = VOLATILE.has(key) ? undefined : Object.getOwnPropertyDescriptor(owner, key)?.value
  return /^(string|number|bigint|boolean)$/.test(typeof value) ? value : undefined
}

/** Methods that call the function they are given before they return, if at all. */
export const SYNC_METHODS: ReadonlySet<string> = new Set([
  'map', 'filter', 'forEach', 'reduce', 'reduceRight', 'some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex', 'flatMap', 'sort', 'toSorted',
])

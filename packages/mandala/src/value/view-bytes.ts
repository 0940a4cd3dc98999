import { getViewName } from './shape.ts'

/** What views of floating-point numbers have in common, as far as needed here. */
interface Floats extends ArrayBufferView {
  readonly BYTES_PER_ELEMENT: number
  readonly length: number
  readonly [index: number]: number
  map(change: (x: number) => number): Floats
  slice(): Floats
  includes(x: number): boolean
}

function isFloats(view: ArrayBufferView): view is Floats {
  return /^Float\d+Array$/.test(getViewName(view))
}

/** A copy with each number at so many significant digits; views of other classes as they are. */
export function round(view: ArrayBufferView, digits: number): ArrayBufferView {
  if (!isFloats(view)) return view
  return view.map((x) => (Number.isFinite(x) && x !== 0 ? Number(x.toPrecision(digits)) : x))
}

/** The bytes that a view shows. A view of floats shows one NaN, of whose many bit patterns the engine is free to store any, unless its bits are trusted. */
export function getBytes(view: ArrayBufferView, trustsBits: boolean): Uint8Array {
  const shown = !trustsBits && isFloats(view) && view.includes(NaN) ? withOneNaN(view) : view
  return new Uint8Array(shown.buffer, shown.byteOffset, shown.byteLength)
}

function withOneNaN(view: Floats): ArrayBufferView {
  const copy = view.slice()
  // As bits, since a NaN that is stored as a number is again whichever the engine likes.
  const write = bitWriters[view.BYTES_PER_ELEMENT]?.(copy.buffer as ArrayBuffer)
  for (let i = 0; i < view.length; i += 1) if (Number.isNaN(view[i])) write?.(i)
  return copy
}

const bitWriters: Readonly<Record<number, (memory: ArrayBuffer) => (i: number) => void>> = {
  2: (memory) => {
    const bits = new Uint16Array(memory)
    return (i) => { bits[i] = 0x7e00 }
  },
  4: (memory) => {
    const bits = new Uint32Array(memory)
    return (i) => { bits[i] = 0x7fc00000 }
  },
  8: (memory) => {
    const bits = new BigUint64Array(memory)
    return (i) => { bits[i] = 0x7ff8000000000000n }
  },
}

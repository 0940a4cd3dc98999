import { Deserializer, Serializer } from 'node:v8'
import { MandalaError } from '../base/mandala-error.ts'
import { identify } from './identify.ts'
import { getViewName } from './shape.ts'
import { makeView, NodeTableReader, NodeTableWriter, type MakeStandIn, type Node } from './node-table.ts'
import { findPrimitiveText, parsePrimitive } from './primitive-codec.ts'

/** How the rest of stored bytes is to be read. A primitive is told by its first byte; V8's own header begins with 0xff. */
const PLAIN = 1
const TABLE = 2
const PRIMITIVE = 3

/** Writes each view with exactly its own bytes; by itself V8 would write all the memory it stands on. */
class ViewSerializer extends Serializer {
  constructor() {
    super()
    // @ts-expect-error missing in @types/node
    this._setTreatArrayBufferViewsAsHostObjects(true)
  }

  _writeHostObject(view: ArrayBufferView): void {
    const name = Buffer.from(getViewName(view))
    this.writeUint32(name.length)
    this.writeRawBytes(name)
    this.writeUint32(view.byteLength)
    this.writeRawBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
  }
}

class ViewDeserializer extends Deserializer {
  readonly #memory: ArrayBuffer | undefined

  /** @param memory of the view to be read, where `bytes` end before it */
  constructor(bytes: Uint8Array, memory?: ArrayBuffer) {
    super(bytes)
    this.#memory = memory
  }

  _readHostObject(): ArrayBufferView {
    const name = this.readRawBytes(this.readUint32()).toString('latin1')
    const byteLength = this.readUint32()
    return makeView(name, this.#memory ?? this.#copy(byteLength), { offset: 0, byteLength })
  }

  #copy(byteLength: number): ArrayBuffer {
    const bytes = this.readRawBytes(byteLength)
    const memory = Buffer.allocUnsafeSlow(byteLength)
    memory.set(bytes)
    return memory.buffer
  }
}

class MemoryFinder extends Deserializer {
  found: { readonly start: number; readonly end: number } | undefined

  _readHostObject(): null {
    this.readRawBytes(this.readUint32())
    const byteLength = this.readUint32()
    const start = this.readRawBytes(0).byteOffset
    this.found = { start, end: start + byteLength }
    return null
  }
}

/**
 * Where its memory begins in the bytes of a view; undefined for those of another value.
 * @param start the first of the bytes, so many that they hold the name of the view's class and its length
 * @param length how many bytes there are
 */
export function findMemory(start: Uint8Array, length: number): number | undefined {
  const finder = new MemoryFinder(start)
  try {
    finder.readHeader()
    if (finder.readUint32() !== PLAIN) return undefined
    finder.readValue()
  } catch {
    // Another value, which goes on.
  }
  const { found } = finder
  // What holds the view, if anything does, has an end mark after it.
  return found && found.end - start.byteOffset === length ? found.start - start.byteOffset : undefined
}

/**
 * The bytes of a value that `identify` let pass; {@link decode} gives an equal value, prototypes, order of keys, cycles and all.
 * @param isPlain as `identify` found it
 * @throws MandalaError `TYPE_INVALID` if a registered type doesn't give back what it was given
 */
export function encode(value: unknown, isPlain: boolean): Uint8Array {
  const text = findPrimitiveText(value)
  if (text !== undefined) return Buffer.from(String.fromCharCode(PRIMITIVE) + text)
  const serializer = new ViewSerializer()
  serializer.writeHeader()
  serializer.writeUint32(isPlain ? PLAIN : TABLE)
  if (isPlain) {
    serializer.writeValue(value)
    return serializer.releaseBuffer()
  }
  const table = new NodeTableWriter()
  table.write(value)
  serializer.writeValue(table.end())
  const bytes = serializer.releaseBuffer()
  if (table.types.size > 0) expectSame(value, bytes, [...table.types])
  return bytes
}

/** A user's type that loses something would be found out only when the value is read, and computed again each time. */
function expectSame(value: unknown, bytes: Uint8Array, types: readonly string[]): void {
  let cause: unknown
  try {
    if (identify(decode(bytes)).cid === identify(value).cid) return
  } catch (error) {
    cause = error
  }
  throw new MandalaError('TYPE_INVALID', `A value of the registered type "${types.join('" or "')}" does not come back as it was: decode(encode(x)) is another x`, {
    hint: 'let `encode` keep all that identifies the value, or give `hash` what is kept', cause,
  })
}

/**
 * A fresh value from its bytes; nothing of it is shared with `bytes`.
 * @param memory of the view that the value is, where `bytes` end before it; it becomes the value's own
 * @param makeStandIn for who only looks: what stands for values of classes that aren't registered
 * @throws if the bytes are damaged, or of a class that isn't registered
 */
export function decode(bytes: Uint8Array, { memory, makeStandIn }: { readonly memory?: ArrayBuffer | undefined; readonly makeStandIn?: MakeStandIn } = {}): unknown {
  if (bytes[0] === PRIMITIVE) return parsePrimitive(Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.byteLength - 1).toString())
  const deserializer = new ViewDeserializer(bytes, memory)
  deserializer.readHeader()
  const format = deserializer.readUint32()
  const content = deserializer.readValue() as unknown
  if (format === PLAIN) return content
  if (format !== TABLE) throw new TypeError(`unknown value format ${format}`)
  return new NodeTableReader(content as Node[], makeStandIn).read(0)
}

import { invariant } from '../base/invariant.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { findShape, getErrorName, getViewName } from './shape.ts'
import { findType, findTypeOf } from './type-registry.ts'

/**
 * A value as a flat table of nodes that `v8.serialize` keeps whole, for what it would flatten: registered classes, errors, URLs, null
 * prototypes, views that share memory. A node refers to others by their place in the table; the first is the value itself.
 */
export type Node =
  | readonly ['primitive', unknown]
  | readonly ['object' | 'null-object', keys: readonly string[], values: readonly number[]]
  | readonly ['array', length: number, keys: readonly string[], values: readonly number[]]
  | readonly ['map', entries: readonly number[]]
  | readonly ['set', elements: readonly number[]]
  | readonly ['regexp', source: string, flags: string, lastIndex: number]
  | readonly ['error', name: string, stack: string | undefined, keys: readonly string[], values: readonly number[]]
  | readonly ['url', href: string]
  | readonly ['memory', bytes: Uint8Array]
  | readonly ['view', name: string, memory: number, offset: number, length: number]
  | readonly ['buffer', memory: number]
  | readonly ['type', name: string, data: number]

interface Memory {
  readonly index: number
  start: number
  end: number
}

export class NodeTableWriter {
  readonly nodes: Node[] = []
  /** Names of the registered types among the nodes. */
  readonly types: Set<string> = new Set()
  readonly #seen = new Map<object, number>()
  readonly #memories = new Map<ArrayBufferLike, Memory>()

  /** Places a value in the table; its own node is made in turn, so that no depth is too deep. */
  write(value: unknown): number {
    if (typeof value !== 'object' || value === null) return this.nodes.push(['primitive', value]) - 1
    const seen = this.#seen.get(value)
    if (seen !== undefined) return seen
    const index = this.nodes.push(['primitive', undefined]) - 1
    this.#seen.set(value, index)
    return index
  }

  /** Makes the nodes of all that was placed, then copies the memory of all views, once it is known how far each reaches. */
  end(): readonly Node[] {
    // What is added to a Map during its walk is walked too.
    for (const [value, index] of this.#seen) this.nodes[index] = this.#nodeOf(value)
    const starts = new Map<number, number>()
    for (const [buffer, memory] of this.#memories) {
      this.nodes[memory.index] = ['memory', new Uint8Array(buffer.slice(memory.start, memory.end))]
      starts.set(memory.index, memory.start)
    }
    for (const [at, node] of this.nodes.entries()) {
      if (node[0] === 'view') this.nodes[at] = ['view', node[1], node[2], node[3] - (starts.get(node[2]) as number), node[4]]
    }
    return this.nodes
  }

  #nodeOf(value: any): Node {
    const shape = findShape(value)
    switch (shape) {
      case 'object':
      case 'null-object': {
        const keys = Object.keys(value)
        return [shape, keys, keys.map((key) => this.write(value[key]))]
      }
      case 'array': {
        const keys = Object.keys(value)
        return ['array', value.length, keys, keys.map((key) => this.write(value[key]))]
      }
      case 'map': return ['map', [...value].flatMap(([key, element]) => [this.write(key), this.write(element)])]
      case 'set': return ['set', [...value].map((element) => this.write(element))]
      case 'regexp': return ['regexp', value.source, value.flags, value.lastIndex]
      case 'url': return ['url', value.href]
      case 'error': {
        const keys = Object.getOwnPropertyNames(value).filter((key) => key !== 'stack')
        return ['error', getErrorName(value), value.stack, keys, keys.map((key) => this.write(value[key]))]
      }
      case 'view': {
        const memory = this.#memoryOf(value.buffer, value.byteOffset, value.byteOffset + value.byteLength)
        return ['view', getViewName(value), memory, value.byteOffset, value.byteLength]
      }
      case 'buffer': return ['buffer', this.#memoryOf(value, 0, value.byteLength)]
      case 'date':
      case 'boxed': return ['primitive', value]
      case undefined: {
        const type = findTypeOf(value)
        invariant(type, 'a value of an unregistered class got past identification')
        this.types.add(type.name)
        return ['type', type.name, this.write(type.encode(value))]
      }
    }
  }

  #memoryOf(buffer: ArrayBufferLike, start: number, end: number): number {
    const memory = this.#memories.get(buffer)
    if (memory) {
      memory.start = Math.min(memory.start, start)
      memory.end = Math.max(memory.end, end)
      return memory.index
    }
    const index = this.nodes.push(['memory', new Uint8Array()]) - 1
    this.#memories.set(buffer, { index, start, end })
    return index
  }
}

const errorClasses: Record<string, new () => Error> = {
  Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
  AggregateError: class {} as never,
}

/** Makes what stands for a value of a type that isn't registered here, from the type's name and its data. */
export type MakeStandIn = (type: string, data: unknown) => unknown

export class NodeTableReader {
  readonly #nodes: readonly Node[]
  readonly #makeStandIn: MakeStandIn | undefined
  readonly #made = new Map<number, unknown>()

  /** @param makeStandIn if left out, types that aren't registered are refused */
  constructor(nodes: readonly Node[], makeStandIn?: MakeStandIn) {
    this.#nodes = nodes
    this.#makeStandIn = makeStandIn
  }

  read(index: number): unknown {
    if (this.#made.has(index)) return this.#made.get(index)
    const node = this.#nodes[index]
    if (!node) throw new RangeError(`a value refers to node ${index} of ${this.#nodes.length}`)
    return this.#make(index, node)
  }

  #keep<T>(index: number, value: T): T {
    this.#made.set(index, value)
    return value
  }

  #make(index: number, node: Node): unknown {
    switch (node[0]) {
      case 'primitive': return this.#keep(index, node[1])
      case 'object': return this.#fill(this.#keep(index, {}), node[1], node[2])
      case 'null-object': return this.#fill(this.#keep(index, Object.create(null)), node[1], node[2])
      case 'array': {
        const array = this.#keep(index, [] as unknown[])
        array.length = node[1]
        return this.#fill(array, node[2], node[3])
      }
      case 'map': {
        const map = this.#keep(index, new Map())
        for (let i = 0; i < node[1].length; i += 2) map.set(this.read(node[1][i] as number), this.read(node[1][i + 1] as number))
        return map
      }
      case 'set': {
        const set = this.#keep(index, new Set())
        for (const element of node[1]) set.add(this.read(element))
        return set
      }
      case 'regexp': return Object.assign(this.#keep(index, new RegExp(node[1], node[2])), { lastIndex: node[3] })
      case 'url': return this.#keep(index, new URL(node[1]))
      case 'memory': return this.#keep(index, node[1].slice().buffer)
      case 'buffer': return this.#keep(index, this.read(node[1]))
      case 'view': return this.#keep(index, makeView(node[1], this.read(node[2]) as ArrayBuffer, { offset: node[3], byteLength: node[4] }))
      case 'error': return this.#makeError(index, node)
      case 'type': {
        const type = findType(node[1])
        if (!type && this.#makeStandIn) return this.#keep(index, this.#makeStandIn(node[1], this.read(node[2])))
        if (!type) {
          throw new MandalaError('TYPE_INVALID', `A stored value is of the type "${node[1]}", which this process doesn't know`, {
            hint: `call registerType({ name: '${node[1]}', … }) before the value is read`,
          })
        }
        return this.#keep(index, type.decode(this.read(node[2])))
      }
    }
  }

  #makeError(index: number, [, name, stack, keys, values]: Node & { 0: 'error' }): Error {
    const error = name === 'AggregateError' ? new AggregateError([]) : new (errorClasses[name] ?? Error)()
    this.#keep(index, error)
    for (const own of Object.getOwnPropertyNames(error)) if (own !== 'stack') Reflect.deleteProperty(error, own)
    const hidden = new Set(['message', 'cause', 'errors'])
    for (const [i, key] of keys.entries()) {
      Object.defineProperty(error, key, { value: this.read(values[i] as number), writable: true, configurable: true, enumerable: !hidden.has(key) })
    }
    if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true, enumerable: false })
    return error
  }

  #fill(target: object, keys: readonly string[], values: readonly number[]): object {
    for (const [i, key] of keys.entries()) {
      // Assignment would set the prototype for the key `__proto__`.
      Object.defineProperty(target, key, { value: this.read(values[i] as number), writable: true, configurable: true, enumerable: true })
    }
    return target
  }
}

/** A view of the named class over memory. */
export function makeView(name: string, memory: ArrayBuffer, { offset, byteLength }: { offset: number; byteLength: number }): ArrayBufferView {
  if (name === 'Buffer') return Buffer.from(memory, offset, byteLength)
  if (name === 'DataView') return new DataView(memory, offset, byteLength)
  const type = (globalThis as unknown as Record<string, Float64ArrayConstructor | undefined>)[name]
  if (!type) throw new TypeError(`this version of Node has no ${name}`)
  return new type(memory, offset, byteLength / type.BYTES_PER_ELEMENT)
}

/**
 * A Map that forgets what wasn't asked for lately. Two generations: when the young one is full it becomes the old one, and the one
 * before it goes; what is found in the old one is set in the young one too, and so is what takes its place. As cheap as two Maps, and
 * never more than twice the limit.
 */
export class BoundedMap<K, V> {
  #young = new Generation<K, V>()
  #old = new Generation<K, V>()
  readonly #sizeMax: number
  readonly #sizeOf: (value: V) => number

  /** @param sizeMax of one generation, in units of `sizeOf`; each entry counts 1 if that is left out */
  constructor(sizeMax: number, sizeOf: (value: V) => number = () => 1) {
    this.#sizeMax = sizeMax
    this.#sizeOf = sizeOf
  }

  get count(): number {
    return this.#young.count + this.#old.count
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: K, value: V): void {
    const size = this.#sizeOf(value)
    if (size > this.#sizeMax) return this.delete(key)
    if (this.#young.size + size > this.#sizeMax) {
      const emptied = this.#old
      emptied.clear()
      this.#old = this.#young
      this.#young = emptied
    }
    this.#young.set(key, value, size)
  }

  delete(key: K): void {
    this.#young.delete(key, this.#sizeOf)
    this.#old.delete(key, this.#sizeOf)
  }

  *values(): Generator<V> {
    yield* this.#young.values()
    yield* this.#old.values()
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}

/**
 * The values stand in an array that is used again and again, not in the Map: a Map that V8 has moved to its old space keeps what it
 * held alive, long after it was let go.
 */
class Generation<K, V> {
  size = 0
  #places = new Map<K, number>()
  readonly #values: (V | undefined)[] = []
  #end = 0

  get count(): number {
    return this.#places.size
  }

  get(key: K): V | undefined {
    const place = this.#places.get(key)
    return place === undefined ? undefined : this.#values[place]
  }

  /** @param size of the value; what the key had before counts on until the generation goes */
  set(key: K, value: V, size: number): void {
    this.#places.set(key, this.#end)
    this.#values[this.#end] = value
    this.#end += 1
    this.size += size
  }

  delete(key: K, sizeOf: (value: V) => number): void {
    const place = this.#places.get(key)
    if (place === undefined) return
    this.size -= sizeOf(this.#values[place] as V)
    this.#values[place] = undefined
    this.#places.delete(key)
  }

  *values(): Generator<V> {
    for (const place of this.#places.values()) yield this.#values[place] as V
  }

  clear(): void {
    this.#places = new Map()
    this.#values.fill(undefined)
    this.#end = 0
    this.size = 0
  }
}

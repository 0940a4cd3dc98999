/**
 * A Map that forgets what wasn't asked for lately. Two generations: when the young one is full it becomes the old one, and the one
 * before it goes; what is found in the old one moves to the young. As cheap as two Maps, and never more than twice the limit.
 */
export class BoundedMap<K, V> {
  #young = new Map<K, V>()
  #old = new Map<K, V>()
  #youngSize = 0
  #oldSize = 0
  readonly #sizeMax: number
  readonly #sizeOf: (value: V) => number

  /** @param sizeMax of one generation, in units of `sizeOf`; each entry counts 1 if that is left out */
  constructor(sizeMax: number, sizeOf: (value: V) => number = () => 1) {
    this.#sizeMax = sizeMax
    this.#sizeOf = sizeOf
  }

  get count(): number {
    return this.#young.size + this.#old.size
  }

  get size(): number {
    return this.#youngSize + this.#oldSize
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: K, value: V): void {
    this.delete(key)
    const size = this.#sizeOf(value)
    if (size > this.#sizeMax) return
    if (this.#youngSize + size > this.#sizeMax) {
      this.#old = this.#young
      this.#oldSize = this.#youngSize
      this.#young = new Map()
      this.#youngSize = 0
    }
    this.#young.set(key, value)
    this.#youngSize += size
  }

  delete(key: K): void {
    const young = this.#young.get(key)
    if (young !== undefined && this.#young.delete(key)) this.#youngSize -= this.#sizeOf(young)
    const old = this.#old.get(key)
    if (old !== undefined && this.#old.delete(key)) this.#oldSize -= this.#sizeOf(old)
  }

  *values(): Generator<V> {
    yield* this.#young.values()
    yield* this.#old.values()
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#youngSize = 0
    this.#oldSize = 0
  }
}

/** A set of small whole numbers, with a bit for each. */
export class NumberSet {
  #words: Uint32Array<ArrayBuffer> = new Uint32Array(4)

  has(number: number): boolean {
    return ((this.#words[number >>> 5] ?? 0) & 1 << (number & 31)) !== 0
  }

  add(number: number): void {
    const at = number >>> 5
    this.#grow(at + 1)
    this.#words[at] = (this.#words[at] as number) | 1 << (number & 31)
  }

  addAll(other: NumberSet): void {
    const words = other.#words
    this.#grow(words.length)
    for (let at = 0; at < words.length; at += 1) this.#words[at] = (this.#words[at] as number) | (words[at] as number)
  }

  #grow(length: number): void {
    if (this.#words.length >= length) return
    const words = new Uint32Array(Math.max(length, this.#words.length * 2))
    words.set(this.#words)
    this.#words = words
  }

  /** Its numbers in their order, up to an end. */
  list(end: number = Infinity): number[] {
    const numbers: number[] = []
    for (const [at, word] of this.#words.entries()) {
      for (let rest = word; rest !== 0; rest &= rest - 1) {
        const number = at * 32 + 31 - Math.clz32(rest & -rest)
        if (number >= end) return numbers
        numbers.push(number)
      }
    }
    return numbers
  }

  /** The same text for the same numbers. */
  get key(): string {
    const length = this.#words.findLastIndex((word) => word !== 0) + 1
    return Buffer.from(this.#words.buffer, 0, length * 4).toString('latin1')
  }
}

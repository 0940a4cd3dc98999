/**
 * A byte for every marker of the program: 1 where passing it is news to somebody, else 0. Markers hold on to their stretch of
 * it, so that a chunk never moves.
 */
const CHUNK = 1 << 16

export class BytePool {
  readonly #chunks: { readonly bytes: Uint8Array; used: number }[] = []

  /** `length` bytes in one stretch. */
  take(length: number): Uint8Array {
    let chunk = this.#chunks.at(-1)
    if (!chunk || chunk.used + length > chunk.bytes.length) {
      chunk = { bytes: new Uint8Array(Math.max(CHUNK, length)), used: 0 }
      this.#chunks.push(chunk)
    }
    const start = chunk.used
    chunk.used += length
    return chunk.bytes.subarray(start, start + length)
  }

  fill(byte: 0 | 1): void {
    for (const { bytes, used } of this.#chunks) bytes.fill(byte, 0, used)
  }
}

import { CONFIG } from './constants.ts'

export function* range(from: number, to: number, step = 1): Generator<number> {
  for (let i = from; i < to; i += step) yield i
}

export function* steps(): Generator<number> {
  yield 0
  yield* CONFIG.steps
}

export function* evens(numbers: Iterable<number>): Generator<number> {
  for (const each of numbers) {
    if (each % 2 === 0) yield each
  }
}

export function take<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = []
  for (const item of items) {
    if (taken.length >= count) break
    taken.push(item)
  }
  return taken
}

export async function* ticks(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i += 1) {
    await null
    yield `tick ${i}`
  }
}

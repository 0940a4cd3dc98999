import { isOdd } from './odd.ts'

export const ZERO_IS_EVEN = true

export function isEven(n: number): boolean {
  return n === 0 ? ZERO_IS_EVEN : isOdd(n - 1)
}

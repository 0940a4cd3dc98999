import { isEven } from './even.ts'

export function isOdd(n: number): boolean {
  if (n === 0) return false
  return isEven(n - 1)
}

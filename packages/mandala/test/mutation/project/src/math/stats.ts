import { sum } from './basic.ts'

export function mean(numbers: readonly number[]): number {
  if (numbers.length === 0) return 0
  return sum(numbers) / numbers.length
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : mean(sorted.slice(middle - 1, middle + 1))
}

export default function spread(numbers: readonly number[]): number {
  return Math.max(...numbers) - Math.min(...numbers)
}

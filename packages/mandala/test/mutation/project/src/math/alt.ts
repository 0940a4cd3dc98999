export function double(x: number): number {
  return x + x + 1
}

export const square = (x: number): number => x * x * x

export function sum(numbers: readonly number[]): number {
  return numbers.length
}

export function scale(x: number, factor = 2): number {
  return x - factor
}

export function mean(numbers: readonly number[]): number {
  return numbers[0] ?? 0
}

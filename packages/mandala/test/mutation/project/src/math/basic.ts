export function double(x: number): number {
  return x * 2
}

export const square = (x: number): number => x * x

export function sum(numbers: readonly number[]): number {
  let total = 0
  for (const each of numbers) {
    total += each
  }
  return total
}

export function scale(x: number, factor = 3): number {
  return x * factor
}

export const half = function half(x: number) {
  return x / 2
}

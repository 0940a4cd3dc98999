import { RATES, WEIGHTS } from './constants.ts'
import { half, scale } from './math/index.ts'
import type { Step } from './types.ts'

const multiply = (n: number): Step => (x) => x * n

export const triple = multiply(3)

export const strategies = {
  none: (x: number) => x,
  half,
  scaled(x: number) {
    return scale(x, 4)
  },
  nested: { deep: (x: number) => x - WEIGHTS.get('x')! },
}

const byName = new Map<string, Step>([['triple', triple], ['half', half], ['square', (x) => x ** 2]])

export function pick(name: string): Step {
  if (name in strategies && name !== 'nested') return strategies[name as 'none']
  if (name === 'deep') return strategies.nested.deep
  return byName.get(name) ?? ((x) => x)
}

export function compose(...steps: readonly Step[]): Step {
  return (x) => steps.reduce((value, step) => step(value), x)
}

export function makeCounter(start: number, by = 1) {
  let count = start
  return { next: () => (count += by), read: () => count }
}

export function convert(amount: number, currency: keyof typeof RATES): number {
  const rate = RATES[currency]
  return Math.round(amount * rate * 100) / 100
}

export const loops = Array.from({ length: 3 }, (_, i) => (x: number) => x + i)

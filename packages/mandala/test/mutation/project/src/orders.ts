import { CONFIG, LIMIT } from './constants.ts'
import * as math from './math/index.ts'
import { clamp } from 'tiny-lib'
import type { Item } from './types.ts'

export class OrderError extends Error {}

function taxOf(item: Item): number {
  const { low, high } = CONFIG.tax
  return item.name.startsWith('book') ? low : high
}

export function priceOf(item: Item): number {
  if (item.count <= 0) throw new OrderError(`no ${item.name}`)
  const net = item.price * item.count
  const discounted = item.count >= LIMIT ? net * 0.9 : net
  return math.scale(discounted * (1 + taxOf(item)), 1)
}

export function total(items: readonly Item[]): number {
  const prices = items.map(priceOf)
  return round(math.sum(prices))
}

export function tryTotal(items: readonly Item[]): number | string {
  try {
    return total(items)
  } catch (error) {
    if (error instanceof OrderError) return `refused: ${error.message}`
    throw error
  }
}

const round = (x: number): number => {
  const factor = 10 ** math.PRECISION
  return Math.round(x * factor) / factor
}

export const rank = (x: number): number => clamp(Math.floor(x / 3), 0, 5)

export const labelOf = ({ name, count }: Item): string => (count > 1 ? `${count} ${name}s` : name)

import type { Rates } from './types.ts'
import { double } from './math/basic.ts'

export const LIMIT = 10
export const RATE: number = 0.2
export const DOUBLED = double(LIMIT)
export const NAMES = ['ada', 'bob', 'cyd', 'dan', 'eve']
export const CONFIG = { tax: { low: 0.07, high: 0.19 }, labels: { short: 'S', long: 'L' }, steps: [1, 2, 3] }
export const WORD = /[a-z]+/g
export const STOP_WORDS = new Set(['the', 'a', 'of'])
export const WEIGHTS = new Map([['x', 2], ['y', 3], ['z', 5]])
export const RATES: Rates = { eur: 1, usd: 1.1, gbp: 0.85 }
export const START = new Date(0)
export const BIG = Array.from({ length: 600 }, (_, i) => (i * 7) % 31)
export const BANNER = `limit ${LIMIT}`

import { op } from 'mandala-ts'
import { BANNER, BIG, CONFIG, DOUBLED, START } from './constants.ts'
import { isDebug, region } from './environment.ts'
import { isEven } from './even.ts'
import { evens, range, steps, take, ticks } from './generators.ts'
import { averageLater, retry } from './later.ts'
import { colourOf, levelOf } from './levels.ts'
import { median, spread, stats } from './math/index.ts'
import { labelOf, priceOf, rank, tryTotal } from './orders.ts'
import { distance, isFar } from './places.ts'
import './plugins/first.ts'
import './plugins/second.ts'
import { decorate, listSteps, runStep } from './registry.ts'
import { defaultRounder } from './rounder.ts'
import { Shape } from './shapes.ts'
import { currentMode, isReady, lookUp, readLevel, settings } from './state.ts'
import { compose, convert, loops, makeCounter, pick, strategies } from './strategies.ts'
import { countVowels, countWords, frame, greet, initials } from './text.ts'
import type { Item } from './types.ts'

export const describeShape = op(function describeShape(kind: string, size: number) {
  return Shape.create(kind, size).describe()
})

export const plugin = op(function plugin(name: string, x: number) {
  return [name, runStep(name, x)]
})

export const decorated = op(function decorated(label: string) {
  return label === '' ? listSteps() : decorate(label)
})

export const strategy = op(function strategy(name: string, x: number) {
  return pick(name)(x)
})

export const composed = op(function composed(names: string[], x: number) {
  return compose(...names.map(pick), defaultRounder.round.bind(defaultRounder))(x)
})

export const looped = op(function looped(x: number) {
  return loops.map((each) => each(x)).concat(Object.keys(strategies).length)
})

export const counted = op(function counted(start: number, times: number) {
  const counter = times > 2 ? makeCounter(start) : makeCounter(start, 2)
  for (let i = 0; i < times; i += 1) counter.next()
  return counter.read()
})

export const converted = op('converted', (amount: number, currency: 'eur' | 'usd' | 'gbp') => convert(amount, currency))

export const words = op(function words(text: string) {
  return text.includes(' ') ? countWords(text) : { [initials(text)]: countVowels(text) }
})

export const greeting = op(function greeting(index: number, mark?: string) {
  return mark === undefined ? greet(index) : greet(index, { mark })
})

export const framed = op(function framed(text: string) {
  return text.length > 5 ? text : frame(text)
})

export const generated = op(function generated(kind: string, count: number) {
  switch (kind) {
    case 'range': return take(range(0, 100), count)
    case 'steps': return take(steps(), count)
    case 'evens': return take(evens(range(1, 50, 3)), count)
    default: return BIG.slice(0, count)
  }
})

export const ticked = op(async function ticked(count: number) {
  const seen: string[] = []
  for await (const tick of ticks(count)) seen.push(tick)
  return seen
})

export const averaged = op(async function averaged(count: number) {
  return averageLater(count)
})

export const retried = op(async function retried(failures: number) {
  return retry(async (attempt) => {
    if (attempt <= failures) throw new Error('not yet')
    return attempt
  })
})

export const levelled = op(function levelled(x: number) {
  return colourOf(levelOf(x))
})

export const located = op(function located(from: 'rome' | 'oslo', to: 'rome' | 'oslo') {
  return distance(from, to)
})

export const far = op(function far(x: number) {
  return isFar(x)
})

export const even = op(function even(n: number) {
  return isEven(n)
})

export const lazily = op(async function lazily(x: number) {
  if (x < 3) return 'none'
  const lazy = await import('./lazy.ts')
  return x > 6 ? lazy.explain(x) : lazy.default(x)
})

export const stateful = op(function stateful(what: string) {
  switch (what) {
    case 'mode': return currentMode()
    case 'level': return readLevel(2)
    case 'ready': return isReady()
    case 'settings': return settings.mode
    default: return lookUp(what)
  }
})

export const placed = op(function placed(what: string) {
  return what === 'region' ? region() : isDebug()
})

export const priced = op(function priced(item: Item) {
  return item.count > 0 ? priceOf(item) : 0
})

export const totalled = op(function totalled(items: Item[]) {
  return tryTotal(items)
})

export const labelled = op(function labelled(items: Item[]) {
  return items.map(labelOf)
})

export const summarised = op(async function summarised(items: Item[]) {
  const prices = await Promise.all(items.map((item) => priced(item)))
  return { median: median(prices), mean: stats.mean(prices), spread: spread(prices) }
})

export const report = op(async function report(items: Item[], currency: 'eur' | 'usd' | 'gbp') {
  const sum = await totalled(items)
  const lines = await labelled(items)
  const shown = typeof sum === 'number' ? await converted(sum, currency) : sum
  return [...lines, shown]
})

export const ranked = op(function ranked(x: number) {
  return rank(x)
})

export const constant = op(function constant(which: string) {
  switch (which) {
    case 'banner': return BANNER
    case 'doubled': return DOUBLED
    case 'start': return START.getTime()
    case 'label': return CONFIG.labels.short
    default: return CONFIG.labels.long
  }
})

export const nested = op(async function nested(kind: string, x: number) {
  const shape = await describeShape(kind, x)
  return x % 2 === 0 ? words(shape) : shape.length
})

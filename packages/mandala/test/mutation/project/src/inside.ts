import { op } from 'mandala-ts'
import { LIMIT, RATE } from './constants.ts'
import { half, scale } from './math/index.ts'
import { Floorer } from './rounder.ts'
import { compose } from './strategies.ts'
import type { Step } from './types.ts'

function multiplied(factor: number): Step {
  const whole = factor + RATE
  return (x) => x * whole
}

class Meter {
  #unit: number

  constructor(unit: number) {
    this.#unit = unit
  }

  measure(x: number): number {
    return x + this.#unit
  }
}

function makeShifted(offset: number) {
  const shift = (x: number): number => x + offset
  return op('shifted', (x: number) => shift(x))
}

function makeOps(factor: number, meter: Meter) {
  const grow = multiplied(factor)
  const both = compose(half, multiplied(2))
  const floorer = new Floorer(factor)
  const steps = new Map<string, Step>()
  steps.set('limit', multiplied(LIMIT))
  for (const each of [1, 2]) steps.set(`plus ${each}`, (x) => x + each)
  const later = Promise.resolve(factor)
  const low = factor > 2 ? half : scale
  const { high } = { high: multiplied(7) }
  return {
    grown: op('grown', (x: number) => grow(x)),
    halved: op('halved', (x: number) => both(x)),
    shifted: makeShifted(factor * 2),
    floored: op('floored', (x: number) => floorer.round(x)),
    measured: op('measured', (x: number) => meter.measure(x)),
    stepped: op('stepped', (name: string, x: number) => steps.get(name)!(x)),
    waited: op('waited', async (x: number) => x * (await later)),
    chosen: op('chosen', (x: number) => low(x)),
    raised: op('raised', (x: number) => high(x)),
    handed: op('handed', multiplied(factor + 1)),
  }
}

class Desk {
  #meter = new Meter(4)
  rate = 2
  share = multiplied(5)
  twice = (x: number): number => x * this.rate

  measuredThere = op('measuredThere', (x: number) => this.#show(x))
  shared = op('shared', (x: number) => this.share(x))
  doubled = op('doubled', (x: number) => this.twice(x))

  #show(x: number): string {
    return `${this.#meter.measure(x)} ${this.rate}`
  }
}

const { measuredThere, shared, doubled } = new Desk()

export const inside = { ...makeOps(3, new Meter(10)), measuredThere, shared, doubled }

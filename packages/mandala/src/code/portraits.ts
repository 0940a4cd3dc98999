import { both, glanceAt, glanceAtSample, type Glance } from './glance.ts'
import type { Portrait } from './portrait.ts'

interface KnownPortrait {
  readonly portrait: Portrait
  /** Whether the value is as it was; undefined where that is taken for granted. */
  readonly isSame: Glance | undefined
}

/** The portraits of values, made anew when these have changed. */
export class Portraits {
  readonly #known = new WeakMap<object, KnownPortrait>()
  readonly #sizeMax: number
  readonly #isPassedOver: ((part: object) => boolean) | undefined

  /**
   * @param sizeMax values of more parts are looked at once: later only another object, another size, or another sample counts as a change
   * @param isPassedOver what doesn't count
   */
  constructor(sizeMax: number, isPassedOver?: (part: object) => boolean) {
    this.#sizeMax = sizeMax
    this.#isPassedOver = isPassedOver
  }

  look(value: object, portrayNow: () => Portrait): Portrait {
    const known = this.#known.get(value)
    if (known && (!known.isSame || known.isSame())) return known.portrait
    const portrait = portrayNow()
    const isFixed = typeof value === 'function' && Object.keys(value).length === 0
    const glance = isFixed ? undefined : this.#glanceAt(value, portrait)
    const isSame = glance || isFixed ? both(glance, portrait.isUnpatched) : undefined
    if (isSame || isFixed) this.#known.set(value, { portrait, isSame })
    return portrait
  }

  #glanceAt(value: object, { size, isPeeked }: Portrait): Glance | undefined {
    if (size > this.#sizeMax) return glanceAtSample(value)
    return isPeeked ? undefined : glanceAt(value, this.#sizeMax * 4, this.#isPassedOver)
  }

  /** What tells that a value is as it was; undefined where that is taken for granted. What has no portrait is looked at anew each time. */
  glanceOf(value: object): Glance | undefined {
    const known = this.#known.get(value)
    return known ? known.isSame : () => false
  }
}

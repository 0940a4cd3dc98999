import { digest } from '../value/digest.ts'
import { findStrongComponents } from '../graph/strong-components.ts'
import type { MakingFacts } from './file-facts.ts'
import type { Touched } from './links.ts'
import type { Origin } from './reach.ts'

/** What made a value, in short. */
export interface KnownOrigin {
  readonly hash: string
  readonly readsFiles: boolean
  /** Whether statements changed the value since it was made. */
  readonly isChanged: boolean
}

/** What shows of a value to those that are made from it. */
export interface Shown {
  readonly text: string
  /** Whether more counts than that. */
  readonly isHiding: boolean
  /** Components in it of which what made them counts too. */
  readonly origins: ReadonlySet<string>
}

/** What origins are found in. */
export interface OriginSurroundings {
  findOrigin(id: string): Origin
  findFingerprint(id: string): string | undefined
  /** The hash of what a global gives those who make values. */
  findGlobal(name: string): string
  show(id: string): Shown
  /** Whether there is such a value to be seen. */
  has(id: string): boolean
  /** Whether the code of a class tells only until statements change it. */
  hidesChanges(id: string): boolean
}

/** What one value was made from, but for what made others. */
interface Making {
  readonly hash: string
  readonly held: readonly string[]
  /** The values among those that it was made from of which more counts than what shows of them. */
  readonly hidden: readonly string[]
  readonly readsFiles: boolean
  readonly isChanged: boolean
  /** The same, and what made the hidden ones; undefined until it is asked for. */
  whole?: string
}

/** What made values, where these can't tell by themselves: code, what that read, and statements that changed them. */
export class Origins {
  readonly #known = new Map<string, KnownOrigin>()
  readonly #makings = new Map<string, Making>()
  #made = new WeakMap<MakingFacts, KnownOrigin>()
  readonly #surroundings: OriginSurroundings

  constructor(surroundings: OriginSurroundings) {
    this.#surroundings = surroundings
  }

  /** Code isn't what it was. */
  forget(): void {
    this.#known.clear()
    this.#makings.clear()
    this.#made = new WeakMap()
  }

  find(id: string): KnownOrigin {
    const known = this.#known.get(id) ?? this.#know(this.#makingOf(id))
    this.#known.set(id, known)
    return known
  }

  /** The same of a value that a function made. */
  findMade(making: MakingFacts, find: () => Origin): KnownOrigin {
    const known = this.#made.get(making) ?? this.#know(this.#making(find()))
    this.#made.set(making, known)
    return known
  }

  #know(making: Making): KnownOrigin {
    const held = new Set([making])
    for (const each of held) for (const id of each.held) held.add(this.#makingOf(id))
    const hash = making.whole ?? this.#completeFrom(making)
    return { hash, readsFiles: [...held].some((each) => each.readsFiles), isChanged: making.isChanged }
  }

  /** Of values that were made from each other none comes first: they are as one. */
  #completeFrom(start: Making): string {
    const found = new Map([[start, 0]])
    const leads: Making[][] = []
    for (const [making] of found) {
      const all = making.hidden.map((id) => this.#makingOf(id))
      leads.push(all)
      for (const each of all) if (each.whole === undefined && !found.has(each)) found.set(each, found.size)
    }
    const makings = [...found.keys()]
    const successors = (i: number): number[] => (leads[i] as Making[]).flatMap((each) => found.get(each) ?? [])
    for (const together of findStrongComponents({ size: found.size, successors }).toReversed()) {
      const own = together.map((i) => makings[i] as Making)
      const others = new Set(together.flatMap((i) => (leads[i] as Making[]).flatMap(({ whole }) => whole ?? [])))
      const whole = digest('component', JSON.stringify([own.map(({ hash }) => hash).toSorted(), [...others].toSorted()]))
      for (const each of own) each.whole = whole
    }
    return start.whole as string
  }

  #makingOf(id: string): Making {
    const known = this.#makings.get(id) ?? this.#making(this.#surroundings.findOrigin(id), id)
    this.#makings.set(id, known)
    return known
  }

  #making({ held, reach, statements }: Origin, own?: string): Making {
    const { findFingerprint, findGlobal } = this.#surroundings
    const hidden = new Set<string>()
    const show = (shown: string): string => {
      const { text, isHiding, origins } = this.#surroundings.show(shown)
      if (isHiding) hidden.add(shown)
      for (const id of origins) hidden.add(id)
      return text
    }
    const parts = reach.map((touched) => {
      switch (touched.kind) {
        case 'code':
          if (touched.id !== own && this.#surroundings.hidesChanges(touched.id)) hidden.add(touched.id)
          return [touched.id, findFingerprint(touched.id)]
        case 'value': return [touched.id, findFingerprint(touched.id), touched.id === own ? '' : show(touched.id)]
        case 'package': return [`npm:${touched.name}`, touched.version]
        case 'builtin': return [touched.name, touched.member]
        case 'global': return [`@${touched.name}`, findGlobal(touched.name)]
      }
    })
    const sorted = parts.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))
    const holding = held.map((id) => {
      if (!this.#surroundings.has(id)) hidden.add(id)
      return [id, show(id)]
    })
    const hash = digest('component', JSON.stringify([sorted, holding, statements]))
    return { hash, held, hidden: [...hidden], readsFiles: reach.some(isReading), isChanged: statements.length > 0 }
  }
}

/** Whether what it is of may have come from a file, or another program. */
function isReading(touched: Touched): boolean {
  const isReader = touched.kind === 'builtin' && /^(node:)?(fs|fs\/promises|child_process|sqlite)$/.test(touched.name)
  return isReader && /^(\*|default|read|open|createReadStream|exec|spawn|Database)/.test(touched.member)
}

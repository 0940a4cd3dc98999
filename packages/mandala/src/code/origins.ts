import { remember } from '../base/remember.ts'
import { digest } from '../value/digest.ts'
import { findStrongComponents } from '../graph/strong-components.ts'
import { isRepeatable } from './evaluation.ts'
import type { MakingFacts } from './file-facts.ts'
import type { Touched } from './links.ts'
import { mayKeepElsewhere, type Origin } from './reach.ts'

/** What made a value, in short. */
export interface KnownOrigin {
  readonly hash: string
  readonly readsFiles: boolean
  /** Whether it makes the same in every process. */
  readonly isRepeatable: boolean
  /** Whether nothing in it may keep something about the value elsewhere. */
  readonly isSelfContained: boolean
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

/** What values were made from: one for all that were made from the same. */
interface Source {
  /** Of the hashes of all of it, as numbers: it has no order, and what doesn't count for one of the values can be taken from it. */
  readonly sum: bigint
  /** The values among that of which more counts than what shows of them. */
  readonly hidden: ReadonlySet<string>
  readonly readsFiles: boolean
  readonly isRepeatable: boolean
  readonly isSelfContained: boolean
  /** What made the hidden ones; undefined until it is asked for. */
  wholes?: readonly string[]
}

/** What one value was made from, but for what made others. */
interface Making {
  readonly hash: string
  readonly held: readonly string[]
  readonly source: Source
  /** The hidden ones among those that it holds. */
  readonly hidden: ReadonlySet<string>
  readonly isChanged: boolean
  /** The hash, and what made the hidden ones; undefined until it is asked for. */
  wholes?: readonly string[]
}

/** What something adds to a source. */
interface Part {
  readonly sum: bigint
  readonly hidden: readonly string[]
}

/** What made values, where these can't tell by themselves: code, what that read, and statements that changed them. */
export class Origins {
  readonly #surroundings: OriginSurroundings
  readonly #known = remember((id: string) => this.#know(this.#makings(id)))
  readonly #made = new WeakMap<MakingFacts, KnownOrigin>()
  readonly #makings: (id: string) => Making = remember((id: string) => this.#making(this.#surroundings.findOrigin(id)))
  readonly #sources = remember((reach: readonly Touched[]) => this.#source(reach))
  readonly #parts = remember((touched: Touched) => this.#part(touched))
  readonly #shown = remember((id: string) => this.#show(id))

  constructor(surroundings: OriginSurroundings) {
    this.#surroundings = surroundings
  }

  find(id: string): KnownOrigin {
    return this.#known(id)
  }

  /** The same of a value that a function made. */
  findMade(making: MakingFacts, find: () => Origin): KnownOrigin {
    const known = this.#made.get(making) ?? this.#know(this.#making(find()))
    this.#made.set(making, known)
    return known
  }

  #know(making: Making): KnownOrigin {
    const held = new Set([making])
    for (const each of held) for (const id of each.held) held.add(this.#makings(id))
    const [hash] = making.wholes ?? this.#completeFrom(making)
    const sources = [...held].map(({ source }) => source)
    const [readsFiles, isSame] = [sources.some((source) => source.readsFiles), sources.every((source) => source.isRepeatable)]
    const isSelfContained = sources.every((source) => source.isSelfContained)
    return { hash: hash as string, readsFiles, isRepeatable: isSame, isSelfContained, isChanged: making.isChanged }
  }

  /** Of values that were made from each other none comes first: they are as one. */
  #completeFrom(start: Making): readonly string[] {
    const found = new Map<Making | Source, number>([[start, 0]])
    const leads: (Making | Source)[][] = []
    for (const node of found.keys()) {
      const all = this.#leadsOf(node)
      leads.push(all)
      for (const each of all) if (each.wholes === undefined && !found.has(each)) found.set(each, found.size)
    }
    const nodes = [...found.keys()]
    const successors = (i: number): number[] => (leads[i] as (Making | Source)[]).flatMap((each) => found.get(each) ?? [])
    for (const together of findStrongComponents({ size: found.size, successors }).toReversed()) {
      const own = together.map((i) => nodes[i] as Making | Source)
      const hashes = own.flatMap((node) => ('hash' in node ? [node.hash] : [])).toSorted()
      const others = new Set(together.flatMap((i) => listWholes(leads[i] as (Making | Source)[])))
      const whole = digest('component', JSON.stringify([hashes, [...others].toSorted()]))
      for (const node of own) if ('hash' in node) node.wholes = [whole]
      for (const node of own) node.wholes ??= [...new Set(listWholes(this.#leadsOf(node)))]
    }
    return start.wholes as readonly string[]
  }

  #leadsOf(node: Making | Source): (Making | Source)[] {
    const makings = Array.from(node.hidden, this.#makings)
    return 'hash' in node ? [node.source, ...makings] : makings
  }

  #making({ own, held, reach, statements }: Origin): Making {
    const holding = held.map((id) => [id, this.#surroundings.show(id).text])
    const hidden = new Set(held.flatMap((id) => [...(this.#surroundings.has(id) ? [] : [id]), ...this.#shown(id).hidden]))
    const isShared = own === undefined || this.#surroundings.has(own) && this.#shown(own).hidden.every((id) => id === own)
    const source = isShared ? this.#sources(reach) : this.#source(reach, own)
    // What shows of the value itself counts as it is, and not as it was.
    const sum = isShared && own !== undefined ? source.sum - this.#shown(own).sum : source.sum
    const hash = digest('component', JSON.stringify([String(sum), holding, statements]))
    return { hash, held, source, hidden, isChanged: statements.length > 0 }
  }

  /** @param except a value of which it doesn't count what shows */
  #source(reach: readonly Touched[], except?: string): Source {
    const parts = reach.map((touched) => ('id' in touched && touched.id === except ? this.#part(touched, except) : this.#parts(touched)))
    const [sum, hidden] = [parts.reduce((sum, part) => sum + part.sum, 0n), new Set(parts.flatMap((part) => part.hidden))]
    return { sum, hidden, readsFiles: reach.some(isReading), isRepeatable: reach.every(isRepeatable), isSelfContained: !reach.some(mayKeepElsewhere) }
  }

  #part(touched: Touched, except?: string): Part {
    const { findFingerprint, findGlobal, hidesChanges } = this.#surroundings
    switch (touched.kind) {
      case 'code': return { sum: numberOf([touched.id, findFingerprint(touched.id)]), hidden: hidesChanges(touched.id) ? [touched.id] : [] }
      case 'value': {
        const { sum, hidden } = touched.id === except ? NOTHING : this.#shown(touched.id)
        return { sum: sum + numberOf([touched.id, findFingerprint(touched.id)]), hidden }
      }
      case 'package': return { ...NOTHING, sum: numberOf([`npm:${touched.name}`, touched.version]) }
      case 'builtin': return { ...NOTHING, sum: numberOf([touched.name, touched.member]) }
      case 'global': return { ...NOTHING, sum: numberOf([`@${touched.name}`, findGlobal(touched.name)]) }
    }
  }

  /** What of that shows of a value. */
  #show(id: string): Part {
    const { text, isHiding, origins } = this.#surroundings.show(id)
    return { sum: numberOf([id, 'shown', text]), hidden: isHiding ? [id, ...origins] : [...origins] }
  }
}

const NOTHING: Part = { sum: 0n, hidden: [] }

function numberOf(part: readonly unknown[]): bigint {
  return BigInt(`0x${digest('component', JSON.stringify(part))}`)
}

function listWholes(nodes: readonly (Making | Source)[]): string[] {
  return nodes.flatMap(({ wholes }) => wholes ?? [])
}

/** Whether what it is of may have come from a file, or another program. */
function isReading(touched: Touched): boolean {
  const isReader = touched.kind === 'builtin' && /^(node:)?(fs|fs\/promises|child_process|sqlite)$/.test(touched.name)
  return isReader && /^(\*|default|read|open|createReadStream|exec|spawn|Database)/.test(touched.member)
}

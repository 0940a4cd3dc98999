import type { FileFacts } from './file-facts.ts'
import type { Peek } from './inner-states.ts'
import type { Keeper, KeptLocal } from './keepers.ts'

/** Of so many functions made in one place; what makes more is no factory of things that last, but something that runs over and over. */
const MADE_MAX = 512

/** Gives the locals that something keeps, as they are now. */
type Read = () => readonly unknown[]

interface Kept {
  readonly locals: readonly KeptLocal[]
  readonly read: Read
  peek?: Peek
}

/** What a module is given to tell of the functions that keep locals of those around them. */
export interface KeepingMarks {
  /** @param read false where enough was told of the place */
  keep<T extends object>(number: number, made: T, read: Read | false | 0 | undefined): T
  /** Of how many more it is worth to tell, by place. */
  readonly left: Uint16Array
}

/** The locals that functions, and objects and classes with such functions, keep when the function around them has ended. */
export class KeptLocals {
  readonly #kept = new WeakMap<object, Kept>()
  /** What they are called, for people. */
  readonly #names = new Map<string, string>()

  marksFor({ locals, keepers }: Pick<FileFacts, 'locals' | 'keepers'>): KeepingMarks {
    for (const { key, name } of locals) this.#names.set(key, name)
    const left = new Uint16Array(keepers.length).fill(MADE_MAX)
    const keptBy = keepers.map((keeper) => keeper.locals.map((number) => locals[number] as KeptLocal))
    const note = <T extends object>(number: number, made: T, read: Read): T => {
      left[number] = (left[number] as number) - 1
      const kept: Kept = { locals: keptBy[number] as KeptLocal[], read }
      this.#kept.set(made, kept)
      for (const fn of this.#membersOf(made, keepers[number]?.members)) this.#kept.set(fn, kept)
      return made
    }
    // Small enough to be inlined.
    return { keep: (number, made, read) => (read ? note(number, made, read) : made), left }
  }

  /** What may be a function of another place keeps what it did. */
  #membersOf(made: object, members: Keeper['members'] = []): object[] {
    if (members !== 'all') return members.flatMap((key) => functionsOf(made, key))
    return Reflect.ownKeys(made).flatMap((key) => functionsOf(made, key)).filter((fn) => !this.#kept.has(fn))
  }

  /** Gives what something keeps, if it keeps any; the same for what was made together. */
  peekOf(made: object): Peek | undefined {
    const kept = this.#kept.get(made)
    return kept && (kept.peek ??= peekAt(kept))
  }

  /** What people call it, with what has it if that is named before it. */
  showName(name: string): string {
    const [, holder = '', key = '', rest = ''] = /^(?:(.*) )?(.*~\d+)(.*)$/.exec(name) ?? []
    const local = this.#names.get(key)
    return local === undefined ? name : `${holder && `${holder}.`}${local}${rest}`
  }
}

function functionsOf(made: object, member: PropertyKey): object[] {
  const { value, get, set } = Object.getOwnPropertyDescriptor(made, member) ?? {}
  return [value, get, set].filter((each) => typeof each === 'function')
}

function peekAt({ locals, read }: Kept): Peek {
  const peek: { (): Readonly<Record<string, unknown>>; isFixed: boolean } = () => {
    let values: readonly unknown[] = []
    try {
      values = read()
      peek.isFixed = locals.every(({ isFixed }) => isFixed)
    } catch {
      // Not all of them are initialised yet.
      peek.isFixed = false
    }
    // In a sloppy script it may be the `this` of a function.
    return Object.fromEntries(locals.map(({ key }, i) => [key, values[i] === globalThis ? undefined : values[i]]))
  }
  peek.isFixed = false
  return peek
}

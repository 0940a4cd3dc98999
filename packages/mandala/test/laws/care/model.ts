/* What a storage must do, over a plain Map of calls: which are hits, which execute, which go. */

/** A value with how it came about. */
export interface Known {
  readonly history: string
  readonly value: unknown
  /** The keys of the calls that it came from: none for what was given. */
  readonly from: readonly string[]
}

export interface ModelCall {
  readonly op: string
  readonly content: string
  readonly text: string
  readonly from: readonly string[]
  /** Keys of the calls that its body made, as far as they are still those. */
  readonly inner: Set<string>
  readonly startedDay: number
  usedDay: number
}

export type OpName = 'inc' | 'dbl' | 'pair' | 'sum' | 'outer'

/** What each op uses of the code, itself first. */
const USES: Readonly<Record<OpName, readonly OpName[]>> = { inc: ['inc'], dbl: ['dbl'], pair: ['pair'], sum: ['sum'], outer: ['outer', 'inc', 'dbl'] }

/** The functions, by the text of their code: a number that counts. */
export const FUNCTIONS = {
  inc: (k: number, x: number): number => (x + 1 + k) % 7,
  dbl: (k: number, x: number): number => (x * 2 + k) % 7,
  pair: (k: number, x: number): number[] => [x, (x + 2 + k) % 7],
  sum: (k: number, xs: readonly number[]): number => (xs.reduce((a, b) => a + b, k)) % 7,
  outer: (k: number, a: number, b: number): number => (a + b + k) % 7,
}

/** A call of a program: an op on what came before, by index. */
export type Step = readonly [op: OpName, first: number, second: number]
export type Program = readonly Step[]

export const given = (value: number): Known => ({ history: `#${value}`, value, from: [] })

export interface Pass {
  readonly refresh: ReadonlySet<string>
  readonly refreshed: Set<string>
  /** What happened, a line a call. */
  readonly log: string[]
  /** The keys of the calls that were met, in the order of `log`. */
  readonly keys: string[]
}

export const newPass = (refresh: readonly string[] = []): Pass => ({ refresh: new Set(refresh), refreshed: new Set(), log: [], keys: [] })

export class Model {
  readonly calls = new Map<string, ModelCall>()
  readonly code: Record<OpName, number> = { inc: 0, dbl: 0, pair: 0, sum: 0, outer: 0 }
  day = 0

  textOf(op: OpName): string {
    return USES[op].map((each) => `${each}=${this.code[each]}`).sort().join()
  }

  /** The calls of now's code: all that a program can meet. */
  isCurrent({ op, text }: ModelCall): boolean {
    return text === this.textOf(op as OpName)
  }

  run(program: Program, pass: Pass): unknown[] {
    const known = [given(1), given(2)]
    const pick = (i: number): Known => known[i % known.length] as Known
    for (const [op, first, second] of program) {
      switch (op) {
        case 'pair': known.push(...this.#pair(pick(first), pass)); break
        case 'sum': known.push(this.call('sum', listOf([pick(first), pick(second)]), pass)); break
        default: known.push(this.call(op, pick(first), pass))
      }
    }
    return known.map(({ value }) => value)
  }

  #pair(input: Known, pass: Pass): Known[] {
    const whole = this.call('pair', input, pass)
    return (whole.value as number[]).map((value, i) => ({ history: `${whole.history}[${i}]`, value, from: whole.from }))
  }

  call(op: OpName, input: Known, pass: Pass): Known {
    const text = this.textOf(op)
    const key = `${op}(${input.history})@${text}`
    const content = `${op}(${JSON.stringify(input.value)})@${text}`
    pass.keys.push(key)
    const at = pass.log.push('') - 1
    const call = { op, content, text, from: input.from, startedDay: this.day, usedDay: this.day }
    const refreshes = pass.refresh.has(op) && !pass.refreshed.has(content)
    const stored = this.calls.get(key)
    const equal = stored ?? [...this.calls.values()].find((each) => each.content === content)
    if (refreshes || !equal) {
      pass.log[at] = `run ${op}`
      const inner = new Set(op === 'outer' ? this.#runInner(input.value as number, pass) : [])
      if (refreshes) pass.refreshed.add(content)
      if (stored) stored.usedDay = this.day
      else this.calls.set(key, { ...call, inner })
    } else {
      pass.log[at] = `hit ${op} by ${stored ? 'history' : 'content'}`
      if (stored) stored.usedDay = this.day
      else this.calls.set(key, { ...call, inner: new Set(), startedDay: equal.startedDay })
    }
    return { history: key, value: this.#valueOf(op, input.value), from: [key] }
  }

  /** The body of an op passes plain values on. */
  #runInner(x: number, pass: Pass): string[] {
    const from = pass.keys.length
    this.call('dbl', given(this.call('inc', given(x), pass).value as number), pass)
    const made = pass.keys.slice(from)
    return made.filter((key) => this.calls.has(key))
  }

  #valueOf(op: OpName, x: unknown): unknown {
    const { code } = this
    if (op !== 'outer') return (FUNCTIONS[op] as (k: number, x: unknown) => unknown)(code[op], x)
    const a = FUNCTIONS.inc(code.inc, x as number)
    return FUNCTIONS.outer(code.outer, a, FUNCTIONS.dbl(code.dbl, a))
  }

  /** The keys of some calls and of all that was computed from them. */
  withDependents(keys: Iterable<string>): Set<string> {
    const reached = new Set([...keys].filter((key) => this.calls.has(key)))
    for (const key of reached) {
      for (const [other, { from, inner }] of this.calls) if (from.includes(key) || inner.has(key)) reached.add(other)
    }
    return reached
  }

  drop(keys: ReadonlySet<string>): void {
    for (const key of keys) this.calls.delete(key)
    for (const { inner } of this.calls.values()) for (const key of keys) inner.delete(key)
  }

  list(isChosen: (call: ModelCall) => boolean): Set<string> {
    return new Set([...this.calls].filter(([, call]) => isChosen(call)).map(([key]) => key))
  }

  /** Least recently used first, to the day. */
  byUse(): string[] {
    return [...this.calls].sort(([, a], [, b]) => a.usedDay - b.usedDay).map(([key]) => key)
  }
}

function listOf(elements: readonly Known[]): Known {
  return {
    history: `[${elements.map(({ history }) => history).join()}]`, value: elements.map(({ value }) => value), from: elements.flatMap(({ from }) => from),
  }
}

import type { ColumnTable } from 'arquero'
import { describe, expectOptions } from '../base/expect.ts'
import type { Logger } from '../base/logger.ts'
import { findContext } from '../memo/context.ts'
import { fallbacksOf } from '../memo/define.ts'
import type { OpDefinition } from '../memo/definition.ts'
import type { Memo } from '../memo/memo.ts'
import { collectPattern, expectSelection, expectWhole } from '../query/collect.ts'
import { collapse } from '../query/collapse.ts'
import { readHistory, type History } from '../query/history.ts'
import type { Pattern } from '../query/pattern.ts'
import { writeProgram } from '../query/program.ts'
import { QUERY_OPTIONS, ROW_OPTIONS, SIMILAR_OPTIONS, type QueryOptions, type RowOptions, type SimilarOptions } from '../query/query-options.ts'
import { runProgram, type ProgramOps } from '../query/run-program.ts'
import { isAnswer, type QueryHost } from '../query/solve.ts'
import { makeTable, streamRows } from '../query/table.ts'
import { Ref } from '../model/ref.ts'
import { invalid, type Fallback } from '../model/variable.ts'
import { renderPattern, type Program } from '../render/pattern-text.ts'

/** The queries of a storage by pattern; what is still to be stored is stored before each. */
export class Queries {
  readonly #memo: Memo
  readonly #host: QueryHost
  readonly #logger: Logger
  /** The ops of this program, as those that were called here tell; of others nothing is known but what is stored. */
  readonly #ops: ProgramOps = {
    chooseVersion: (op, version) => {
      const live = this.#memo.listOps(op)
      if (version === undefined) return { kind: 'current', version: 0, isStated: false }
      return live.length === 0 || live.some((each) => each.version === version) ? { kind: 'current', version, isStated: true } : { kind: 'number', version }
    },
    findFallback: (op, input) => this.#memo.listOps(op).flatMap((each) => this.#findFallback(each, input))[0],
  }

  constructor(memo: Memo, logger: Logger) {
    this.#memo = memo
    this.#logger = logger
    this.#host = { store: memo.store, owner: memo, current: undefined, show: (text) => logger.show(text) }
  }

  async df(selection: Readonly<Record<string, unknown>>, options: QueryOptions): Promise<ColumnTable> {
    expectOptions('storage.df', options, QUERY_OPTIONS)
    const stated = readPattern(selection, 'storage.df', options)
    const host = await this.#prepare()
    return makeTable(await this.#expectVersions(this.#withNamesOfNow(stated)), host, options)
  }

  async* rows(selection: Readonly<Record<string, unknown>>, options: RowOptions): AsyncGenerator<Record<string, unknown>> {
    expectOptions('storage.rows', options, ROW_OPTIONS)
    const stated = readPattern(selection, 'storage.rows', options)
    const host = await this.#prepare()
    yield* streamRows(await this.#expectVersions(this.#withNamesOfNow(stated)), host, options)
  }

  async similar(selection: Readonly<Record<string, unknown>>, given: SimilarOptions): Promise<ColumnTable> {
    expectOptions('storage.similar', given, SIMILAR_OPTIONS)
    const { context = false, print = true, ...options } = given
    const refs = readRefs(selection)
    const host = await this.#prepare()
    const history = await readHistory(refs, this.#memo.store)
    const write = async (isSelectionRole: boolean): Promise<[Program, Pattern]> => {
      const program = await this.#writeProgram(collapse(history, isSelectionRole), refs, { context, options })
      return [program, readPattern(runProgram(program, this.#ops), 'storage.similar', options)]
    }
    let [program, pattern] = await write(false)
    // Calls of one role are one, even if one gave this and another that.
    if (refs.size > 1 && !(await isAnswer(pattern, refs, host))) [program, pattern] = await write(true)
    if (print) this.#logger.show(renderPattern(program))
    return makeTable(pattern, host, options)
  }

  /** Stores what is still to be stored. In a run the code is that which the run started with; outside it is looked at now. */
  async #prepare(): Promise<QueryHost> {
    const memo = this.#memo
    await memo.queue.flush()
    await memo.store.followNames()
    if (findContext()?.memo !== memo) await memo.followCode()
    return { ...this.#host, current: await memo.code?.versions.listCurrent() }
  }

  /** No answers would say the same of an id that was mistyped. */
  async #expectVersions(pattern: Pattern): Promise<Pattern> {
    const stated = pattern.atoms.flatMap((atom) => (atom.kind === 'call' && atom.version.kind === 'code' ? [{ op: atom.op, id: atom.version.id }] : []))
    if (stated.length === 0) return pattern
    const known = new Map((await this.#memo.store.readVersions()).map(({ id, op }) => [id, op]))
    for (const { op, id } of stated) {
      if (known.get(id) !== op) throw invalid(`${op}.match`, `no call of ${op} has the version ${id}`, 'storage.versions(op) lists them')
    }
    return pattern
  }

  /** Code may still go by old names of ops; those of inputs are the store's to read. */
  #withNamesOfNow(pattern: Pattern): Pattern {
    const { names } = this.#memo
    if (names.isEmpty) return pattern
    return { ...pattern, atoms: pattern.atoms.map((atom) => (atom.kind === 'call' ? { ...atom, op: names.currentOp(names.storedOp(atom.op)) } : atom)) }
  }

  /** The default of an input that was added later; the op may still go by an old name of it. */
  #findFallback(op: OpDefinition, input: string): readonly Fallback[] {
    const { inputName = (name: string): string => name } = this.#memo.identityOf(op)
    return [...fallbacksOf(op)].flatMap(([name, fallback]) => (inputName(name) === inputName(input) ? [fallback] : []))
  }

  async #writeProgram(
    history: History, selection: ReadonlyMap<string, Ref<unknown>>, { context, options }: { readonly context: boolean; readonly options: QueryOptions },
  ): Promise<Program> {
    const several = new Set<string>()
    for (const op of new Set(history.facts.flatMap((fact) => (fact.kind === 'call' ? [fact.op] : [])))) {
      if ((await this.#memo.store.listVersions(op)).length > 1) several.add(op)
    }
    const saysVersion = (op: string, version: number): boolean => options.version !== 'any' && (version !== 0 || several.has(op))
    return writeProgram(history, { selection, context, saysVersion, options: renderOptions(options) })
  }
}

function readRefs(selection: Readonly<Record<string, unknown>>): ReadonlyMap<string, Ref<unknown>> {
  expectSelection(selection, 'storage.similar')
  const refs = new Map<string, Ref<unknown>>()
  for (const [name, given] of Object.entries(selection)) {
    if (!(given instanceof Ref)) {
      throw invalid('storage.similar', `"${name}" is ${describe(given)}, and no Ref`, 'inside a run the result of an op is a Ref; wrap(5) makes one of a value')
    }
    refs.set(name, given)
  }
  return refs
}

function renderOptions(options: QueryOptions): string {
  const said = Object.entries(options).filter(([, value]) => value !== undefined)
  const entries = said.map(([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`)
  return entries.length === 0 ? '' : `{ ${entries.join(', ')} }`
}

function readPattern(selection: Readonly<Record<string, unknown>>, place: string, { allowProduct = false }: QueryOptions): Pattern {
  const pattern = collectPattern(selection, place)
  expectWhole(pattern, { place, allowProduct })
  return pattern
}

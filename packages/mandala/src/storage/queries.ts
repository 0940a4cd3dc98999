import type { ColumnTable } from 'arquero'
import { describe, expectOptions } from '../base/expect.ts'
import type { Logger } from '../base/logger.ts'
import type { Memo } from '../memo/memo.ts'
import { collectPattern, expectSelection, expectWhole } from '../query/collect.ts'
import { collapse } from '../query/collapse.ts'
import { readHistory } from '../query/history.ts'
import type { Pattern } from '../query/pattern.ts'
import { writeProgram } from '../query/program.ts'
import { QUERY_OPTIONS, ROW_OPTIONS, SIMILAR_OPTIONS, type QueryOptions, type RowOptions, type SimilarOptions } from '../query/query-options.ts'
import { runProgram } from '../query/run-program.ts'
import type { QueryHost } from '../query/solve.ts'
import { makeTable, streamRows } from '../query/table.ts'
import { Ref } from '../model/ref.ts'
import { invalid } from '../model/variable.ts'
import { renderPattern, type Program } from '../render/pattern-text.ts'

/** The queries of a storage by pattern; what is still to be stored is stored before each. */
export class Queries {
  readonly #memo: Memo
  readonly #host: QueryHost
  readonly #logger: Logger

  constructor(memo: Memo, logger: Logger) {
    this.#memo = memo
    this.#logger = logger
    this.#host = { store: memo.store, owner: memo, show: (text) => logger.show(text) }
  }

  async df(selection: Readonly<Record<string, unknown>>, options: QueryOptions): Promise<ColumnTable> {
    expectOptions('storage.df', options, QUERY_OPTIONS)
    const pattern = readPattern(selection, 'storage.df', options)
    await this.#memo.queue.flush()
    return makeTable(pattern, this.#host, options)
  }

  async* rows(selection: Readonly<Record<string, unknown>>, options: RowOptions): AsyncGenerator<Record<string, unknown>> {
    expectOptions('storage.rows', options, ROW_OPTIONS)
    const pattern = readPattern(selection, 'storage.rows', options)
    await this.#memo.queue.flush()
    yield* streamRows(pattern, this.#host, options)
  }

  async similar(selection: Readonly<Record<string, unknown>>, given: SimilarOptions): Promise<ColumnTable> {
    expectOptions('storage.similar', given, SIMILAR_OPTIONS)
    const { context = false, print = true, ...options } = given
    const refs = readRefs(selection)
    await this.#memo.queue.flush()
    const program = await this.#findProgram(refs, context, options)
    if (print) this.#logger.show(renderPattern(program))
    return makeTable(readPattern(runProgram(program), 'storage.similar', options), this.#host, options)
  }

  async #findProgram(selection: ReadonlyMap<string, Ref<unknown>>, context: boolean, options: QueryOptions): Promise<Program> {
    const history = collapse(await readHistory(selection, this.#memo.store))
    const several = new Set<string>()
    for (const op of new Set(history.facts.flatMap((fact) => (fact.kind === 'call' ? [fact.op] : [])))) {
      if ((await this.#memo.store.listVersions(op)).length > 1) several.add(op)
    }
    return writeProgram(history, { selection, context, saysVersion: (op, version) => version !== 0 || several.has(op), options: renderOptions(options) })
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

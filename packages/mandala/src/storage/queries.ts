import type { ColumnTable } from 'arquero'
import type { Memo } from '../memo/memo.ts'
import { collectPattern, expectWhole } from '../query/collect.ts'
import type { Pattern } from '../query/pattern.ts'
import { checkOptions, type QueryOptions } from '../query/query-options.ts'
import type { QueryHost } from '../query/solve.ts'
import { makeTable, streamRows } from '../query/table.ts'

/** The queries of a storage by pattern; what is still to be stored is stored before each. */
export class Queries {
  readonly #memo: Memo
  readonly #host: QueryHost

  constructor(memo: Memo) {
    this.#memo = memo
    this.#host = { store: memo.store, owner: memo }
  }

  async df(selection: Readonly<Record<string, unknown>>, options: QueryOptions): Promise<ColumnTable> {
    checkOptions('storage.df', options, ['values', 'distinct', 'limit', 'allowProduct'])
    const pattern = readPattern(selection, 'storage.df', options)
    await this.#memo.queue.flush()
    return makeTable(pattern, this.#host, options)
  }

  async* rows(selection: Readonly<Record<string, unknown>>, options: QueryOptions): AsyncGenerator<Record<string, unknown>> {
    checkOptions('storage.rows', options, ['values', 'distinct', 'limit', 'allowProduct'])
    const pattern = readPattern(selection, 'storage.rows', options)
    await this.#memo.queue.flush()
    yield* streamRows(pattern, this.#host, options)
  }
}

function readPattern(selection: Readonly<Record<string, unknown>>, place: string, { allowProduct = false }: QueryOptions): Pattern {
  const pattern = collectPattern(selection, place)
  expectWhole(pattern, { place, allowProduct })
  return pattern
}

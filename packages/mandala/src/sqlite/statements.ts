import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** Statements of one connection, prepared once, when first used. */
export class Statements {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  get(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      statement.setReturnArrays(true)
      this.#prepared.set(sql, statement)
    }
    return statement
  }
}

export function firstRow<Columns extends readonly unknown[]>(statement: StatementSync, ...values: SQLInputValue[]): Columns | undefined {
  return statement.get(...values) as unknown as Columns | undefined
}

export function allRows<Columns extends readonly unknown[]>(statement: StatementSync, ...values: SQLInputValue[]): Columns[] {
  return statement.all(...values) as unknown as Columns[]
}

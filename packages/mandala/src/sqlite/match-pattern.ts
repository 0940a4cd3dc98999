import type { DatabaseSync } from 'node:sqlite'
import { MandalaError } from '../base/mandala-error.ts'
import type { HistoryId, VersionId } from '../base/ids.ts'
import type { Fallback, Label, Pin } from '../model/variable.ts'
import type { MatchBlock, MatchCalls, Matches, MatchPlan } from '../store/match.ts'
import { fillKeys, hasKeys } from './element-keys.ts'
import { column, writeBlock, writeGathered, type Names } from './pattern-sql.ts'

type Step = Matches['steps'][number]

/** What several atoms ask for, and the columns by which it can be found. */
interface Gathered {
  readonly table: string
  readonly entries: Set<number>
}

/** SQLite's limit is 2,000; while blocks are joined, some more than the selected ones are carried along. */
const COLUMNS_MAX = 1_900

/** Far below the ids of positions and keys, which are labels' times two. */
const FALLBACKS_BELOW = -(2 ** 52)

let plans = 0

export interface Solution {
  /** The table of the answers. */
  readonly answers: string
  readonly count: number
  readonly steps: readonly Step[]
  /** Defaults in the answers, by the ids that stand for them. */
  readonly given: ReadonlyMap<number, Fallback>
}

/**
 * Solves a plan in temporary tables: the rows of each block, from the first on and restricted by its parent's; then those without a
 * partner go, from the last on; then the rest is joined. In one snapshot, as nothing here waits.
 */
export function solvePlan(db: DatabaseSync, plan: MatchPlan): Solution {
  if (plan.select.length > COLUMNS_MAX) {
    throw new MandalaError('QUERY_INVALID', `The query has ${plan.select.length} columns, and a table at most ${COLUMNS_MAX}`, { hint: 'select fewer variables' })
  }
  const solver = new Solver(db, plan)
  try {
    return solver.solve()
  } finally {
    solver.clear()
  }
}

class Solver implements Names {
  readonly #db: DatabaseSync
  readonly #plan: MatchPlan
  readonly #prefix = `temp.mandala_q${(plans += 1)}`
  readonly #tables: string[] = []
  readonly #pins = new Map<number, string[]>()
  readonly #excluded = new Map<number, string[]>()
  readonly #steps: Step[] = []
  readonly #gathered = new Map<string, Gathered>()
  readonly #fallbacks = new Map<HistoryId, number>()
  readonly #given = new Map<number, Fallback>()
  contents: string | undefined

  constructor(db: DatabaseSync, plan: MatchPlan) {
    this.#db = db
    this.#plan = plan
  }

  solve(): Solution {
    const { blocks, pins, excluded } = this.#plan
    const forms = blocks.flatMap(({ steps }) => steps.flatMap(({ atom }) => atom))
    const edges = forms.flatMap((form) => (form.kind === 'calls' ? form.edges : []))
    const hasElementKeys = edges.some(({ key }) => key)
    if (hasElementKeys) fillKeys(this.#db)
    for (const { fallback } of edges) if (fallback) this.#addFallback(fallback)
    const isAsked = this.#plan.distinct === 'values' || forms.some(({ kind }) => kind === 'content')
    if (isAsked && (hasElementKeys || this.#given.size > 0)) this.#fillContents()
    for (const { variable, oneOf } of pins) this.#addPins(this.#pins, variable, oneOf)
    for (const { variable, noneOf } of excluded) this.#addPins(this.#excluded, variable, noneOf)
    const answers = `${this.#prefix}_answers`
    this.#db.exec(`CREATE TEMP TABLE ${bare(answers)} (${this.#plan.select.map((variable) => `${column(variable)} INTEGER`).join(', ')})`)
    try {
      if (blocks.length === 1) this.#putAnswers(answers, `(${writeBlock(this.#plan, blocks[0] as MatchBlock, this)})`)
      else this.#solveTree(answers)
      return { answers, count: this.#finishAnswers(answers), steps: this.#steps, given: this.#given }
    } catch (error) {
      this.#db.exec(`DROP TABLE IF EXISTS ${answers}`)
      throw error
    }
  }

  clear(): void {
    for (const table of this.#tables) this.#db.exec(`DROP TABLE IF EXISTS ${table}`)
  }

  #solveTree(answers: string): void {
    const { blocks } = this.#plan
    for (const [i, block] of blocks.entries()) {
      this.#time(() => this.#create(this.tableOf(i), writeBlock(this.#plan, block, this)))
      if (block.shared.length > 0) this.#db.exec(`CREATE INDEX ${this.tableOf(i)}_shared ON ${bare(this.tableOf(i))} (${block.shared.map(column).join(', ')})`)
    }
    for (const [i, { parent, shared }] of [...blocks.entries()].reverse()) {
      if (parent === undefined) continue
      const [above, below] = [this.tableOf(parent), this.tableOf(i)]
      const isPartner = shared.map((variable) => `b.${column(variable)} = ${bare(above)}.${column(variable)}`).join(' AND ')
      this.#db.exec(`DELETE FROM ${above} WHERE NOT EXISTS (SELECT 1 FROM ${below} AS b WHERE ${isPartner})`)
    }
    this.#joinBlocks(answers)
  }

  /** Of what is joined so far, only what is selected or compared later is carried along. */
  #joinBlocks(answers: string): void {
    const { blocks, unequal, select, distinct } = this.#plan
    const joined = [...blocks.entries()].filter(([, { isTestOnly }]) => !isTestOnly)
    let [table, known] = [this.tableOf(0), new Set(blocks[0]?.keep)]
    for (const [n, [i, { keep }]] of joined.entries()) {
      if (n === 0) continue
      const together = keep.filter((variable) => known.has(variable)).map((variable) => `b.${column(variable)} = t.${column(variable)}`)
      const fresh = keep.filter((variable) => !known.has(variable))
      const sql = (variable: number): string => `${known.has(variable) ? 't' : 'b'}.${column(variable)}`
      const all = new Set([...known, ...keep])
      const differ = unequal.filter((pair) => pair.every((variable) => all.has(variable)) && pair.some((variable) => fresh.includes(variable)))
        .map(([a, b]) => `${sql(a)} <> ${sql(b)}`)
      const conditions = [...together, ...differ].join(' AND ') || '1'
      const later = new Set([...select, ...unequal.flat(), ...joined.slice(n + 1).flatMap(([, block]) => block.keep)])
      const carried = [...all].filter((variable) => later.has(variable))
      const columns = carried.map((variable) => `${sql(variable)} AS ${column(variable)}`).join(', ') || '1 AS one'
      const rows = `SELECT ${distinct === false ? '' : 'DISTINCT '}${columns} FROM ${table} AS t CROSS JOIN ${this.tableOf(i)} AS b ON ${conditions}`
      this.#expectBearable(table, i, keep.filter((variable) => known.has(variable)))
      const next = `${this.#prefix}_j${n}`
      this.#time(() => this.#create(next, rows))
      ;[table, known] = [next, new Set(carried)]
    }
    this.#putAnswers(answers, table)
  }

  /** What two blocks share may be so common that their rows multiply. */
  #expectBearable(table: string, block: number, shared: readonly number[]): void {
    const { rowsMax } = this.#plan
    if (rowsMax === undefined) return
    const [left, right] = [table, this.tableOf(block)]
    const number = (sql: string): number => (this.#db.prepare(`SELECT (${sql}) AS n`).get() as { n: number }).n
    if (number(`(SELECT count(*) FROM ${left}) * (SELECT count(*) FROM ${right})`) <= rowsMax) return
    const columns = shared.map(column).join(', ')
    const count = (from: string): string => `(SELECT ${columns}, count(*) AS n FROM ${from} GROUP BY ${columns})`
    const rows = number(`SELECT ifnull(sum(t.n * b.n), 0) FROM ${count(left)} AS t JOIN ${count(right)} AS b USING (${columns})`)
    if (rows <= rowsMax) return
    const before = new Set(this.#plan.blocks.slice(0, block).map(nameBlock))
    const ways = `${rows.toLocaleString('en-US')} ways to combine them`
    const blocks = `${nameBlock(this.#plan.blocks[block] as MatchBlock)} and ${[...before].join(', ')}`
    throw new MandalaError('QUERY_INVALID', `The answers multiply: ${blocks} share so little that there are ${ways}`, {
      hint: 'tie them by a further variable, pin one, select fewer, or say { allowProduct: true }',
    })
  }

  #putAnswers(answers: string, from: string): void {
    const { select, distinct, limit } = this.#plan
    const columns = select.map(column).join(', ')
    const order = select.map((variable) => `abs(${column(variable)})`).join(', ')
    const atMost = limit === undefined || distinct === 'values' ? '' : ` LIMIT ${limit}`
    const rows = `SELECT ${distinct === false ? '' : 'DISTINCT '}${columns} FROM ${from} ORDER BY ${order}${atMost}`
    this.#time(() => this.#db.prepare(`INSERT INTO ${answers} ${rows}`).run().changes)
  }

  #finishAnswers(answers: string): number {
    const { select, distinct, limit } = this.#plan
    if (distinct === 'values') {
      const loose = (id: string): string => (this.contents === undefined ? '' : `, (SELECT val FROM ${this.contents} WHERE id = ${id})`)
      const contents = select.map(column).map((id) => `coalesce((SELECT val FROM refs WHERE id = ${id})${loose(id)}, ${id})`).join(', ')
      this.#db.exec(`DELETE FROM ${answers} WHERE rowid NOT IN (SELECT min(rowid) FROM ${answers} GROUP BY ${contents})`)
      if (limit !== undefined) this.#db.exec(`DELETE FROM ${answers} WHERE rowid NOT IN (SELECT rowid FROM ${answers} ORDER BY rowid LIMIT ${limit})`)
    }
    return (this.#db.prepare(`SELECT count(*) AS n FROM ${answers}`).get() as { n: number }).n
  }

  #time(action: () => number | bigint): void {
    const start = performance.now()
    const rows = Number(action())
    this.#steps.push({ rows, durationMs: performance.now() - start })
  }

  #create(table: string, sql: string): number {
    this.#tables.push(table)
    this.#db.exec(`CREATE TEMP TABLE ${bare(table)} AS ${sql}`)
    return (this.#db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n
  }

  /** The ref of an equal value without history stands for a default, as it does for positions and keys. */
  #addFallback(fallback: Fallback): void {
    if (this.#fallbacks.has(fallback.hid)) return
    const keys = hasKeys(this.#db)
      ? 'UNION ALL SELECT -2 * label FROM temp.mandala_keys WHERE position_hid = $hid UNION ALL SELECT -2 * label - 1 FROM temp.mandala_keys WHERE name_hid = $hid'
      : ''
    const known = this.#db.prepare(`SELECT id FROM refs WHERE hid = $hid ${keys}`).get({ $hid: Buffer.from(fallback.hid, 'hex') })?.['id'] as number | undefined
    const id = known ?? FALLBACKS_BELOW - this.#given.size
    this.#fallbacks.set(fallback.hid, id)
    if (known === undefined) this.#given.set(id, fallback)
  }

  /** The contents of positions, keys and defaults that no ref stands for: rows of values that are equal, or else their own ids. */
  #fillContents(): void {
    const table = `${this.#prefix}_contents`
    this.#tables.push(table)
    this.#db.exec(`CREATE TEMP TABLE ${bare(table)} (id INTEGER PRIMARY KEY, val INTEGER NOT NULL)`)
    if (hasKeys(this.#db)) {
      for (const [kind, id] of [['position', '-2 * label'], ['name', '-2 * label - 1']]) {
        const value = `coalesce((SELECT id FROM vals WHERE cid = ${kind}_cid), ${id})`
        this.#db.exec(`INSERT INTO ${table} SELECT ${id}, ${value} FROM temp.mandala_keys WHERE ${kind}_hid IS NOT NULL`)
      }
    }
    for (const [id, { cid }] of this.#given) {
      this.#db.prepare(`INSERT INTO ${table} SELECT ?, coalesce((SELECT id FROM vals WHERE cid = unhex(?)), ?)`).run(id, cid, id)
    }
    this.contents = table
  }

  #addPins(to: Map<number, string[]>, variable: number, pins: readonly Pin[]): void {
    const table = `${this.#prefix}_p${this.#tables.length}`
    this.#tables.push(table)
    this.#db.exec(`CREATE TEMP TABLE ${bare(table)} (id INTEGER PRIMARY KEY)`)
    const hids = JSON.stringify(pins.flatMap((pin) => (pin.kind === 'ref' ? [pin.hid] : [])))
    const cids = JSON.stringify(pins.flatMap((pin) => (pin.kind === 'content' ? pin.cids : [])))
    const put = (select: string, ...given: string[]): void => { this.#db.prepare(`INSERT OR IGNORE INTO ${table} ${select}`).run(...given) }
    put('SELECT refs.id FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value)', hids)
    // There is no index of refs by content, which would add 4 % to a store of small calls: going through 167,000 refs took 6 ms.
    if (cids !== '[]') put('SELECT id FROM refs WHERE val IN (SELECT vals.id FROM json_each(?) AS wanted JOIN vals ON vals.cid = unhex(wanted.value))', cids)
    if (hasKeys(this.#db)) {
      for (const [kind, unknown] of [['position', '-2 * label'], ['name', '-2 * label - 1']]) {
        const isWanted = ['hid', 'cid'].map((id) => `${kind}_${id} IN (SELECT unhex(value) FROM json_each(?))`).join(' OR ')
        put(`SELECT ${unknown} FROM temp.mandala_keys WHERE (${isWanted}) AND NOT EXISTS (SELECT 1 FROM refs WHERE refs.hid = ${kind}_hid)`, hids, cids)
      }
    }
    const isWanted = ({ hid, cid }: Fallback): boolean => (
      pins.some((pin) => (pin.kind === 'ref' ? pin.hid === hid : pin.cids.includes(cid))))
    for (const [id, fallback] of this.#given) if (isWanted(fallback)) this.#db.prepare(`INSERT INTO ${table} VALUES (?)`).run(id)
    to.set(variable, [...(to.get(variable) ?? []), table])
  }

  gather(form: MatchCalls, entry: number | undefined): string {
    const shape = JSON.stringify([form.ops, form.edges.map(({ side, labels, fallback }) => [side, labels, fallback?.hid])])
    let gathered = this.#gathered.get(shape)
    if (!gathered) {
      gathered = this.#fillGathered(form, `${this.#prefix}_g${this.#gathered.size}`)
      this.#gathered.set(shape, gathered)
    }
    const { table, entries } = gathered
    if (entry !== undefined && !entries.has(entry)) {
      const others = form.edges.flatMap((_, i) => (i === entry ? [] : [`e${i}`]))
      this.#db.exec(`CREATE INDEX ${table}_e${entry} ON ${bare(table)} (${[`e${entry}`, ...others].join(', ')})`)
      entries.add(entry)
    }
    return table
  }

  /** An output is of one call only: as the key of the table it is found twice as fast as through an index. */
  #fillGathered(form: MatchCalls, table: string): Gathered {
    const isOneRowACall = form.edges.every(({ labels }) => labels.every(({ kind }) => kind !== 'member'))
    const key = isOneRowACall ? form.edges.findIndex(({ side }) => side === 'output') : -1
    this.#tables.push(table)
    this.#db.exec(`CREATE TEMP TABLE ${bare(table)} (${form.edges.map((_, i) => `e${i} INTEGER${i === key ? ' PRIMARY KEY' : ''}`).join(', ')})`)
    this.#db.exec(`INSERT INTO ${table} ${writeGathered(form, this)}`)
    return { table, entries: new Set(key < 0 ? [] : [key]) }
  }

  opIds(ops: MatchCalls['ops']): readonly number[] {
    return ops.flatMap(({ name, version }) => (
      this.#db.prepare('SELECT id FROM ops WHERE name = ? AND (? IS NULL OR version = ?)').all(name, version ?? null, version ?? null).map((row) => row['id'] as number)))
  }

  versionIds(ids: readonly VersionId[]): readonly number[] {
    const sql = 'SELECT versions.id FROM json_each(?) AS wanted JOIN versions ON versions.hash = unhex(wanted.value)'
    return this.#db.prepare(sql).all(JSON.stringify(ids)).map((row) => row['id'] as number)
  }

  fallbackId(fallback: Fallback): number {
    return this.#fallbacks.get(fallback.hid) as number
  }

  labelIds(labels: readonly Label[]): readonly number[] {
    return labels.flatMap((label) => {
      if (label.kind === 'only') return []
      if (label.kind === 'named') return this.#db.prepare('SELECT id FROM labels WHERE name = ?').all(label.name).map((row) => row['id'] as number)
      const start = `${label.of}[`
      return this.#db.prepare('SELECT id FROM labels WHERE substr(name, 1, ?) = ?').all(start.length, start).map((row) => row['id'] as number)
    })
  }

  pinsOf(variable: number): readonly string[] {
    return this.#pins.get(variable) ?? []
  }

  excludedOf(variable: number): readonly string[] {
    return this.#excluded.get(variable) ?? []
  }

  tableOf(block: number): string {
    return `${this.#prefix}_b${block}`
  }
}

/** The op that a block starts at. */
function nameBlock({ steps }: MatchBlock): string {
  const [form] = steps[0]?.atom ?? []
  return form?.kind === 'calls' ? (form.ops[0]?.name ?? 'a call') : 'a content'
}

const bare = (table: string): string => table.replace('temp.', '')

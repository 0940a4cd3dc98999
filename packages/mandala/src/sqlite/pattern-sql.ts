import { invariant } from '../base/invariant.ts'
import type { MatchAtom, MatchBlock, MatchCalls, MatchContent, MatchEdge, MatchPlan } from '../store/match.ts'
import type { VersionId } from '../base/ids.ts'
import type { Fallback, Label } from '../model/variable.ts'

/** Names and ids that a plan's SQL refers to. */
export interface Names {
  /** Row ids of ops. */
  opIds(ops: MatchCalls['ops']): readonly number[]
  /** Row ids of versions. */
  versionIds(ids: readonly VersionId[]): readonly number[]
  /** Row ids of labels. */
  labelIds(labels: readonly Label[]): readonly number[]
  /** The id that stands for a default: that of its ref, or one below zero. */
  fallbackId(fallback: Fallback): number
  /** The table of contents of ids below zero; undefined where there are none. */
  readonly contents: string | undefined
  /** Tables of the row ids that a variable has to be in. */
  pinsOf(variable: number): readonly string[]
  /** Tables of the row ids that it must not be in. */
  excludedOf(variable: number): readonly string[]
  /** A table with a column for each edge, `e0`, `e1`, … of a form that is shared; to be entered by one of them, or by none. */
  gather(form: MatchCalls, entry: number | undefined): string
  /** The table with the rows of a block. */
  tableOf(block: number): string
}

export const column = (variable: number): string => `v${variable}`

/** Positions and names of elements that no ref stands for are numbers below zero. */
const KEYS = {
  position: { id: 'position_hid', unknown: (label: string) => `-2 * ${label}` },
  name: { id: 'name_hid', unknown: (label: string) => `-2 * ${label} - 1` },
} as const

/** The select that gives a column for each edge of a form. */
export function writeGathered({ ops, edges }: MatchCalls, names: Names): string {
  const form: MatchCalls = { kind: 'calls', ops, edges: edges.map((edge, i) => ({ ...edge, variable: i })), isShared: false }
  const keep = edges.map((_, i) => i)
  const block: MatchBlock = { steps: [{ atom: [form], via: undefined }], parent: undefined, shared: [], isDriven: false, keep, isTestOnly: false }
  const free: Names = {
    opIds: (each) => names.opIds(each), versionIds: (each) => names.versionIds(each), labelIds: (each) => names.labelIds(each),
    fallbackId: (each) => names.fallbackId(each), contents: names.contents, pinsOf: () => [], excludedOf: () => [],
    gather: (each, entry) => names.gather(each, entry), tableOf: (each) => names.tableOf(each),
  }
  const plan: MatchPlan = { blocks: [block], pins: [], excluded: [], unequal: [], select: [], distinct: false, limit: undefined, rowsMax: undefined }
  const columns = keep.map((i) => `${column(i)} AS e${i}`).join(', ')
  return `SELECT ${columns} FROM (${writeBlock(plan, block, free)})`
}

/** The selects that together give the rows of a block; each with a column for each variable to keep. */
export function writeBlock(plan: MatchPlan, block: MatchBlock, names: Names): string {
  return formsOf(block).map((forms) => {
    const writer = new BlockWriter(plan, block, names)
    for (const [i, form] of forms.entries()) writer.join(form, block.steps[i]?.via)
    return writer.finish()
  }).join(plan.distinct === false ? ' UNION ALL ' : ' UNION ')
}

/** A block's atoms, each in one of its forms, in all combinations. */
function formsOf({ steps }: MatchBlock): readonly MatchAtom[] {
  return steps.reduce<readonly MatchAtom[]>((combined, { atom }) => combined.flatMap((forms) => atom.map((form) => [...forms, form])), [[]])
}

interface Joined {
  readonly table: string
  readonly on: string | undefined
  readonly isOptional: boolean
}

class BlockWriter {
  readonly #plan: MatchPlan
  readonly #block: MatchBlock
  readonly #names: Names
  /** By variable: the SQL of its value. */
  readonly #known = new Map<number, string>()
  readonly #from: Joined[] = []
  readonly #where: string[] = []
  #count = 0

  constructor(plan: MatchPlan, block: MatchBlock, names: Names) {
    this.#plan = plan
    this.#block = block
    this.#names = names
    if (!block.isDriven) return
    const shared = block.shared.map(column).join(', ')
    this.#join(`(SELECT DISTINCT ${shared} FROM ${names.tableOf(block.parent as number)}) AS above`)
    for (const variable of block.shared) this.#bind(variable, `above.${column(variable)}`)
  }

  join(form: MatchCalls | MatchContent, via: number | undefined): void {
    const place = this.#count
    this.#count += 1
    const start = via === undefined ? undefined : this.#startAt(via)
    if (form.kind === 'content') this.#joinContent(form, `r${place}`)
    else this.#joinCalls(form, { place, via, start })
  }

  #join(table: string, on?: string, isOptional = false): void {
    this.#from.push({ table, on, isOptional })
  }

  /** The SQL of a known value; that of a pinned variable comes from its table. */
  #startAt(via: number): string {
    const known = this.#known.get(via)
    if (known !== undefined) return known
    const [pins] = this.#names.pinsOf(via)
    invariant(pins !== undefined, 'a pattern is started at a variable that is neither known nor pinned')
    this.#join(`${pins} AS start`)
    this.#bind(via, 'start.id')
    return 'start.id'
  }

  #joinContent({ ref, content }: MatchContent, alias: string): void {
    const known = this.#known.get(ref)
    const loose = this.#names.contents
    if (known === undefined) {
      this.#join(`${loose === undefined ? 'refs' : `(SELECT id, val FROM refs UNION ALL SELECT id, val FROM ${loose})`} AS ${alias}`)
    } else {
      this.#join(`refs AS ${alias}`, `${alias}.id = ${known}`, loose !== undefined)
      if (loose !== undefined) this.#join(`${loose} AS l_${alias}`, `l_${alias}.id = ${known}`, true)
    }
    this.#bind(ref, known ?? `${alias}.id`)
    this.#bind(content, known === undefined || loose === undefined ? `${alias}.val` : `coalesce(${alias}.val, l_${alias}.val)`)
  }

  #joinCalls(form: MatchCalls, { place, via, start }: { place: number; via: number | undefined; start: string | undefined }): void {
    const { ops, edges, isShared } = form
    if (isShared) return this.#joinGathered(form, { place, via, start })
    const call = `c${place}`
    const isOp = this.#isOf(ops, call)
    const entry = start === undefined ? -1 : edges.findIndex(({ variable, fallback }) => variable === via && !fallback)
    const aliasOf = (i: number): string => `e${place}_${i}`
    if (entry < 0) {
      this.#join(`calls AS ${call}`, isOp)
    } else {
      this.#joinEdge(edges[entry] as MatchEdge, aliasOf(entry), `${aliasOf(entry)}.ref = ${start}`)
      this.#join(`calls AS ${call}`, `${call}.id = ${aliasOf(entry)}.call AND ${isOp}`)
    }
    for (const [i, edge] of edges.entries()) if (i !== entry) this.#joinEdge(edge, aliasOf(i), `${aliasOf(i)}.call = ${call}.id`)
  }

  /** Ops of one form that have code are one. */
  #isOf(ops: MatchCalls['ops'], call: string): string {
    const isOp = `${call}.op IN (${this.#names.opIds(ops).join()})`
    const code = ops[0]?.code
    if (!code) return isOp
    const ids = this.#names.versionIds(code.ids).join()
    // The + keeps SQLite from the index by version, which leads to far more calls than what is known already.
    const isHidden = `EXISTS (SELECT 1 FROM calls AS l WHERE l.pre_hid = ${call}.pre_hid AND l.id > ${call}.id AND +l.version IN (${ids}))`
    return `${isOp} AND +${call}.version IN (${ids})${code.isLatest ? ` AND NOT ${isHidden}` : ''}`
  }

  #joinGathered(form: MatchCalls, { place, via, start }: { place: number; via: number | undefined; start: string | undefined }): void {
    const entry = start === undefined ? undefined : form.edges.findIndex(({ variable }) => variable === via)
    this.#join(`${this.#names.gather(form, entry)} AS s${place}`, entry === undefined ? undefined : `s${place}.e${entry} = ${start}`)
    for (const [i, { variable }] of form.edges.entries()) if (i !== entry) this.#bind(variable, `s${place}.e${i}`)
  }

  #joinEdge({ side, labels, variable, key, fallback }: MatchEdge, io: string, condition: string): void {
    const isOnly = labels.some(({ kind }) => kind === 'only')
    const slot = isOnly ? '= -1' : side === 'output' ? '< 0' : '>= 0'
    const named = isOnly || labels.length === 0 ? '' : ` AND ${io}.label IN (${this.#names.labelIds(labels).join()})`
    this.#join(`io AS ${io}`, `${condition} AND ${io}.slot ${slot}${named}`, fallback !== undefined)
    this.#bind(variable, fallback ? `coalesce(${io}.ref, ${this.#names.fallbackId(fallback)})` : `${io}.ref`)
    if (!key) return
    const { id, unknown } = KEYS[key.of]
    this.#join(`mandala_keys AS k_${io}`, `k_${io}.label = ${io}.label`)
    this.#join(`refs AS kr_${io}`, `kr_${io}.hid = k_${io}.${id}`, true)
    this.#bind(key.variable, `coalesce(kr_${io}.id, ${unknown(`${io}.label`)})`)
  }

  /** A variable that is known already has to have the same value. */
  #bind(variable: number, sql: string): void {
    const known = this.#known.get(variable)
    if (known === sql) return
    if (known !== undefined) {
      this.#where.push(`${known} = ${sql}`)
      return
    }
    this.#known.set(variable, sql)
    for (const pins of this.#names.pinsOf(variable)) this.#where.push(`${sql} IN (SELECT id FROM ${pins})`)
    for (const excluded of this.#names.excludedOf(variable)) this.#where.push(`${sql} NOT IN (SELECT id FROM ${excluded})`)
  }

  finish(): string {
    const { isDriven, parent, shared, keep } = this.#block
    const sqlOf = (variable: number): string => this.#known.get(variable) as string
    if (!isDriven && parent !== undefined && shared.length > 0) {
      this.#where.push(`(${shared.map(sqlOf).join(', ')}) IN (SELECT ${shared.map(column).join(', ')} FROM ${this.#names.tableOf(parent)})`)
    }
    for (const [a, b] of this.#plan.unequal) {
      if (this.#known.has(a) && this.#known.has(b)) this.#where.push(`${sqlOf(a)} <> ${sqlOf(b)}`)
    }
    const columns = keep.map((variable) => `${sqlOf(variable)} AS ${column(variable)}`).join(', ') || '1 AS one'
    const [first, ...others] = this.#from
    const joins = others.map(({ table, on, isOptional }) => `${isOptional ? 'LEFT' : 'CROSS'} JOIN ${table}${on === undefined ? '' : ` ON ${on}`}`)
    const where = [...(first?.on === undefined ? [] : [first.on]), ...this.#where].join(' AND ') || '1'
    return `SELECT ${this.#plan.distinct === false ? '' : 'DISTINCT '}${columns} FROM ${[first?.table, ...joins].join(' ')} WHERE ${where}`
  }
}
